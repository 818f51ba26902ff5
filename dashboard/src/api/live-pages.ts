/**
 * A list that is read page by page as far as it is looked at, and again when something happens that concerns it. While
 * somebody reads it (points at it, has scrolled it, or is in it by keyboard) its rows stay where they are.
 */

import { type QueryKey, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import type { Page, StoredEvent } from "millrace/client";
import { useEffect, useMemo, useRef, useState } from "react";
import { isGone } from "./gone.ts";
import { holdRows, peekRows } from "./held-rows.ts";
import { onEvents } from "./live.ts";

/** Beyond so many pages the list is not read again by itself, but for the first one: it says that there is more. */
const livePages = 3;
const leastMs = 1000;

export interface LivePagesQuery<T> {
  readonly key: QueryKey;
  readonly read: (cursor: string | null) => Promise<Page<T>>;
  readonly concerns: (event: StoredEvent) => boolean;
  /** Read so often besides, in ms; for what changes without events. */
  readonly everyMs?: number;
  /** For a list into which new rows come: they wait while somebody reads it. */
  readonly held?: { readonly keyOf: (row: T) => string; readonly kind?: string };
}

/** What there is that is not shown. */
export interface WaitingRows {
  /** Null where it is not known how many. */
  readonly count: number | null;
  /** There may be more than were counted. */
  readonly isMore: boolean;
}

export interface LivePages<T> {
  /** Undefined until the first page is there. */
  readonly rows: readonly T[] | undefined;
  readonly error: unknown;
  /** Why the last question had no answer, while it is asked again. */
  readonly failureReason: unknown;
  readonly refetch: () => void;
  /** Whether there is more than has been read. */
  readonly hasMore: boolean;
  /** For the end of a table coming into view. */
  readonly readMore: () => void;
  /** The rows are those of another question, until the answer to this one is there. */
  readonly isOld: boolean;
  /** Null where all that is new is shown. */
  readonly waiting: WaitingRows | null;
  /** Shows what waits. */
  readonly showNew: () => void;
  /** Whether a row is kept only for who reads the list, and is in it no more. */
  readonly isPast: (row: T) => boolean;
  /** Somebody reads it, or does no more. */
  readonly setRead: (isRead: boolean) => void;
}

export function useLivePages<T>({ key, read, concerns, everyMs, held }: LivePagesQuery<T>): LivePages<T> {
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
    refetchInterval: ({ state }) =>
      everyMs !== undefined && (state.data?.pages.length ?? 0) <= livePages ? everyMs : false,
  });
  const isLive = (query.data?.pages.length ?? 0) <= livePages;
  const [hasNew, setNew] = useState(false);
  const [newest, setNewest] = useState<readonly T[] | null>(null);
  const asked = useRef({ key, concerns, read, canPeek: held !== undefined });
  asked.current = { key, concerns, read, canPeek: held !== undefined };
  const name = JSON.stringify(key);
  useEffect(() => {
    setNew(false);
    setNewest(null);
  }, [name, isLive]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let isOver = false;
    const peek = async (): Promise<void> => {
      const page = await asked.current.read(null).catch(() => null);
      if (page !== null && !isOver) setNewest(page.items);
    };
    const stop = onEvents((events) => {
      if (timer !== null || !events.some((event) => asked.current.concerns(event))) return;
      if (!isLive && !asked.current.canPeek) return setNew(true);
      timer = setTimeout(() => {
        timer = null;
        if (isLive) void client.invalidateQueries({ queryKey: asked.current.key, exact: true });
        else void peek();
      }, leastMs);
    });
    return () => {
      isOver = true;
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [client, isLive, name]);
  const latest = useMemo(() => query.data?.pages.flatMap(({ items }) => items), [query.data]);
  const shown = useHeld({ latest, newest, held, scope: query.isPlaceholderData ? null : name });
  return {
    rows: shown.rows,
    error: latest === undefined ? query.error : null,
    failureReason: query.failureReason,
    hasMore: query.hasNextPage,
    refetch: () => void query.refetch(),
    readMore: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    isOld: query.isPlaceholderData,
    waiting: hasNew ? { count: null, isMore: false } : shown.waiting,
    showNew: () => {
      setNew(false);
      setNewest(null);
      shown.release();
      if (!isLive) void client.resetQueries({ queryKey: key, exact: true });
    },
    isPast: shown.isPast,
    setRead: shown.setRead,
  };
}

const ignore = (): void => undefined;
const nothing: ReadonlySet<string> = new Set();

/** What is shown of what has been read. */
function useHeld<T>(options: {
  readonly latest: readonly T[] | undefined;
  readonly newest: readonly T[] | null;
  readonly held: LivePagesQuery<T>["held"];
  /** What was asked; null while the rows are those of another question. */
  readonly scope: string | null;
}): Pick<LivePages<T>, "rows" | "waiting" | "isPast" | "setRead"> & { readonly release: () => void } {
  const { latest, newest, held, scope } = options;
  const [isRead, setRead] = useState(false);
  const [turn, setTurn] = useState(0);
  const before = useRef<{ readonly scope: string | null; readonly turn: number; readonly rows: readonly T[] } | null>(
    null,
  );
  const keyOf = held?.keyOf;
  const kind = held?.kind;
  const now = useMemo(() => {
    const rows = latest ?? [];
    const kept = before.current;
    if (keyOf === undefined || latest === undefined) return { rows, past: nothing, waiting: 0, isMore: false };
    if (newest !== null) return { ...peekRows({ read: rows, newest }, keyOf), past: nothing };
    if (!isRead || scope === null || kept?.scope !== scope || kept.turn !== turn) {
      return { rows, past: nothing, waiting: 0, isMore: false };
    }
    const isDeleted = (key: string): boolean => kind !== undefined && isGone(`millrace.${kind}.${key}`);
    return holdRows({ shown: kept.rows, latest: rows }, { keyOf, isDeleted });
  }, [latest, newest, isRead, scope, turn, keyOf, kind]);
  before.current = { scope, turn, rows: now.rows };
  return {
    rows: latest === undefined ? undefined : now.rows,
    waiting: now.waiting === 0 ? null : { count: now.waiting, isMore: now.isMore },
    isPast: (row) => keyOf !== undefined && now.past.has(keyOf(row)),
    setRead: keyOf === undefined ? ignore : setRead,
    release: () => setTurn((count) => count + 1),
  };
}
