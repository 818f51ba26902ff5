/** A list that is read page by page, as far as somebody scrolls, and read again when something happens that concerns it. */

import { type QueryKey, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import type { Page, StoredEvent } from "millrace/client";
import { useEffect, useMemo, useRef } from "react";
import { onEvents } from "./live.ts";

/** Between two readings of the same list, in ms. */
const leastMs = 1000;
/** Beyond so many pages a list stays as it was read, until it is asked for anew. */
const livePages = 3;

export interface PagesOf<T> {
  readonly rows: readonly T[];
  /** Whether an answer is there, if only an empty one. */
  readonly isRead: boolean;
  readonly error: Error | null;
  readonly readAgain: () => void;
  /** Give it to a table as what to do at its end. */
  readonly readMore: () => void;
}

export function usePages<T>(options: {
  readonly key: QueryKey;
  readonly read: (cursor: string | null) => Promise<Page<T>>;
  readonly concerns?: (event: StoredEvent) => boolean;
}): PagesOf<T> {
  const { key, read, concerns } = options;
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
  });
  const pages = query.data?.pages.length ?? 0;
  const asked = useRef({ key, concerns, pages });
  asked.current = { key, concerns, pages };
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = onEvents((events) => {
      if (timer !== null || asked.current.pages > livePages) return;
      if (!events.some((event) => asked.current.concerns?.(event) === true)) return;
      timer = setTimeout(() => {
        timer = null;
        void client.invalidateQueries({ queryKey: asked.current.key, exact: true });
      }, leastMs);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [client]);
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  return {
    rows,
    isRead: query.data !== undefined,
    error: query.error,
    readAgain: () => void refetch(),
    readMore: () => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
  };
}
