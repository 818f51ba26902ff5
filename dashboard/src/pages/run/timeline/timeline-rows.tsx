/** The rows of the timeline: what is in view as a treegrid, beside the canvas that it scrolls. */

import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronDown, ChevronRight } from "lucide-react";
import { type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { toCount } from "../../../format/number.ts";
import { toDuration } from "../../../format/time.ts";
import { families, type Family, type GlyphName, lookOf, toWords } from "../../../states/families.ts";
import { Glyph } from "../../../states/state-badge.tsx";
import { endOf } from "./columns.ts";
import { findItem, heightOf, type Item, type ItemList } from "./items.ts";
import { attemptsOf, tellParts } from "./parts.ts";

/** Rows above and below what is in view. */
const overscan = 4;
/** Browsers make no element taller than some 33 million pixels. */
const tallest = 30_000_000;

export function TimelineRows(props: {
  readonly list: ItemList;
  readonly label: string;
  readonly now: number;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly selected: string | null;
  readonly onTop: (top: number) => void;
  readonly onSelect: (taskRunId: string) => void;
  readonly onToggle: (key: string) => void;
  /** The canvas, which stays in view. */
  readonly children: ReactNode;
}) {
  const { list, label, now, scroller, selected, onTop, onSelect, onToggle, children } = props;
  const navigate = useNavigate();
  const [view, setView] = useState({ top: 0, height: 600 });
  const [active, setActive] = useState(0);
  const grid = useRef<HTMLDivElement>(null);
  const total = Math.min(list.tops[list.items.length] ?? 0, tallest);
  const tell = useRef(onTop);
  tell.current = onTop;

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = (): void => {
      tell.current(element.scrollTop);
      setView((before) => {
        // Rows are rendered again when others come into view, and not with each pixel.
        const isNear = Math.abs(before.top - element.scrollTop) < 40 && before.height === element.clientHeight;
        return isNear ? before : { top: element.scrollTop, height: element.clientHeight };
      });
    };
    measure();
    element.addEventListener("scroll", measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, [scroller]);

  const first = Math.max(0, findItem(list, view.top) - overscan);
  const last = Math.min(list.items.length - 1, findItem(list, view.top + view.height) + overscan);
  const focusable = Math.min(Math.max(active, first), Math.max(last, first));
  const hasArrows = useMemo(() => list.items.some(isExpandable), [list]);

  const go = (index: number): void => {
    const next = Math.min(Math.max(index, 0), list.items.length - 1);
    setActive(next);
    const element = scroller.current;
    const top = list.tops[next] ?? 0;
    const item = list.items[next];
    if (element !== null && item !== undefined) {
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + heightOf(item) > element.scrollTop + element.clientHeight) {
        element.scrollTop = top + heightOf(item) - element.clientHeight;
      }
    }
    requestAnimationFrame(() =>
      grid.current?.querySelector<HTMLElement>(`[data-place="${next}"]`)?.focus({ preventScroll: true }),
    );
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const item = list.items[focusable];
    if (item === undefined) return;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      j: 1,
      ArrowUp: -1,
      k: -1,
      PageDown: 15,
      PageUp: -15,
      Home: -1e9,
      End: 1e9,
    };
    const step = steps[event.key];
    if (step !== undefined) go(focusable + step);
    else if (event.key === "ArrowRight" && isClosed(item)) onToggle(item.key);
    else if (event.key === "ArrowLeft" && isOpened(item)) onToggle(item.key);
    else if (event.key === "Enter" || event.key === " ") open(item);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const open = (item: Item): void => {
    if (item.kind === "row") onSelect(item.key);
    else if (item.kind === "group") onToggle(item.key);
    else if (item.kind === "note") void navigate(toRun(item.flowRunId));
  };

  return (
    <div className="timeline-columns grid" style={{ height: total }}>
      <div
        ref={grid}
        role="treegrid"
        aria-label={label}
        aria-rowcount={list.items.length}
        className="relative border-r border-line"
        onKeyDown={onKeyDown}
      >
        {list.items.slice(first, last + 1).map((item, offset) => {
          const index = first + offset;
          return (
            <div
              key={item.key}
              role="row"
              aria-rowindex={index + 1}
              aria-level={item.depth + 1}
              {...(isExpandable(item) ? { "aria-expanded": isOpened(item) } : {})}
              aria-selected={item.key === selected}
              tabIndex={index === focusable ? 0 : -1}
              data-place={index}
              onFocus={() => setActive(index)}
              onClick={() => open(item)}
              className="absolute inset-x-0 flex cursor-pointer items-center gap-1.5 overflow-hidden pr-2 hover:bg-hover aria-selected:bg-selected"
              style={{ top: list.tops[index], height: heightOf(item), paddingLeft: 12 + Math.min(item.depth, 10) * 14 }}
            >
              <RowLabel item={item} now={now} hasArrows={hasArrows} onToggle={onToggle} />
            </div>
          );
        })}
      </div>
      <div className="sticky top-0 min-w-0" style={{ height: view.height }}>
        {children}
      </div>
    </div>
  );
}

