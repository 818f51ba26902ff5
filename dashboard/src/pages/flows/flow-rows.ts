/** A page of the list of flows, with what stands beside each: read for the page as a whole, not for each row. */

import type { Condition, Flow, Page } from "millrace/client";
import { api } from "../../api/api.ts";
import type { StripRun } from "../../states/run-strip.tsx";
import { toStripRun } from "../deployments/deployment-rows.ts";
import type { FlowsSearch } from "./flows-search.ts";

export interface FlowRow {
  readonly flow: Flow;
  /** The newest last. */
  readonly runs: readonly StripRun[];
  readonly completed: number;
  readonly ended: number;
  /** Of completed runs, in ms. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly lastAt: number | null;
  readonly nextAt: number | null;
  readonly deployments: number;
}

const pageSize = 30;
/** Of all flows of a page together. */
const runLimit = 200;

export function toFlowCondition({ q, tag }: FlowsSearch): Condition {
  return {
    all: [
      ...(q === undefined ? [] : [{ field: "name", contains: q }]),
      ...(tag === undefined ? [] : [{ field: "tags", hasAll: [tag] }]),
    ],
  };
}

export async function readFlowRows(search: FlowsSearch, cursor: string | null): Promise<Page<FlowRow>> {
  const { items, next } = await api.listObjects(
    "flow",
    { where: toFlowCondition(search), sort: { field: "name", direction: "asc" } },
    { limit: pageSize, cursor },
  );
  if (items.length === 0) return { items: [], next };
  const flowNames = items.map(({ name }) => name);
  const [begun, due, deployments] = await Promise.all([
    api.listFlowRuns({ flowNames, where: { field: "startedAt", isNull: false } }, "started-desc", { limit: runLimit }),
    api.listFlowRuns({ flowNames, stateTypes: ["SCHEDULED"] }, "due-asc", { limit: runLimit }),
    api.countBy("deployment", "flowName", { field: "flowName", in: flowNames }),
  ]);
  const runsOf = Map.groupBy(begun.items, ({ flowName }) => flowName);
  const dueOf = Map.groupBy(due.items, ({ flowName }) => flowName);
  const deploymentsOf = new Map(deployments.map(({ value, count }) => [value, count]));
  return {
    next,
    items: items.map((flow) => {
      const runs = runsOf.get(flow.name) ?? [];
      const completed = runs.filter(({ state }) => state.type === "COMPLETED");
      const times = completed
        .map(({ startedAt, endedAt }) => (endedAt ?? 0) - (startedAt ?? 0))
        .toSorted((a, b) => a - b);
      return {
        flow,
        runs: runs.slice(0, 20).map(toStripRun).reverse(),
        completed: completed.length,
        ended: runs.filter(({ endedAt }) => endedAt !== null).length,
        p50: quantile(times, 0.5),
        p95: quantile(times, 0.95),
        lastAt: runs[0]?.startedAt ?? null,
        nextAt: dueOf.get(flow.name)?.[0]?.dueAt ?? null,
        deployments: deploymentsOf.get(flow.name) ?? 0,
      };
    }),
  };
}

/** @param sorted from the smallest */
function quantile(sorted: readonly number[], part: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? null;
}
