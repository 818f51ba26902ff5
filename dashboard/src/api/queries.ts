/** What pages read: kept while it is shown, read again when something happens that concerns it. */

import {
  keepPreviousData,
  QueryClient,
  type QueryKey,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from "@tanstack/react-query";
import type { StoredEvent } from "millrace/client";
import { useEffect, useRef } from "react";
import { isOffline } from "./api.ts";
import { isGone, noteGone } from "./gone.ts";
import { onComeback, onEvents } from "./live.ts";
import { onSession, whoIsIn } from "./session.ts";

/** Between two readings of the same, in ms. */
const defaultLeastMs = 1000;
/** What takes long to read is read less often: reading takes at most this part of the time. */
const busyPart = 4;

/** What the page has read. */
export const queries: QueryClient = createQueries();

function createQueries(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5000,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        // A server that restarts is waited for, and the page keeps what it shows.
        retry: (count, error) => isOffline(error) && count < 120,
        retryDelay: (count) => Math.min(250 * 2 ** count, 4000),
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
  onComeback(() => void client.invalidateQueries());
  onEvents((events) => {
    for (const { name, resource } of events) if (name.endsWith(".deleted")) noteGone(resource.id ?? "");
  });
  let whose = whoIsIn();
  onSession(() => {
    if (whoIsIn() === whose) return;
    whose = whoIsIn();
    // What one was shown is not for the next.
    client.clear();
  });
  return client;
}

export interface LiveQuery<T> {
  readonly key: QueryKey;
  readonly read: () => Promise<T>;
  /** Whether an event concerns it. Default: it is read once. */
  readonly concerns?: (event: StoredEvent) => boolean;
  /** Default true. */
  readonly isEnabled?: boolean;
  /** Read so often besides, in ms; for what changes without events. */
  readonly everyMs?: number;
  /** Between two readings, however much happens, in ms. Default 1000. */
  readonly leastMs?: number;
  /** What it is, as `millrace.automation.<id>`: null from when that is deleted on, without asking. */
  readonly resource?: null extends T ? string : never;
  /** It is too big to be compared with what was read before. */
  readonly isBig?: boolean;
}

/** The same key keeps its last value while the next one is read; another key starts with the last one's value. */
export function useLive<T>(query: LiveQuery<T>): UseQueryResult<T> {
  const { key, read, concerns, isEnabled = true, everyMs, leastMs = defaultLeastMs, resource, isBig = false } = query;
  const client = useQueryClient();
  const tookMs = useRef(0);
  const result = useQuery({
    queryKey: key,
    queryFn: async () => {
      if (resource !== undefined && isGone(resource)) return null as T;
      const startedAt = performance.now();
      const value = await read();
      tookMs.current = performance.now() - startedAt;
      return value;
    },
    enabled: isEnabled,
    placeholderData: keepPreviousData,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    ...(isBig ? { structuralSharing: false } : {}),
  });
  const asked = useRef({ key, concerns, leastMs });
  asked.current = { key, concerns, leastMs };
  const isLive = concerns !== undefined && isEnabled;
  useEffect(() => {
    if (!isLive) return;
    let timer: ReturnType<typeof setTimeout> | null = null;
    let lastAt = performance.now();
    const stop = onEvents((events) => {
      if (timer !== null || !events.some((event) => asked.current.concerns?.(event) === true)) return;
      const restMs = Math.max(asked.current.leastMs, tookMs.current * busyPart) - (performance.now() - lastAt);
      timer = setTimeout(
        () => {
          timer = null;
          lastAt = performance.now();
          void client.invalidateQueries({ queryKey: asked.current.key, exact: true });
        },
        Math.max(0, restMs),
      );
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [client, isLive]);
  return result;
}

/** Events of flow runs' states. */
export const ofFlowRuns = (event: StoredEvent): boolean => event.name.startsWith("millrace.flow-run.");
/** Events of objects of a kind: "deployment", "work-pool". */
export const ofKind =
  (...kinds: readonly string[]) =>
  (event: StoredEvent): boolean =>
    kinds.some((kind) => event.name.startsWith(`millrace.${kind}.`));
/** What happens to a flow run or its task runs. */
export const ofFlowRun =
  (flowRunId: string) =>
  (event: StoredEvent): boolean =>
    event.flowRunId === flowRunId;
