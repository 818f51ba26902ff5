import { type ReactNode, useEffect, useRef } from "react";
import { isOffline } from "../api/api.ts";
import type { LivePages, WaitingRows } from "../api/live-pages.ts";
import { toCount } from "../format/number.ts";
import { Button } from "./button.tsx";
import { ErrorNote, Waiting } from "./states-of-loading.tsx";
import { Table, type TableProps } from "./table.tsx";

/** The rows of a list that is read page by page; before them a sketch, and what stands there when there are none. */
export function LiveTable<Row>(
  props: Omit<TableProps<Row>, "rows" | "onEnd" | "isPast"> & {
    readonly list: LivePages<Row>;
    readonly empty: ReactNode;
  },
) {
  const { list, empty, ...table } = props;
  const box = useRef<HTMLDivElement>(null);
  const reading = useReading(list.setRead);
  if (list.rows === undefined) {
    if (list.error === null || isOffline(list.error)) return <Waiting reason={list.failureReason} rows={10} />;
    return <ErrorNote error={list.error} onRetry={list.refetch} />;
  }
  if (list.rows.length === 0) return <>{empty}</>;
  return (
    <div
      ref={box}
      className={`relative flex min-h-0 grow flex-col ${list.isOld ? "opacity-60" : ""}`}
      aria-busy={list.isOld}
      {...reading}
    >
      {list.waiting === null ? null : (
        // Said, and not pushed in between what somebody reads.
        <Button
          className="absolute top-9 left-1/2 z-20 -translate-x-1/2 rounded-full shadow-lg"
          onClick={() => {
            list.showNew();
            box.current?.querySelector("[data-scroller]")?.scrollTo({ top: 0 });
          }}
        >
          {toWaitingWords(list.waiting)}
        </Button>
      )}
      <Table {...table} rows={list.rows} isPast={list.isPast} onEnd={list.readMore} />
    </div>
  );
}

const toWaitingWords = ({ count, isMore }: WaitingRows): string =>
  count === null ? "Show what is new" : `${toCount(count)}${isMore ? "+" : ""} new`;

/** Somebody reads a list who points at it, has scrolled it, or is in one of its rows by keyboard. */
function useReading(onChange: (isRead: boolean) => void) {
  const signs = useRef({ isPointing: false, isScrolled: false, isInside: false });
  const latest = useRef(onChange);
  latest.current = onChange;
  const note = (sign: Partial<typeof signs.current>): void => {
    signs.current = { ...signs.current, ...sign };
    latest.current(Object.values(signs.current).some((is) => is));
  };
  // Whoever comes back to it begins anew.
  useEffect(() => () => latest.current(false), []);
  return {
    onPointerEnter: ({ pointerType }: React.PointerEvent) => note({ isPointing: pointerType !== "touch" }),
    onPointerLeave: () => note({ isPointing: false }),
    onScrollCapture: ({ target }: React.UIEvent) =>
      note({ isScrolled: target instanceof Element && target.scrollTop > 0 }),
    onFocus: ({ target }: React.FocusEvent) => note({ isInside: target.closest("[data-row]") !== null }),
    onBlur: () => note({ isInside: false }),
  };
}
