/** The tasks of a run, each to be opened: only what is in view is in the page, and only that is read. */

import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { clsx } from "clsx";
import { useEffect, useRef, useState } from "react";
import { usePreferences } from "../../../app/preferences.ts";
import { isControl } from "../../../ui/table.tsx";
import type { TaskRows } from "./task-groups.ts";
import { GroupCells, ItemCells } from "./task-rows.tsx";
import type { useTaskItems } from "./use-task-items.ts";

const rowHeights = { compact: 26, regular: 32, comfortable: 40 } as const;

export function TaskList(props: {
  readonly rows: TaskRows;
  readonly items: ReturnType<typeof useTaskItems>;
  readonly onToggle: (taskName: string, isOpen: boolean) => void;
}) {
  const { rows, items, onToggle } = props;
  const { density } = usePreferences();
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(0);
  const height = rowHeights[density];
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  const shown = virtual.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown.at(-1)?.index ?? -1;
  const { want } = items;
  useEffect(() => {
    const wanted = [];
    for (let index = first; index <= last; index++) {
      const row = rows.rowAt(index);
      if (row !== null && "place" in row) wanted.push(row);
    }
    want(wanted);
  }, [first, last, rows, want]);

  const focus = (index: number): void => {
    const next = Math.max(0, Math.min(rows.count - 1, index));
    setFocused(next);
    virtual.scrollToIndex(next);
    // It is in the page when that has been drawn.
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  };
  const act = (index: number): void => {
    const row = rows.rowAt(index);
    if (row === null) return;
    if ("group" in row) return onToggle(row.group.taskName, !row.isOpen);
    const run = items.itemAt(row.segment, row.place);
    if (run !== undefined) void navigate({ to: "/runs/task-run/$id", params: { id: run.id }, search: {} });
  };
  const onKeyDown = (event: React.KeyboardEvent, index: number): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows.rowAt(index);
    const step = {
      ArrowDown: 1,
      j: 1,
      ArrowUp: -1,
      k: -1,
      PageDown: 20,
      PageUp: -20,
      Home: -rows.count,
      End: rows.count,
    }[event.key];
    if (step !== undefined) focus(index + step);
    else if (event.key === "Enter" || event.key === " ") act(index);
    else if (row !== null && "group" in row && event.key === (row.isOpen ? "ArrowLeft" : "ArrowRight")) act(index);
    else if (row !== null && "place" in row && event.key === "ArrowLeft") {
      let at = index;
      while (at > 0 && !("group" in (rows.rowAt(at) ?? {}))) at--;
      focus(at);
    } else return;
    event.preventDefault();
  };

  return (
    <div ref={scroller} className="min-h-0 grow overflow-auto contain-strict">
      <div
        role="treegrid"
        aria-label="Task runs by task"
        aria-rowcount={rows.count}
        className="relative"
        style={{ height: virtual.getTotalSize() }}
      >
        {shown.map(({ index, start }) => {
          const row = rows.rowAt(index);
          if (row === null) return null;
          const isGroup = "group" in row;
          return (
            <div
              key={index}
              role="row"
              data-index={index}
              aria-rowindex={index + 1}
              aria-level={isGroup ? 1 : 2}
              {...(isGroup ? { "aria-expanded": row.isOpen } : {})}
              tabIndex={index === Math.min(focused, rows.count - 1) ? 0 : -1}
              onFocus={() => setFocused(index)}
              onKeyDown={(event) => onKeyDown(event, index)}
              onClick={(event) => {
                if (!isControl(event.target)) act(index);
              }}
              className={clsx(
                "absolute inset-x-0 flex cursor-pointer items-center gap-3 border-b border-line px-4 outline-offset-[-2px] hover:bg-hover",
              )}
              style={{ height, transform: `translateY(${start}px)` }}
            >
              {isGroup ? (
                <GroupCells group={row.group} isOpen={row.isOpen} shown={row.shown} />
              ) : (
                <ItemCells run={items.itemAt(row.segment, row.place)} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
