import { useMemo } from "react";
import { type DiffLine, diffLines } from "./line-diff.ts";

/** Lines that are shown. */
const maxLines = 2000;
const signs = { same: " ", gone: "−", new: "+" } as const;

export function DiffView({
  before,
  after,
  label,
}: {
  readonly before: string;
  readonly after: string;
  readonly label: string;
}) {
  const lines = useMemo(() => diffLines(before, after), [before, after]);
  const count = (kind: DiffLine["kind"]): number => lines.filter((line) => line.kind === kind).length;
  const [gone, come] = [count("gone"), count("new")];
  if (gone + come === 0) return <p className="text-muted">Both versions are the same.</p>;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <p className="text-small text-muted">
        {come} {come === 1 ? "line" : "lines"} new, {gone} gone
        {lines.length > maxLines ? `; the first ${maxLines} lines are shown` : ""}
      </p>
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        className="max-h-[60vh] overflow-auto rounded-control bg-panel py-1 font-mono text-small"
      >
        {lines.slice(0, maxLines).map((line, index) =>
          line.kind === "skipped" ? (
            <div key={index} className="border-y border-line px-2 text-muted">
              {line.count} {line.count === 1 ? "line" : "lines"} the same
            </div>
          ) : (
            <div
              key={index}
              className={`px-2 whitespace-pre-wrap break-words ${line.kind === "gone" ? "bg-[color-mix(in_oklab,var(--failed)_12%,transparent)]" : line.kind === "new" ? "bg-[color-mix(in_oklab,var(--completed)_14%,transparent)]" : ""}`}
            >
              {signs[line.kind]} {line.text.slice(0, 5000)}
            </div>
          ),
        )}
      </pre>
    </div>
  );
}
