/** How deployments have been doing: of each the newest runs, and when the next one is due, found by indexes of its own. */

import type { DeploymentSummary } from "../../contract/flow-trends.ts";
import type { DeploymentSummaryQuestion } from "../../contract/store.ts";
import { isOneOfIds } from "./conditions.ts";
import type { SqlDatabase } from "./database.ts";
import { begin, toBars } from "./flow-trends.ts";
import { columns, type Fragment, raw, sql, table } from "./fragment.ts";

export async function summarizeDeployments(
  db: SqlDatabase,
  { ids, bars }: DeploymentSummaryQuestion,
): Promise<readonly DeploymentSummary[]> {
  // `due_at` is null in any state but SCHEDULED.
  const found = await db.all(sql`
    select ${columns("deployment", ["id"])}, (
      select min(due.due_at) from ${table("flow_run")} due
      where due.deployment_id = deployment.id and due.due_at is not null) as next_due_at
    from ${table("deployment")} deployment where ${isOneOfIds("id", ids)}`);
  if (found.length === 0) return [];
  const rows = Map.groupBy(await db.all(toBarsQuery(ids, bars)), (row) => row.deployment_id as string);
  return found.map((row): DeploymentSummary => {
    const id = row.id as string;
    return { deploymentId: id, nextDueAt: row.next_due_at as number | null, bars: toBars(rows.get(id) ?? []) };
  });
}

/** Those that were made last; they stand in the order in which they began. */
function toBarsQuery(ids: readonly string[], bars: number): Fragment {
  const flowRun = table("flow_run");
  const isPast = (name: string): Fragment =>
    sql`${raw(name)}.deployment_id = asked.deployment_id and ${raw(name)}.state_type <> 'SCHEDULED'`;
  return sql`
    with asked as (select id as deployment_id from ${table("deployment")} deployment where ${isOneOfIds("id", ids)}),
    bound as materialized (
      select asked.deployment_id, (
        select older.created_at from ${flowRun} older where ${isPast("older")}
        order by older.created_at desc limit 1 offset ${raw(String(bars))}) as created_at
      from asked),
    bar as (
      select flow_run.id, flow_run.deployment_id, flow_run.state_type, flow_run.state_name, ${begin} as begins_at,
        flow_run.ended_at - flow_run.started_at as took,
        row_number() over (
          partition by flow_run.deployment_id
          order by flow_run.created_at desc, flow_run.seq desc) as place, flow_run.seq
      from bound asked cross join ${flowRun} flow_run
      where ${isPast("flow_run")} and (asked.created_at is null or flow_run.created_at >= asked.created_at))
    select ${columns("flow_run", ["id", "deployment_id"])}, state_type, state_name, begins_at, took
    from bar where place <= ${bars} order by begins_at desc, seq desc`;
}
