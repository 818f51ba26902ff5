/** Reading flow runs. */

import type { FlowRun, FlowRunChange, FlowRunExtra, FlowRunFilter, FlowRunSort } from "../../contract/flow-run.ts";
import type { FlowRunRow } from "../../contract/flow-run-row.ts";
import type { Page, PageRequest } from "../../contract/records.ts";
import type { StateType } from "../../contract/states.ts";
import { isOneOfIds, isOneOfTexts, startsWith } from "./conditions.ts";
import { toCondition } from "./condition.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { flowRunColumns, toExtra, toFlowRun } from "./flow-run-row.ts";
import { summaryColumns, toFlowRunSummary } from "./flow-run-summary.ts";
import { columns, contains, type Fragment, hasAll, join, raw, sql, table, uuid, where } from "./fragment.ts";
import { type Order, toKeyset } from "./page.ts";
import { cleanKey, cleanText, cleanTextOrNull, toJson, toTags } from "./text.ts";
import { checkUuidOrNull, isUuid } from "./uuid.ts";

const all = columns("flow_run", ["seq", ...flowRunColumns]);
const summary = columns("flow_run", ["seq", ...summaryColumns]);

/** Runs that have no such time come last. Names are in the order of their bytes, in both databases. */
const orders: Readonly<Record<FlowRunSort, Order>> = {
  "created-desc": { of: "flow_run", column: "created_at", direction: "desc" },
  "created-asc": { of: "flow_run", column: "created_at", direction: "asc" },
  "started-desc": { of: "flow_run", column: "coalesce(started_at, -1)", direction: "desc" },
  "started-asc": { of: "flow_run", column: "coalesce(started_at, -1)", direction: "asc" },
  "expected-desc": { of: "flow_run", column: "expected_at", direction: "desc" },
  "expected-asc": { of: "flow_run", column: "expected_at", direction: "asc" },
  "due-asc": { of: "flow_run", column: "coalesce(due_at, 1e18)", direction: "asc" },
  "ended-desc": { of: "flow_run", column: "coalesce(ended_at, -1)", direction: "desc" },
  "name-asc": { of: "flow_run", column: "name", type: "text", direction: "asc" },
  "name-desc": { of: "flow_run", column: "name", type: "text", direction: "desc" },
  "id-desc": { of: "flow_run", column: "id", type: "uuid", direction: "desc" },
};

