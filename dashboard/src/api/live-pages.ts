/** A list that is read page by page as far as it is looked at, and again when something happens that concerns it. */

import { type QueryKey, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import type { Page, StoredEvent } from "millrace/client";
import { useEffect, useMemo, useRef, useState } from "react";
import { onEvents } from "./live.ts";

/** Beyond so many pages the list is not read again by itself: it says that there is more. */
const livePages = 3;
const leastMs = 1000;

export interface LivePagesQuery<T> {
  readonly key: QueryKey;
  readonly read: (cursor: string | null) => Promise<Page<T>>;
  readonly concerns: (event: StoredEvent) => boolean;
  /** Read so often besides, in ms; for what changes without events. */
  readonly everyMs?: number;
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
  /** Something has happened that concerns it, and it has not been read again. */
  readonly hasNew: boolean;
  /** Reads it again, from its beginning. */
  readonly showNew: () => void;
}

export function useLivePages<T>({ key, read, concerns, everyMs }: LivePagesQuery<T>): LivePages<T> {
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
  const asked = useRef({ key, concerns });
  asked.current = { key, concerns };
  const name = JSON.stringify(key);
  useEffect(() => setNew(false), [name]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = onEvents((events) => {
      if (timer !== null || !events.some((event) => asked.current.concerns(event))) return;
      if (!isLive) return setNew(true);
      timer = setTimeout(() => {
        timer = null;
        void client.invalidateQueries({ queryKey: asked.current.key, exact: true });
      }, leastMs);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [client, isLive]);
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items), [query.data]);
  return {
    rows,
    error: rows === undefined ? query.error : null,
    failureReason: query.failureReason,
    hasMore: query.hasNextPage,
    refetch: () => void query.refetch(),
    readMore: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    isOld: query.isPlaceholderData,
    hasNew,
    showNew: () => {
      setNew(false);
      void client.resetQueries({ queryKey: key, exact: true });
    },
  };
}
