import { useMemo, useState } from "react";
import { type DiffLine, diffLines } from "../format/line-diff.ts";
import { plural } from "../format/number.ts";
import { Button } from "./button.tsx";

/** Lines that are the same, kept around those that differ. */
const around = 3;
/** More lines than this are shown when somebody asks for them. */
const maxShown = 1000;

/** Two texts as one, with what was removed and what was added. */
export function Diff({
  before,
  after,
  label,
}: {
  readonly before: string;
  readonly after: string;
  readonly label: string;
}) {
  const parts = useMemo(() => fold(diffLines(before, after)), [before, after]);
  const [isWhole, setWhole] = useState(false);
  if (before === after) return <p className="p-3 text-muted">They are the same.</p>;
  const shown = isWhole ? parts : parts.slice(0, maxShown);
  return (
    <div>
      {/* Scrolls, so the keyboard must reach it. */}
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        className="max-h-[60vh] overflow-auto py-1 font-mono text-small whitespace-pre"
      >
        <code className="grid min-w-fit">
          {shown.map((part, index) =>
            typeof part === "number" ? (
              <span key={index} className="bg-panel px-3 text-faint">
                {`  ${plural(part, "line")} the same`}
              </span>
            ) : (
              <span
                key={index}
                className={
                  part.kind === "same"
                    ? "px-3 text-muted"
                    : part.kind === "added"
                      ? "bg-[color-mix(in_srgb,var(--completed)_14%,var(--bg))] px-3"
                      : "bg-[color-mix(in_srgb,var(--failed)_14%,var(--bg))] px-3"
                }
              >
                {`${part.kind === "same" ? " " : part.kind === "added" ? "+" : "-"} ${part.text}`}
              </span>
            ),
          )}
        </code>
      </pre>
      {shown.length === parts.length ? null : (
        <Button className="m-2" onClick={() => setWhole(true)}>
          Show all {plural(parts.length, "line")}
        </Button>
      )}
    </div>
  );
}

/** In place of long stretches of what is the same stands how many lines they are. */
function fold(lines: readonly DiffLine[]): readonly (DiffLine | number)[] {
  const near = new Uint8Array(lines.length);
  for (const [index, { kind }] of lines.entries()) {
    if (kind !== "same") near.fill(1, Math.max(0, index - around), index + around + 1);
  }
  const parts: (DiffLine | number)[] = [];
  for (const [index, line] of lines.entries()) {
    const last = parts.at(-1);
    if (near[index] === 1) parts.push(line);
    else if (typeof last === "number") parts[parts.length - 1] = last + 1;
    else parts.push(1);
  }
  return parts;
}
