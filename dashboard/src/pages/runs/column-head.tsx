/** The head of a column: sorts by it, and makes it wider. */

import { ArrowDown, ArrowUp } from "lucide-react";
import type { FlowRunSort } from "millrace/client";
import type { RunColumn } from "./run-columns.tsx";

const stepPx = 16;

export function ColumnHead(props: {
  readonly column: RunColumn;
  readonly sort: FlowRunSort;
  readonly onSort: (sort: FlowRunSort) => void;
  readonly onResize: (px: number) => void;
}) {
  const { column, sort, onSort, onResize } = props;
  const { title, sorts = [], align } = column;
  const at = sorts.indexOf(sort);
  const next = sorts[(at + 1) % sorts.length];
  const Arrow = sort.endsWith("-desc") ? ArrowDown : ArrowUp;
  return (
    <span className={`flex items-center gap-1 max-sm:gap-2 ${align === "right" ? "justify-end" : "justify-between"}`}>
      {next === undefined ? (
        <span className="truncate">{title}</span>
      ) : (
        <button
          type="button"
          onClick={() => onSort(next)}
          title={`Sort by ${title.toLowerCase()}`}
          className="inline-flex min-w-6 items-center gap-1 hover:text-fg"
        >
          <span className="truncate">{title}</span>
          {at === -1 ? null : <Arrow size={12} className="shrink-0" aria-hidden />}
        </button>
      )}
      <ResizeHandle title={title} onResize={onResize} />
    </span>
  );
}

/** The order that the list is in, for those who do not see the arrow. */
export function sortedBy({ sorts = [] }: RunColumn, sort: FlowRunSort): "ascending" | "descending" | undefined {
  if (!sorts.includes(sort)) return undefined;
  return sort.endsWith("-desc") ? "descending" : "ascending";
}

function ResizeHandle({ title, onResize }: { readonly title: string; readonly onResize: (px: number) => void }) {
  const widthOf = (handle: Element): number =>
    handle.closest('[role="columnheader"]')?.getBoundingClientRect().width ?? 0;
  return (
    <span
      role="slider"
      aria-orientation="horizontal"
      aria-label={`Width of ${title}`}
      aria-valuemin={48}
      aria-valuemax={900}
      aria-valuenow={120}
      aria-valuetext="Arrows change it"
      tabIndex={0}
      onKeyDown={(event) => {
        const by = event.key === "ArrowRight" ? stepPx : event.key === "ArrowLeft" ? -stepPx : 0;
        if (by === 0) return;
        event.preventDefault();
        onResize(widthOf(event.currentTarget) + by);
      }}
      onPointerDown={(event) => {
        event.preventDefault();
        const handle = event.currentTarget;
        const start = widthOf(handle) - event.clientX;
        handle.setPointerCapture(event.pointerId);
        const move = (moved: PointerEvent): void => onResize(start + moved.clientX);
        const end = (): void => {
          handle.removeEventListener("pointermove", move);
          handle.removeEventListener("pointerup", end);
          handle.removeEventListener("pointercancel", end);
        };
        handle.addEventListener("pointermove", move);
        handle.addEventListener("pointerup", end);
        handle.addEventListener("pointercancel", end);
      }}
      className="h-5 w-2 shrink-0 cursor-col-resize touch-none border-r border-line hover:border-accent"
    />
  );
}
