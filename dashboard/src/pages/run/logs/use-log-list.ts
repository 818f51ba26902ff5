/** A list of log lines that is open: how long it is, its lines as they are wanted, and what is written to it meanwhile. */

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import type { LogFilter, StoredLogLine } from "millrace/client";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { api, isOffline } from "../../../api/api.ts";
import { createWindowStore, type WindowStore, windowSize } from "./window-store.ts";
import { toLogCondition } from "./logs-search.ts";
import { maxFound } from "./use-found.ts";

/** Between looks at what is new, in ms. */
const pollMs = 1000;
/** New lines that are read at once. */
const pollLimit = 2000;
/** After a run has ended its last lines may still be on their way, in ms. */
const lateMs = 2500;
const retryMs = 1500;
/** So long an end that was read before it is shown is good: what was written since is read with the first look at what is new. In ms. */
const endMs = 2000;

export interface LogList {
  /** Of the filter that it is of: while another one is being opened, the last one stays. */
  readonly key: string;
  readonly store: WindowStore<StoredLogLine>;
  readonly total: number;
}

/** @param isLive whether lines may still come */
export function useLogList(
  filter: LogFilter | null,
  { isLive }: { readonly isLive: boolean },
): { readonly list: LogList | null; readonly error: unknown } {
  const key = JSON.stringify(filter);
  const [list, setList] = useState<LogList | null>(null);
  const [error, setError] = useState<unknown>(null);
  const client = useQueryClient();
  const live = useRef(isLive);
  live.current = isLive;

  useEffect(() => {
    if (filter === null) return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const store = createWindowStore(async (window) => (await api.listLogs(filter, window)).items);
    let end: LogEnd = { total: 0, lastSeq: 0 };

    const open = async (): Promise<void> => {
      try {
        const opened = await readEnd(client, filter);
        if (isOver) return;
        end = opened;
        store.put(opened.total - opened.lines.length, opened.lines);
        setError(null);
        setList({ key, store, total: end.total });
        timer = setTimeout(() => void poll(), pollMs);
      } catch (failure) {
        if (isOver) return;
        if (isOffline(failure)) timer = setTimeout(() => void open(), retryMs);
        else setError(failure);
      }
    };
    let endedAt: number | null = null;
    const poll = async (): Promise<void> => {
      let restMs = pollMs;
      endedAt = live.current ? null : (endedAt ?? performance.now());
      if (!document.hidden && (endedAt === null || performance.now() - endedAt < lateMs)) {
        try {
          const { items } = await api.listLogs({ ...filter, afterSeq: end.lastSeq }, { limit: pollLimit });
          if (isOver) return;
          const last = items.at(-1);
          if (last !== undefined) {
            store.put(end.total, items);
            end = { total: end.total + items.length, lastSeq: last.seq };
            setList({ key, store, total: end.total });
            if (items.length === pollLimit) restMs = 0;
          }
        } catch {
          // Asked again: the chip in the top bar says that the server does not answer.
        }
      }
      if (!isOver) timer = setTimeout(() => void poll(), restMs);
    };
    void open();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
    // The key is the filter, by its value.
  }, [key]);

  return { list, error };
}

interface LogEnd {
  readonly total: number;
  readonly lastSeq: number;
}

/** For a list that is about to be shown. */
export function readEnd(client: QueryClient, filter: LogFilter): ReturnType<typeof openEnd> {
  return client.fetchQuery({
    queryKey: ["logs", "end", filter],
    queryFn: () => openEnd(filter),
    staleTime: endMs,
    gcTime: endMs,
    retry: false,
  });
}

/** The last lines first: they are what is shown, and lines that come meanwhile are not counted. */
async function openEnd(filter: LogFilter): Promise<LogEnd & { readonly lines: readonly StoredLogLine[] }> {
  const newest = { ...filter, sort: { field: "seq", direction: "desc" } as const };
  const lines = (await api.listLogs(newest, { limit: windowSize })).items.toReversed();
  const lastSeq = lines.at(-1)?.seq ?? 0;
  const total = lines.length < windowSize ? lines.length : await countUpTo(filter, lastSeq);
  return { total, lastSeq, lines };
}

/** With a text they are searched for, which keeps nobody else waiting; unless there are more than a search tells. */
async function countUpTo(filter: LogFilter, lastSeq: number): Promise<number> {
  const { contains, minLevel, afterSeq: _, sort: __, where, ...of } = filter;
  if (contains !== undefined) {
    const isUpTo = { field: "seq", atMost: lastSeq };
    const found = await api.searchLogs({
      of: { ...of, where: where === undefined ? isUpTo : { all: [where, isUpTo] } },
      text: contains,
      ...(minLevel === undefined ? {} : { minLevel }),
      max: maxFound,
    });
    if (!found.isCut) return found.ordinals.length;
  }
  return api.count("log", toLogCondition(filter, lastSeq));
}

/** Renders again when lines came. */
export function useLines(store: WindowStore<StoredLogLine>): number {
  return useSyncExternalStore(store.subscribe, store.version);
}
