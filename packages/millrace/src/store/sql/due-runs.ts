/** Runs that are due, for those who start them. */

import type { FlowRun } from "../../contract/flow-run.ts";
import type { DueRunsOfQueues, WaitingRuns } from "../../contract/store.ts";
import type { DueRunsOfDeploymentsRequest, QueueUse } from "../../contract/work.ts";
import { isOneOfIds } from "./conditions.ts";
import type { SqlDatabase } from "./database.ts";
import { flowRunColumns, toFlowRun } from "./flow-run-row.ts";
import { columns, type Fragment, join, raw, sql, table, uuid, where } from "./fragment.ts";
import { isUuid } from "./uuid.ts";

const all = columns("flow_run", ["seq", ...flowRunColumns]);
const seqs = raw("seq, due_at");

/** Queues in one statement: SQLite puts at most 500 selects together. */
const maxQueues = 200;

/**
 * Each queue's first runs come from the index over its due times, however many runs wait behind them. `due_at` is null in
 * any state but SCHEDULED.
 */
export async function findDueRuns(db: SqlDatabase, request: DueRunsOfQueues): Promise<readonly FlowRun[]> {
  const queues = request.queues.filter(({ id, max }) => max > 0 && isUuid(id));
  const found: FlowRun[] = [];
  for (let from = 0; from < queues.length && found.length < request.limit; from += maxQueues) {
    const limit = request.limit - found.length;
    const firsts = queues
      .slice(from, from + maxQueues)
      .map(({ id, max }, rank) => firstOf(id, { ...request, limit: Math.min(max, limit), rank }));
    const rows = await db.all(sql`
      select ${all} from (${join(firsts, " union all ")}) first
      join ${table("flow_run")} run using (seq)
      order by first.rank, first.first_due_at, seq limit ${limit}`);
    found.push(...rows.map(toFlowRun));
  }
  return found;
}

function firstOf(
  queueId: string,
  {
    before,
    after,
    limit,
    rank,
    exceptDeploymentIds = [],
  }: Pick<DueRunsOfQueues, "before" | "after" | "limit" | "exceptDeploymentIds"> & { readonly rank: number },
): Fragment {
  const isDue = where([
    sql`work_queue_id = ${uuid(queueId)}`,
    sql`due_at <= ${before}`,
    after === undefined ? undefined : sql`due_at >= ${after}`,
    exceptDeploymentIds.length === 0
      ? undefined
      : sql`(deployment_id is null or not ${isOneOfIds("deployment_id", exceptDeploymentIds)})`,
  ]);
  const first = sql`select ${seqs} from ${table("flow_run")} ${isDue} order by due_at, seq limit ${limit}`;
  return sql`select seq, due_at as first_due_at, ${raw(String(rank))} as rank from (${first}) q`;
}

export async function findDueRunsOfDeployments(
  db: SqlDatabase,
  { deploymentIds, before, limit }: Required<DueRunsOfDeploymentsRequest>,
): Promise<readonly FlowRun[]> {
  const rows = await db.all(sql`
    select ${all} from ${table("flow_run")}
    where ${isOneOfIds("deployment_id", deploymentIds)} and due_at <= ${before} order by due_at, seq limit ${limit}`);
  return rows.map((row) => toFlowRun(row));
}

export async function countActiveRuns(db: SqlDatabase, workQueueIds: readonly string[]): Promise<readonly QueueUse[]> {
  if (workQueueIds.length === 0) return [];
  const rows = await db.all(sql`
    select ${columns("flow_run", ["work_queue_id"])}, count(*) as active from ${table("flow_run")}
    where ${isOneOfIds("work_queue_id", workQueueIds)} and state_type in ('PENDING', 'RUNNING')
    group by ${raw("flow_run.work_queue_id")}`);
  return rows.map((row) => ({ workQueueId: row.work_queue_id as string, active: row.active as number }));
}

const marked = {
  deployment: { name: "deployment", column: raw("polled_at") },
  "work-queue": { name: "work_queue", column: raw("polled_at") },
  worker: { name: "worker", column: raw("heartbeat_at") },
} as const;

export async function markPolled(
  db: SqlDatabase,
  kind: keyof typeof marked,
  { ids, at, unlessSince }: { readonly ids: readonly string[]; readonly at: number; readonly unlessSince: number },
): Promise<number> {
  if (ids.length === 0) return 0;
  const { name, column } = marked[kind];
  const [changed = 0] = await db.run(sql`
    update ${table(name)} set ${column} = ${at}
    where ${isOneOfIds("id", ids)} and (${column} is null or ${column} < ${unlessSince})`);
  return changed;
}

/** They have no task runs, logs or artifacts: nothing has begun them. What was sent to them goes with them. */
export async function deleteWaitingRuns(
  db: SqlDatabase,
  deploymentId: string,
  { isAutoScheduled, dueAfter }: WaitingRuns,
): Promise<number> {
  if (!isUuid(deploymentId)) return 0;
  const waiting = where([
    sql`deployment_id = ${uuid(deploymentId)}`,
    raw(
      "state_type = 'SCHEDULED' and state_name <> 'AwaitingConcurrencySlot' and run_count = 0 and due_at is not null",
    ),
    isAutoScheduled ? raw("auto_scheduled = 1") : undefined,
    dueAfter === undefined ? undefined : sql`due_at > ${dueAfter}`,
  ]);
  const changed = await db.run(
    sql`delete from ${table("run_input")} where flow_run_id in (select id from ${table("flow_run")} ${waiting})`,
    sql`delete from ${table("flow_run")} ${waiting}`,
  );
  return changed.at(-1) ?? 0;
}
