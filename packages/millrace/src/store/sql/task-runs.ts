/** Reading task runs. */

import type { Page, PageRequest } from "../../contract/records.ts";
import type { StateType } from "../../contract/states.ts";
import type { TaskCount, TaskRun, TaskRunFilter, TaskRunSort } from "../../contract/task-run.ts";
import { isOneOfIds, isOneOfTexts, startsWith } from "./conditions.ts";
import { toCondition } from "./condition.ts";
import type { SqlDatabase } from "./database.ts";
import { columns, type Fragment, raw, sql, table, uuid, where } from "./fragment.ts";
import { type Order, toKeyset } from "./page.ts";
import { taskRunColumns, toTaskRun } from "./task-run-row.ts";
import { cleanText } from "./text.ts";
import { isUuid } from "./uuid.ts";

const all = columns("task_run", ["seq", ...taskRunColumns]);

/** Task runs begin when they are first seen, so that is when they were expected. Those without an end come last. */
const orders: Readonly<Record<TaskRunSort, Order>> = {
  "first-seen": { of: "task_run", direction: "asc" },
  "id-desc": { of: "task_run", column: "id", type: "uuid", direction: "desc" },
  "expected-asc": { of: "task_run", column: "created_at", direction: "asc" },
  "expected-desc": { of: "task_run", column: "created_at", direction: "desc" },
  "ended-desc": { of: "task_run", column: "coalesce(ended_at, -1)", direction: "desc" },
  "duration-desc": { of: "task_run", column: "coalesce(ended_at - started_at, -1)", direction: "desc" },
  "duration-asc": { of: "task_run", column: "coalesce(ended_at - started_at, -1)", direction: "asc" },
  "name-asc": { of: "task_run", column: "name", type: "text", direction: "asc" },
  "name-desc": { of: "task_run", column: "name", type: "text", direction: "desc" },
};

export async function findTaskRuns(
  db: SqlDatabase,
  filter: TaskRunFilter,
  page: PageRequest,
  sort: TaskRunSort,
): Promise<Page<TaskRun>> {
  const order = orders[sort];
  const keyset = toKeyset(order, page);
  const conditions = [...toConditions(filter), keyset.after];
  const sortValue = raw(order.column ?? "seq");
  const rows = await db.all(
    sql`select ${sortValue} as sort_value, ${all} from ${table("task_run")} task_run ${where(conditions)} ${keyset.tail}`,
  );
  return keyset.toPage(rows, toTaskRun);
}

/** All of a flow run, or of one parent in it, in the order first seen. */
export async function readRecords(
  db: SqlDatabase,
  flowRunId: string,
  parentId: string | undefined,
): Promise<readonly TaskRun[]> {
  if (!isUuid(flowRunId) || (parentId !== undefined && !isUuid(parentId))) return [];
  const conditions = [
    sql`flow_run_id = ${uuid(flowRunId)}`,
    parentId === undefined ? undefined : sql`parent_id = ${uuid(parentId)}`,
  ];
  const rows = await db.all(sql`select ${all} from ${table("task_run")} ${where(conditions)} order by seq`);
  return rows.map((row) => toTaskRun(row));
}

/** In the order in which the tasks were first seen. */
export async function countTaskRuns(db: SqlDatabase, flowRunId: string): Promise<readonly TaskCount[]> {
  if (!isUuid(flowRunId)) return [];
  const rows = await db.all(sql`
    select task_name, state_type, state_name, count(*) as runs, min(started_at) as first_started_at,
      max(ended_at) as last_ended_at
    from ${table("task_run")} where flow_run_id = ${uuid(flowRunId)}
    group by task_name, state_type, state_name order by min(seq)`);
  return rows.map((row) => ({
    taskName: row.task_name as string,
    stateType: row.state_type as StateType,
    stateName: row.state_name as string,
    count: row.runs as number,
    firstStartedAt: row.first_started_at as number | null,
    lastEndedAt: row.last_ended_at as number | null,
  }));
}

export async function renameTaskRun(db: SqlDatabase, id: string, name: string): Promise<boolean> {
  if (!isUuid(id)) return false;
  const [changed] = await db.run(sql`update ${table("task_run")} set name = ${cleanText(name)} where id = ${uuid(id)}`);
  return changed === 1;
}

/** With its logs and artifacts. Its events stay: they tell what happened. */
export async function deleteTaskRun(db: SqlDatabase, id: string): Promise<boolean> {
  if (!isUuid(id)) return false;
  const changed = await db.run(
    sql`delete from ${table("log")} where task_run_id = ${uuid(id)}`,
    sql`delete from ${table("artifact")} where task_run_id = ${uuid(id)}`,
    sql`delete from ${table("task_run")} where id = ${uuid(id)}`,
  );
  return changed.at(-1) === 1;
}

function toConditions(filter: TaskRunFilter): readonly (Fragment | undefined)[] {
  const { ids, idPrefix, flowRunIds, parentIds, taskNames, stateTypes, kinds } = filter;
  return [
    ids && isOneOfIds("id", ids),
    idPrefix === undefined ? undefined : startsWith("id", idPrefix),
    flowRunIds && isOneOfIds("flow_run_id", flowRunIds),
    parentIds && isOneOfIds("parent_id", parentIds),
    taskNames && isOneOfTexts("task_name", taskNames),
    stateTypes && isOneOfTexts("state_type", stateTypes),
    kinds && isOneOfTexts("kind", kinds),
    filter.where === undefined ? undefined : toCondition(filter.where, "task-run"),
  ];
}
