/** A page of the list of deployments, with what stands beside each: read for the page as a whole, not for each row. */

import type { Deployment, Page, Schedule, WorkPool, WorkQueue } from "millrace/client";
import { api } from "../../api/api.ts";
import { type Due, readDue } from "../../states/due.tsx";
import { type StripRun, toStripRuns } from "../../states/run-strip.tsx";
import { type DeploymentsSearch, toDeploymentCondition } from "./deployments-search.ts";
import { judge, type Verdict } from "./readiness.ts";

export interface DeploymentRow {
  readonly deployment: Deployment;
  readonly verdict: Verdict;
  readonly pool: WorkPool | null;
  readonly schedules: readonly Schedule[];
  /** The newest last. */
  readonly runs: readonly StripRun[];
  readonly due: Due;
}

const pageSize = 30;
const barCount = 20;
/** Of all deployments of a page together. */
const scheduleLimit = 200;

export async function readDeploymentRows(
  search: DeploymentsSearch,
  cursor: string | null,
): Promise<Page<DeploymentRow>> {
  const { items, next } = await api.listObjects(
    "deployment",
    { where: toDeploymentCondition(search), sort: { field: "flowName", direction: "asc" } },
    { limit: pageSize, cursor },
  );
  if (items.length === 0) return { items: [], next };
  const ids = items.map(({ id }) => id);
  const ofThese = { field: "deploymentId", in: ids } as const;
  const [schedules, pools, queues, summaries, dueOf] = await Promise.all([
    api.listObjects("schedule", { where: ofThese }, { limit: scheduleLimit }),
    readById(
      "work-pool",
      items.flatMap(({ workPoolId }) => workPoolId ?? []),
    ),
    readById(
      "work-queue",
      items.flatMap(({ workQueueId }) => workQueueId ?? []),
    ),
    api.summarizeDeployments({ ids, bars: barCount }),
    readDue("deploymentId", ids),
  ]);
  const summaryOf = new Map(summaries.map((summary) => [summary.deploymentId, summary]));
  const schedulesOf = Map.groupBy(schedules.items, ({ deploymentId }) => deploymentId);
  return {
    next,
    items: items.map((deployment) => {
      const pool = pools.get(deployment.workPoolId ?? "") ?? null;
      const queue = queues.get(deployment.workQueueId ?? "") ?? null;
      return {
        deployment,
        pool,
        verdict: judge(deployment, pool, queue),
        schedules: schedulesOf.get(deployment.id) ?? [],
        runs: toStripRuns(summaryOf.get(deployment.id)?.bars),
        due: dueOf(deployment.id),
      };
    }),
  };
}

async function readById(kind: "work-pool", ids: readonly string[]): Promise<ReadonlyMap<string, WorkPool>>;
async function readById(kind: "work-queue", ids: readonly string[]): Promise<ReadonlyMap<string, WorkQueue>>;
async function readById(
  kind: "work-pool" | "work-queue",
  ids: readonly string[],
): Promise<ReadonlyMap<string, WorkPool | WorkQueue>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const { items } = await api.listObjects(kind, { where: { field: "id", in: wanted } }, { limit: wanted.length });
  return new Map(items.map((item) => [item.id, item]));
}
