/** The runs of the list, page by page, and how many there are of each family. */

import type { FlowRunRow } from "millrace/client";
import { api } from "../../api/api.ts";
import { type LivePages, useLivePages } from "../../api/live-pages.ts";
import { ofFlowRuns } from "../../api/queries.ts";
import { readNow } from "../../format/now.ts";
import type { Family } from "../../states/families.ts";
import { type RunsSearch, toCondition, toScope } from "./runs-search.ts";

const pageSize = 100;
const held = { keyOf: ({ id }: FlowRunRow) => id, kind: "flow-run" };

export function useRuns(search: RunsSearch): LivePages<FlowRunRow> {
  return useLivePages({
    key: ["runs", "list", search],
    read: (cursor) =>
      api.listFlowRunRows({ where: toCondition(search, readNow()) }, search.sort ?? "created-desc", {
        limit: pageSize,
        cursor,
      }),
    concerns: ofFlowRuns,
    held,
  });
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
