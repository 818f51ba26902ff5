/** The task runs of a flow run as columns. */

import type { Timeline, TimelineDensity, TimelineRows } from "../../contract/aggregates.ts";
import type { StateType } from "../../contract/states.ts";
import type { TimelineQuestion } from "../../contract/store.ts";
import { type Division, toBucket } from "./aggregates.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { columns, type Fragment, raw, sql, table, uuid, where } from "./fragment.ts";
import { createPlaces, type Places } from "./places.ts";
import { isUuid } from "./uuid.ts";

const begin = "coalesce(started_at, created_at)";

const shown = columns("task_run", [
  "id",
  "parent_id",
  "child_flow_run_id",
  "task_name",
  "name",
  "state_type",
  "state_name",
  "ended_at",
]);

/** Names of tasks are anybody's, so a density has as many cells as these at most. */
const maxCells = 50_000;

export async function readTimeline(db: SqlDatabase, question: TimelineQuestion): Promise<Timeline> {
  const { flowRunId, now, maxRows, buckets } = question;
  const tasks = createPlaces();
  const base = { flowRunId, readAt: now, taskNames: tasks.names };
  if (!isUuid(flowRunId)) {
    return { ...base, total: 0, firstAt: null, lastAt: null, count: 0, rows: toRows([], tasks), density: null };
  }
  const window = [sql`flow_run_id = ${uuid(flowRunId)}`, ...toWindow(question)];
  if (question.changedSince !== undefined) {
    const changed = await readChanged(db, { ...question, changedSince: question.changedSince }, { window, tasks });
    if (changed !== null) return { ...base, ...(await readExtent(db, flowRunId)), ...changed };
  }
  const isWithin = where(window);
  const [extent, count] = await Promise.all([readExtent(db, flowRunId), countWithin(db, isWithin)]);
  const told = { ...base, ...extent, count };
  if (count <= maxRows) {
    const rows = await readWithin(db, isWithin, maxRows);
    return { ...told, count: rows.length, rows: toRows(rows, tasks), density: null };
  }
  const from = question.from ?? extent.firstAt ?? now;
  const to = question.to ?? extent.lastAt ?? now;
  const division = { from, widthMs: Math.max(to - from, 1) / buckets, count: buckets };
  return { ...told, rows: null, density: toDensity(await readDensity(db, isWithin, division), division, tasks) };
}

/** Null when more have changed than there may be rows. */
async function readChanged(
  db: SqlDatabase,
  { changedSince, maxRows }: TimelineQuestion & { readonly changedSince: number },
  { window, tasks }: { readonly window: readonly (Fragment | undefined)[]; readonly tasks: Places },
): Promise<Pick<Timeline, "count" | "changedSince" | "rows" | "density"> | null> {
  const isChanged = where([...window, sql`state_at >= ${changedSince}`]);
  const rows = await readWithin(db, isChanged, maxRows + 1);
  if (rows.length > maxRows) return null;
  const parentIds = rows.map((row) => row.parent_id as string | null);
  return { count: rows.length, changedSince, rows: { ...toRows(rows, tasks), parentIds }, density: null };
}

function readWithin(db: SqlDatabase, isWithin: Fragment, limit: number): Promise<readonly Row[]> {
  return db.all(sql`
    select ${shown}, ${raw(begin)} as begins_at from ${table("task_run")} ${isWithin} order by seq limit ${limit}`);
}

/** What has not ended is there still. */
function toWindow({ from, to }: TimelineQuestion): readonly (Fragment | undefined)[] {
  return [
    from === undefined ? undefined : sql`(ended_at is null or ended_at >= ${from})`,
    to === undefined ? undefined : sql`${raw(begin)} <= ${to}`,
  ];
}

async function readExtent(db: SqlDatabase, flowRunId: string): Promise<Pick<Timeline, "total" | "firstAt" | "lastAt">> {
  const [row] = await db.all(sql`
    select count(*) as total, min(${raw(begin)}) as first_at, max(state_at) as last_at
    from ${table("task_run")} where flow_run_id = ${uuid(flowRunId)}`);
  return {
    total: Number(row?.total ?? 0),
    firstAt: (row?.first_at as number | null | undefined) ?? null,
    lastAt: (row?.last_at as number | null | undefined) ?? null,
  };
}

async function countWithin(db: SqlDatabase, isWithin: Fragment): Promise<number> {
  const [row] = await db.all(sql`select count(*) as found from ${table("task_run")} ${isWithin}`);
  return Number(row?.found ?? 0);
}

function readDensity(db: SqlDatabase, isWithin: Fragment, division: Division): Promise<readonly Row[]> {
  return db.all(sql`
    select ${toBucket(begin, division)} as bucket, task_name, state_type, count(*) as found
    from ${table("task_run")} ${isWithin} group by 1, 2, 3 order by 1, min(seq) limit ${maxCells}`);
}

function toRows(rows: readonly Row[], tasks: Places): TimelineRows {
  const ids = rows.map((row) => row.id as string);
  const places = new Map(ids.map((id, place) => [id, place]));
  return {
    ids,
    names: rows.map((row) => row.name as string),
    tasks: rows.map((row) => tasks.of(row.task_name as string)),
    parents: rows.map((row) => places.get(row.parent_id as string) ?? null),
    childFlowRunIds: rows.map((row) => row.child_flow_run_id as string | null),
    stateTypes: rows.map((row) => row.state_type as StateType),
    stateNames: rows.map((row) => row.state_name as string),
    starts: rows.map((row) => row.begins_at as number),
    ends: rows.map((row) => row.ended_at as number | null),
  };
}

function toDensity(rows: readonly Row[], { from, widthMs }: Division, tasks: Places): TimelineDensity {
  return {
    from,
    bucketMs: widthMs,
    buckets: rows.map((row) => row.bucket as number),
    tasks: rows.map((row) => tasks.of(row.task_name as string)),
    stateTypes: rows.map((row) => row.state_type as StateType),
    counts: rows.map((row) => row.found as number),
  };
}
