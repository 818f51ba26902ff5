/** The runs of the list, page by page, and how many there are of each family. */

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { api } from "../../api/api.ts";
import { onEvents } from "../../api/live.ts";
import { ofFlowRuns } from "../../api/queries.ts";
import { readNow } from "../../format/now.ts";
import type { Family } from "../../states/families.ts";
import { type RunsSearch, toCondition, toScope } from "./runs-search.ts";

const pageSize = 100;
/** Beyond so many pages the list is not read again by itself: it says that there is more. */
const livePages = 3;

export function useRuns(search: RunsSearch) {
  const client = useQueryClient();
  const key = useMemo(() => ["runs", "list", search], [search]);
  const [hasNew, setNew] = useState(false);
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) =>
      api.listFlowRunRows({ where: toCondition(search, readNow()) }, search.sort ?? "created-desc", {
        limit: pageSize,
        cursor: pageParam,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
  });
  const pages = query.data?.pages.length ?? 0;
  useEffect(() => setNew(false), [key]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = onEvents((events) => {
      if (timer !== null || !events.some(ofFlowRuns)) return;
      if (pages > livePages) return setNew(true);
      timer = setTimeout(() => {
        timer = null;
        void client.invalidateQueries({ queryKey: key, exact: true });
      }, 1000);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [client, key, pages]);
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const showNew = (): void => {
    setNew(false);
    void client.resetQueries({ queryKey: key, exact: true });
  };
  return { rows, query, hasNew, showNew };
}

export type FamilyCounts = Readonly<Record<Family, number>>;

/** Names that make another family of a state than its type does. */
const ownNames = ["Late", "AwaitingRetry", "TimedOut"] as const;

/** In two questions: how many of each type, and how many of those have a name that counts elsewhere. */
export async function countFamilies(search: RunsSearch): Promise<FamilyCounts> {
  const where = toScope(search, readNow());
  const [types, names] = await Promise.all([
    api.countFlowRuns({ where }),
    api.countBy("flow-run", "stateName", { all: [where, { field: "stateName", in: ownNames }] }),
  ]);
  const named = (name: string): number => names.find(({ value }) => value === name)?.count ?? 0;
  const late = named("Late") + named("AwaitingRetry");
  const timedOut = named("TimedOut");
  const { FAILED = 0, CRASHED = 0, PAUSED = 0, RUNNING = 0, CANCELLING = 0 } = types;
  const { SCHEDULED = 0, PENDING = 0, COMPLETED = 0, CANCELLED = 0 } = types;
  return {
    failed: Math.max(0, FAILED - timedOut),
    crashed: CRASHED + timedOut,
    attention: PAUSED + late,
    running: RUNNING + CANCELLING,
    waiting: Math.max(0, SCHEDULED + PENDING - late),
    completed: COMPLETED,
    inert: CANCELLED,
  };
}

export const sumOf = (counts: FamilyCounts, chosen: readonly Family[]): number =>
  chosen.reduce((sum, family) => sum + counts[family], 0);
