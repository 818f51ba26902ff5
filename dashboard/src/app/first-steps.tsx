import { Command } from "../ui/copy.tsx";

/** What leads to a first run, for pages that have nothing to show before it. The project is what `millrace init` makes. */
export function FirstSteps() {
  return (
    <div className="flex flex-col gap-1 text-left">
      <Command text="npx millrace init my-flows && cd my-flows" />
      <Command text="npm install" />
      <Command text="node report.ts" />
    </div>
  );
}
