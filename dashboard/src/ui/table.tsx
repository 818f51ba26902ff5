/** A table of any length: only what is in view is in the page. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { clsx } from "clsx";
import { memo, type ReactNode, type RefObject, useEffect, useMemo, useRef } from "react";
import { usePreferences } from "../app/preferences.ts";
import { useIsNarrow } from "./narrow.ts";

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** A track of a CSS grid: `120px`, `minmax(120px, 2fr)`. */
  readonly width: string;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: "right";
  /** Left out where there is little room. */
  readonly isExtra?: boolean;
  /** What stands in the head in place of the title, which names it all the same. */
  readonly head?: ReactNode;
  /** The rows are in the order of it. */
  readonly sorted?: "ascending" | "descending";
}

export interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Rows there are in all, where not all have been read. */
  readonly total?: number;
  /** The row that is chosen, by its key. */
  readonly selected?: string | null;
  /** A row was clicked, or Enter pressed on it. Links in cells work by themselves. */
  readonly onOpen?: (row: Row) => void;
  /** The end of what has been read comes into view. */
  readonly onEnd?: () => void;
  /** Whether a row is of the list no more. */
  readonly isPast?: (row: Row) => boolean;
  /** Where there is little room, what is left out of the rows stands under each. */
  readonly hasExtrasUnder?: true;
  /** Stands after the last row. */
  readonly foot?: ReactNode;
}

const rowHeights = { compact: 26, regular: 32, comfortable: 40 } as const;
/** Of a track, in px. */
const leastNarrow = 96;
const mostNarrow = 116;
/** What stands under a row: so many in a line, which is so high. What can be pressed in it has room around it. */
const underPerLine = 3;
const underHeight = 24;
/** Rows before the end at which more is asked for. */
const endMargin = 20;

export function Table<Row>(props: TableProps<Row>) {
  const { label, columns, rows, keyOf, total = rows.length, selected = null, onOpen, onEnd, foot } = props;
  const { density } = usePreferences();
  const isNarrow = useIsNarrow();
  const scroller = useRef<HTMLDivElement>(null);
  const shown = isNarrow ? columns.filter(({ isExtra }) => isExtra !== true) : columns;
  const isUnder = isNarrow && props.hasExtrasUnder === true;
  const under = useMemo(() => (isUnder ? columns.filter(({ isExtra }) => isExtra === true) : []), [columns, isUnder]);
  const height = rowHeights[density] + Math.ceil(under.length / underPerLine) * underHeight;
  const template = shown.map(({ width }) => (isNarrow ? toNarrow(width) : width)).join(" ");
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const isAtEnd = last >= rows.length - endMargin;
  useEffect(() => {
    if (isAtEnd) onEnd?.();
  }, [isAtEnd, rows.length, onEnd]);

  return (
    <div
      ref={scroller}
      data-scroller
      className="min-h-0 min-w-0 grow overflow-auto contain-strict"
      onKeyDown={(event) => moveFocus(event, scroller)}
    >
      <div role="table" aria-label={label} aria-rowcount={total + 1} className="min-w-fit">
        <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-bg">
          <div
            role="row"
            aria-rowindex={1}
            className="grid items-center gap-x-3 max-[760px]:gap-x-2 px-4"
            style={{ gridTemplateColumns: template, height: 30 }}
          >
            {shown.map(({ id, title, align, head, sorted }) => (
              <span
                key={id}
                role="columnheader"
                {...(head === undefined ? {} : { "aria-label": title })}
                {...(sorted === undefined ? {} : { "aria-sort": sorted })}
                className={clsx(
                  "within-cell min-w-0 text-small font-medium text-muted",
                  align === "right" && "text-right not-last:pr-2",
                )}
              >
                {head ?? title}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, key, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <MemoRow
                key={key}
                row={row}
                index={index}
                columns={shown as readonly Column<unknown>[]}
                under={under as readonly Column<unknown>[]}
                template={template}
                top={start}
                height={height}
                isSelected={selected !== null && keyOf(row) === selected}
                isPast={props.isPast?.(row) === true}
                {...(onOpen === undefined ? {} : { onOpen: onOpen as (row: unknown) => void })}
              />
            );
          })}
        </div>
      </div>
      {foot}
    </div>
  );
}

