/**
 * Rows of a log of any length. Only those in view are in the page: they stand in a layer that stays in view, one below the
 * other, so that rows of any height never lie over each other. What scrolls behind it only says where we are.
 */

import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { LogRow } from "./log-row.tsx";
import { lastTop, rowHeight, type ScrollSize, toHeight, toReveal, toScrollTop, toTopRow } from "./scroll-map.ts";
import type { LogRowProps } from "./log-row.tsx";
import { type Band, Minimap } from "./minimap.tsx";

export interface LogViewHandle {
  /** Into view, moving as little as that takes. */
  reveal(row: number): void;
  toEnd(): void;
  focus(): void;
}

export interface LogViewProps {
  readonly ref?: Ref<LogViewHandle>;
  readonly label: string;
  readonly rowCount: number;
  readonly wraps: boolean;
  readonly bands: readonly Band[];
  /** Stays at the end when rows come. */
  readonly isFollowing: boolean;
  /** It was scrolled to its end, or away from it. */
  readonly onEnd: (isAtEnd: boolean) => void;
  /** Rows came into view. `last` is in it. */
  readonly onView: (first: number, last: number) => void;
  readonly rowProps: (row: number) => Omit<LogRowProps, "row" | "wraps">;
  readonly onChoose: (row: number, how: { readonly extends: boolean }) => void;
  readonly onDetails: (row: number) => void;
  /** Arrows and Enter; true when it has done something. */
  readonly onKey: (event: React.KeyboardEvent, rowsInView: number) => boolean;
}

export function LogView(props: LogViewProps) {
  const { ref, label, rowCount, wraps, bands, isFollowing, onEnd, onView, rowProps } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const [viewHeight, setViewHeight] = useState(0);
  const [topRow, setTopRow] = useState(0);
  const size: ScrollSize = { rowCount, viewHeight };
  const latest = useRef({ size, topRow, isFollowing });
  latest.current = { size, topRow, isFollowing };
  const lastScrollTop = useRef(0);

  /** As it is now: when the view has just been made, its height is not among its props and states yet. */
  const sizeNow = (): ScrollSize => ({
    rowCount: latest.current.size.rowCount,
    viewHeight: scroller.current?.clientHeight ?? 0,
  });
  const goTo = (row: number): void => {
    const element = scroller.current;
    if (element === null) return;
    element.scrollTop = toScrollTop(sizeNow(), row);
    setTopRow(row);
  };
  useImperativeHandle(ref, () => ({
    reveal: (row) => {
      // Rows that wrap are of any height: what is not seen begins at the top.
      if (!wraps) goTo(toReveal(sizeNow(), latest.current.topRow, row));
      else if (!isSeen(scroller.current, row)) goTo(Math.min(row, lastTop(sizeNow())));
    },
    toEnd: () => goTo(lastTop(sizeNow())),
    focus: () => scroller.current?.focus(),
  }));

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setViewHeight(element.clientHeight));
    observer.observe(element);
    setViewHeight(element.clientHeight);
    return () => observer.disconnect();
  }, []);

  const end = lastTop(size);
  const isAtEnd = topRow >= end - 0.1;
  // Rows that came, and another height, move the end.
  useLayoutEffect(() => {
    if (isFollowing) goTo(lastTop(latest.current.size));
  }, [isFollowing, rowCount, viewHeight, wraps]);

  const first = Math.max(0, Math.floor(topRow));
  // One more than fits, as the first and the last are seen in part.
  const last = Math.min(rowCount - 1, first + Math.ceil(viewHeight / rowHeight) + 1);
  useEffect(() => {
    if (last >= first && viewHeight > 0) onView(first, last);
    // It is told of another view only.
  }, [first, last, viewHeight, onView]);

  // Where the first row begins, of whatever height it is.
  useLayoutEffect(() => {
    const element = layer.current;
    if (element === null) return;
    const row = element.firstElementChild;
    const height = row instanceof HTMLElement ? row.offsetHeight : rowHeight;
    const isLong = element.scrollHeight > viewHeight;
    element.style.transform =
      wraps && isAtEnd && isLong
        ? `translateY(${viewHeight - element.scrollHeight}px)`
        : `translateY(${-(topRow - first) * height}px)`;
  });

  const rows = [];
  for (let row = first; row <= last; row++) {
    rows.push(<LogRow key={row} row={row} wraps={wraps} {...rowProps(row)} />);
  }
  const rowOf = (target: EventTarget): number | null => {
    const element = target instanceof Element ? target.closest<HTMLElement>("[data-line]") : null;
    return element === null ? null : Number(element.dataset.line);
  };
  return (
    <div className="flex min-h-0 grow">
      <div
        ref={scroller}
        role="log"
        aria-label={label}
        aria-live="off"
        tabIndex={0}
        className="relative min-w-0 grow overflow-auto font-mono text-small leading-5 contain-strict outline-offset-[-2px]"
        onScroll={(event) => {
          const { scrollTop } = event.currentTarget;
          const isUp = scrollTop < lastScrollTop.current;
          const isMoved = scrollTop !== lastScrollTop.current;
          lastScrollTop.current = scrollTop;
          const { size: now } = latest.current;
          // What we set ourselves comes back rounded: that is no reason to move by a part of a row.
          const row = toTopRow(now, scrollTop);
          if (Math.abs(row - latest.current.topRow) * rowHeight > 1.5) setTopRow(row);
          if (isMoved) {
            if (row >= lastTop(now) - 0.5) onEnd(true);
            else if (isUp) onEnd(false);
          }
        }}
        onClick={(event) => {
          const row = rowOf(event.target);
          if (row === null || !(event.target instanceof Element)) return;
          if (event.target.closest("[data-number]") !== null) props.onChoose(row, { extends: event.shiftKey });
          else if (event.target.closest("[data-details]") !== null) props.onDetails(row);
        }}
        onDoubleClick={(event) => {
          const row = rowOf(event.target);
          if (row !== null) props.onDetails(row);
        }}
        onKeyDown={(event) => {
          if (event.target !== event.currentTarget) return;
          if (props.onKey(event, Math.floor(viewHeight / rowHeight))) event.preventDefault();
        }}
      >
        <div className={wraps ? "w-full" : "w-max min-w-full"} style={{ height: toHeight(size) }}>
          <div
            className="sticky top-0 overflow-y-clip"
            style={{ height: Math.min(viewHeight, Math.max(viewHeight, 0)) }}
          >
            <div ref={layer} className={wraps ? "w-full" : "w-max min-w-full"}>
              {rows}
            </div>
          </div>
        </div>
      </div>
      {rowCount * rowHeight > viewHeight * 2 ? (
        <Minimap
          bands={bands}
          rowCount={rowCount}
          height={viewHeight}
          topRow={topRow}
          rowsInView={viewHeight / rowHeight}
          onGo={(row) => {
            goTo(Math.max(0, Math.min(end, row - viewHeight / rowHeight / 2)));
            onEnd(false);
          }}
        />
      ) : null}
    </div>
  );
}

/** Whether a row is in the view as a whole, or fills it. */
function isSeen(scroller: HTMLElement | null, row: number): boolean {
  const element = scroller?.querySelector(`[data-line="${row}"]`);
  if (scroller === null || element === null || element === undefined) return false;
  const view = scroller.getBoundingClientRect();
  const box = element.getBoundingClientRect();
  return (box.top >= view.top && box.bottom <= view.bottom) || (box.top <= view.top && box.bottom >= view.bottom);
}
