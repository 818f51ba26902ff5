/** A page of the list of flows, with what stands beside each: read for the page as a whole, not for each row. */

import type { Condition, Flow, Page } from "millrace/client";
import { api } from "../../api/api.ts";
import { type Due, readDue } from "../../states/due.tsx";
import { type StripRun, toStripRuns } from "../../states/run-strip.tsx";
import type { FlowsSearch } from "./flows-search.ts";

export interface FlowRow {
  readonly flow: Flow;
  /** The newest last. */
  readonly runs: readonly StripRun[];
  /** Of the newest 1,000 runs. */
  readonly completed: number;
  /** Those that completed, failed or crashed. */
  readonly ended: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly lastAt: number | null;
  readonly due: Due;
  readonly deployments: number;
}

const pageSize = 30;
const barCount = 20;

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
  const names = items.map(({ name }) => name);
  const [summaries, dueOf, deployments] = await Promise.all([
    api.summarizeFlows({ names, since: 0, bars: barCount, page: { limit: pageSize } }),
    readDue("flowName", names),
    api.countBy("deployment", "flowName", { field: "flowName", in: names }),
  ]);
  const summaryOf = new Map(summaries.items.map((summary) => [summary.flowName, summary]));
  const deploymentsOf = new Map(deployments.map(({ value, count }) => [value, count]));
  return {
    next,
    items: items.map((flow) => {
      const summary = summaryOf.get(flow.name);
      const { COMPLETED = 0, FAILED = 0, CRASHED = 0 } = summary?.counts ?? {};
      return {
        flow,
        runs: toStripRuns(summary?.bars),
        completed: COMPLETED,
        ended: COMPLETED + FAILED + CRASHED,
        p50Ms: summary?.p50Ms ?? null,
        p95Ms: summary?.p95Ms ?? null,
        lastAt: summary?.bars.starts[0] ?? null,
        due: dueOf(flow.name),
        deployments: deploymentsOf.get(flow.name) ?? 0,
      };
    }),
  };
}