/** In the order of the ids; those that are not there are left out. */
export async function readFlowRuns(db: SqlDatabase, ids: readonly string[]): Promise<readonly FlowRun[]> {
  const known = ids.filter(isUuid);
  if (known.length === 0) return [];
  const query = sql`select ${all} from ${table("flow_run")} where ${isOneOfIds("id", known)}`;
  const rows = await db.all(query, known.length === 1 ? "flow-run" : undefined);
  const byId = new Map(rows.map((row) => toFlowRun(row)).map((run) => [run.id, run]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** Which flow runs, in which order. */
export interface FlowRunQuestion {
  readonly filter: FlowRunFilter;
  readonly sort: FlowRunSort;
  readonly page: PageRequest;
}

export function findFlowRuns(db: SqlDatabase, question: FlowRunQuestion): Promise<Page<FlowRun>> {
  return findPage(db, question, { selected: all, toItem: toFlowRun });
}

export function findFlowRunRows(db: SqlDatabase, question: FlowRunQuestion): Promise<Page<FlowRunRow>> {
  return findPage(db, question, { selected: summary, toItem: toFlowRunSummary });
}

async function findPage<T>(
  db: SqlDatabase,
  { filter, sort, page }: FlowRunQuestion,
  { selected, toItem }: { readonly selected: Fragment; readonly toItem: (row: Row) => T },
): Promise<Page<T>> {
  const order = orders[sort];
  const keyset = toKeyset(order, page);
  const conditions = [...toConditions(filter), keyset.after];
  const sortValue = raw(order.column ?? "seq");
  const rows = await db.all(
    sql`select ${sortValue} as sort_value, ${selected} from ${table("flow_run")} flow_run ${where(conditions)} ${keyset.tail}`,
  );
  return keyset.toPage(rows, toItem);
}

export async function countFlowRuns(
  db: SqlDatabase,
  filter: FlowRunFilter,
): Promise<Readonly<Partial<Record<StateType, number>>>> {
  const rows = await db.all(
    sql`select state_type, count(*) as runs from ${table("flow_run")} flow_run ${where(toConditions(filter))} group by state_type`,
  );
  return Object.fromEntries(rows.map((row) => [row.state_type as StateType, row.runs as number]));
}

/** The runs that name this process as their owner and are in one of these states, in the order first seen. */
export async function findOwnedRuns(
  db: SqlDatabase,
  processId: string,
  stateTypes: readonly StateType[],
): Promise<readonly FlowRun[]> {
  const conditions = [sql`owner_id = ${cleanKey(processId)}`, isOneOfTexts("state_type", stateTypes)];
  const rows = await db.all(sql`select ${all} from ${table("flow_run")} ${where(conditions)} order by seq`);
  return rows.map((row) => toFlowRun(row));
}

/** False when its `extra` is not what was read, or there is none. */
export async function updateFlowRun(
  db: SqlDatabase,
  id: string,
  change: FlowRunChange,
  readExtra: FlowRunExtra,
): Promise<boolean> {
  if (!isUuid(id)) return false;
  const settings = [
    change.name === undefined ? [] : sql`name = ${cleanText(change.name)}`,
    change.parameters === undefined ? [] : sql`parameters = ${cleanText(change.parameters)}`,
    change.tags === undefined ? [] : sql`tags = ${toTags(change.tags)}`,
    change.version === undefined ? [] : sql`version = ${cleanTextOrNull(change.version)}`,
    change.workPoolId === undefined ? [] : sql`work_pool_id = ${uuid(checkUuidOrNull(change.workPoolId))}`,
    change.workQueueId === undefined ? [] : sql`work_queue_id = ${uuid(checkUuidOrNull(change.workQueueId))}`,
    change.deploymentId === undefined ? [] : sql`deployment_id = ${uuid(checkUuidOrNull(change.deploymentId))}`,
    change.entrypoint === undefined ? [] : sql`entrypoint = ${toJson(change.entrypoint)}`,
    change.extra === undefined ? [] : sql`extra = ${toExtra(change.extra)}`,
  ].flat();
  if (settings.length === 0) return true;
  const extra = toExtra(readExtra);
  const [changed] = await db.run(sql`
    update ${table("flow_run")} set ${join(settings, ", ")}
    where id = ${uuid(id)} and ${extra === null ? sql`extra is null` : sql`extra = ${extra}`}`);
  return changed === 1;
}

function toConditions(filter: FlowRunFilter): readonly (Fragment | undefined)[] {
  const { ids, idPrefix, flowNames, nameContains, stateTypes, stateNames, tags, parentRunIds, ownerIds } = filter;
  return [
    ids && isOneOfIds("id", ids),
    idPrefix === undefined ? undefined : startsWith("id", idPrefix),
    flowNames && isOneOfTexts("flow_name", flowNames),
    nameContains === undefined ? undefined : contains("name", cleanText(nameContains)),
    stateTypes && isOneOfTexts("state_type", stateTypes),
    stateNames && isOneOfTexts("state_name", stateNames),
    tags === undefined || tags.length === 0 ? undefined : hasAll("tags", tags.map(cleanText)),
    parentRunIds && isOneOfIds("parent_run_id", parentRunIds),
    filter.rootsOnly === true ? sql`parent_run_id is null` : undefined,
    ownerIds && isOneOfTexts("owner_id", ownerIds),
    filter.createdAfter === undefined ? undefined : sql`created_at > ${filter.createdAfter}`,
    filter.createdBefore === undefined ? undefined : sql`created_at < ${filter.createdBefore}`,
    filter.where === undefined ? undefined : toCondition(filter.where, "flow-run"),
  ];
}