interface RowProps {
  readonly row: unknown;
  readonly index: number;
  readonly columns: readonly Column<unknown>[];
  readonly under: readonly Column<unknown>[];
  readonly template: string;
  readonly top: number;
  readonly height: number;
  readonly isSelected: boolean;
  readonly isPast: boolean;
  readonly onOpen?: (row: unknown) => void;
}

const MemoRow = memo(function Row(props: RowProps) {
  const { row, index, columns, under, template, top, height, isSelected, isPast, onOpen } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      tabIndex={-1}
      data-row
      {...(isSelected ? { "aria-current": true } : {})}
      className={clsx(
        "absolute inset-x-0 grid items-center gap-x-3 max-[760px]:gap-x-2 border-b border-line px-4 hover:bg-hover",
        isSelected && "bg-selected",
        isPast && "opacity-60",
        onOpen !== undefined && "cursor-pointer",
      )}
      style={{ gridTemplateColumns: template, height, transform: `translateY(${top}px)` }}
      {...(onOpen === undefined
        ? {}
        : {
            onClick: (event) => {
              if (!isControl(event.target)) onOpen(row);
            },
            onKeyDown: (event) => {
              if (event.key !== "Enter" || event.target !== event.currentTarget) return;
              // A dialog that it opens has the focus by the time that the key is up, and would be closed by it.
              event.preventDefault();
              onOpen(row);
            },
          })}
    >
      {columns.map(({ id, cell, align }) => (
        <div
          role="cell"
          key={id}
          className={clsx("within-cell flex min-w-0 items-center", align === "right" && "justify-end not-last:pr-2")}
        >
          {cell(row)}
        </div>
      ))}
      {under.length === 0 ? null : (
        <div className="col-span-full grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)_minmax(0,2fr)] gap-x-3 text-small">
          {under.map(({ id, title, cell }) => (
            <div
              key={id}
              role="cell"
              className="within-cell flex h-6 min-w-0 items-center gap-1 has-[>:last-child:empty]:invisible"
            >
              <span className="shrink-0 text-faint">{title}</span>
              {cell(row)}
            </div>
          ))}
        </div>
      )}
    </div>
  );
});

/** Where there is little room, a track that can grow has less: a text that is cut shows all of it on demand. */
function toNarrow(width: string): string {
  return width
    .replace(/^minmax\((\d+)px/, (_, least: string) => `minmax(${Math.min(Number(least), leastNarrow)}px`)
    .replace(/, (\d+)px\)$/, (_, most: string) => `, ${Math.min(Number(most), mostNarrow)}px)`);
}

/** What is clicked by itself, and not as a part of its row. */
export function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest("a, button, input, select, label") !== null;
}

/** Arrows go from row to row, from wherever the focus is in one. */
function moveFocus(event: React.KeyboardEvent, scroller: RefObject<HTMLDivElement | null>): void {
  const step =
    event.key === "ArrowDown" || event.key === "j" ? 1 : event.key === "ArrowUp" || event.key === "k" ? -1 : 0;
  if (step === 0 || !(event.target instanceof HTMLElement) || event.target.matches("input, select, textarea")) return;
  const rows = [...(scroller.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])].sort(
    (a, b) =>
      Number(a.ariaRowIndex ?? a.getAttribute("aria-rowindex")) -
      Number(b.ariaRowIndex ?? b.getAttribute("aria-rowindex")),
  );
  const at = rows.findIndex((row) => row.contains(event.target as Node));
  const next = rows[at === -1 ? 0 : at + step];
  // At either end too the letters are the table's, and not the page's; arrows scroll that then.
  if (next !== undefined || event.key === "j" || event.key === "k") event.preventDefault();
  if (next === undefined) return;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}