const toRun = (id: string) => ({ to: "/runs/flow-run/$id", params: { id }, search: {} }) as const;

const isExpandable = (item: Item): boolean => item.kind === "group" || (item.kind === "row" && item.isOpen !== null);
const isOpened = (item: Item): boolean => (item.kind === "row" || item.kind === "group") && item.isOpen === true;
const isClosed = (item: Item): boolean => isExpandable(item) && !isOpened(item);

function RowLabel({
  item,
  now,
  hasArrows,
  onToggle,
}: {
  readonly item: Item;
  readonly now: number;
  /** Whether some row has one: what is of the same depth begins at the same place then. */
  readonly hasArrows: boolean;
  readonly onToggle: (key: string) => void;
}) {
  if (item.kind === "lane") {
    return (
      <span role="gridcell" className="truncate text-[9px] leading-[10px] text-faint">
        {item.lane + 1}
        <span className="sr-only"> {toCount(item.rows.length)} task runs</span>
      </span>
    );
  }
  const arrow = isExpandable(item) ? (
    <span
      aria-hidden
      // As wide as what can be hit, though the arrow is not.
      className="-mr-1 -ml-2.5 flex h-6 w-6 shrink-0 items-center justify-center text-muted"
      onClick={(event) => {
        event.stopPropagation();
        onToggle(item.key);
      }}
    >
      {isOpened(item) ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
    </span>
  ) : hasArrows ? (
    // A telephone has no room for it.
    <span aria-hidden className="-ml-1 w-3.5 shrink-0 max-[760px]:hidden" />
  ) : null;
  if (item.kind === "note") {
    return (
      <>
        {arrow}
        <span role="gridcell" className="grow truncate text-muted" title={item.text}>
          <Link {...toRun(item.flowRunId)} className="link" onClick={(event) => event.stopPropagation()}>
            Open its page
          </Link>
          . {item.text}
        </span>
      </>
    );
  }
  if (item.kind === "row") {
    const { columns, index } = item;
    const state = { type: columns.stateTypes[index] ?? "PENDING", name: columns.stateNames[index] ?? "" } as const;
    const { family, glyph } = lookOf(state);
    const name = columns.names[index] ?? "";
    const told = tellParts(columns, index, now);
    const attempts = attemptsOf(columns, index);
    return (
      <>
        {arrow}
        <span role="gridcell" className="flex shrink-0" title={toWords(state.name)}>
          <Glyph name={glyph} family={family} label={toWords(state.name)} />
        </span>
        <span role="gridcell" className="grow truncate" title={name}>
          {name}
        </span>
        <span
          role="gridcell"
          // A telephone has room for the name alone, by which one is told from another: the bar says the rest.
          className="flex shrink-0 gap-1.5 text-meta whitespace-nowrap text-muted max-[760px]:sr-only"
          title={told.join("; ")}
        >
          {attempts === 1 ? null : <span aria-hidden>×{attempts}</span>}
          {toDuration(endOf(columns, index, now) - (columns.starts[index] ?? 0))}
          {told.length === 0 ? null : <span className="sr-only">; {told.join("; ")}</span>}
        </span>
      </>
    );
  }
  const { taskName, counts } = item.kind === "group" ? item.group : item.density;
  const total = item.kind === "group" ? item.group.rows.length : item.density.total;
  return (
    <>
      {arrow}
      <span role="gridcell" className="grow truncate font-medium" title={taskName}>
        {taskName}
      </span>
      <span role="gridcell" className="flex items-center gap-1.5 text-meta text-muted">
        {shownFamilies.map(([family, glyph]) => {
          const count = counts[families.indexOf(family)] ?? 0;
          return count === 0 ? null : (
            <span key={family} className="flex items-center gap-0.5" title={`${toCount(count)} ${family}`}>
              <Glyph name={glyph} family={family} label={family} />
              {toCount(count)}
            </span>
          );
        })}
        {toCount(total)}
      </span>
    </>
  );
}

/** Told by number; the rest is what is normal. */
const shownFamilies = [
  ["failed", "cross"],
  ["crashed", "bolt"],
  ["attention", "alarm"],
  ["running", "pulse"],
] as const satisfies readonly (readonly [Family, GlyphName])[];
