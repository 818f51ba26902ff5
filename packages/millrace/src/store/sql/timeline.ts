/** The task runs of a flow run as columns. */

import type { Timeline, TimelineDensity, TimelineRows } from "../../contract/aggregates.ts";
import type { State, StateType } from "../../contract/states.ts";
import type { TimelineQuestion } from "../../contract/store.ts";
import { type Division, toBucket } from "./aggregates.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { columns, type Fragment, raw, sql, table, uuid, where } from "./fragment.ts";
import { createPlaces, type Places } from "./places.ts";
import { toTurns } from "./turns.ts";
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
  "state_at",
  "created_at",
  "started_at",
  "ended_at",
]);
/** Read for those only that were tried again or wait for that: the others began and ended. */
const history = raw(`
  case when started_at is not null and (attempt > 1 or ended_at is null and state_type <> 'RUNNING')
    then history end as history`);

/** Names of tasks are anybody's, so a density has as many cells as these at most. */
const maxCells = 50_000;

/** @param readEventSeq the number up to which all events are seen by now */
export async function readTimeline(
  db: SqlDatabase,
  question: TimelineQuestion,
  readEventSeq = (): Promise<number> => readNewestEvent(db),
): Promise<Timeline> {
  const { flowRunId, now, maxRows, buckets } = question;
  const tasks = createPlaces();
  // Before what is read: what happens meanwhile is told once more, and never left out.
  const base = { flowRunId, readAt: now, eventSeq: await readEventSeq(), taskNames: tasks.names };
  if (!isUuid(flowRunId)) {
    return { ...base, total: 0, firstAt: null, lastAt: null, count: 0, rows: toRows([], tasks), density: null };
  }
  const ofRun = sql`flow_run_id = ${uuid(flowRunId)}`;
  const parts = toWindow(question);
  const total = await countWithin(db, where([ofRun]));
  if (question.changedAfter !== undefined) {
    const rows = await readWithin(db, where([...parts, isChanged(flowRunId, question.changedAfter)]), maxRows + 1);
    if (rows.length <= maxRows) {
      const changed = { ...toRows(rows, tasks), parentIds: rows.map((row) => row.parent_id as string | null) };
      const told = { changedAfter: question.changedAfter, count: rows.length, rows: changed, density: null };
      return { ...base, total, ...extentOf(rows), ...told };
    }
  }
  const isWithin = where([ofRun, ...parts]);
  const count = parts.length === 0 ? total : await countWithin(db, isWithin);
  if (count <= maxRows) {
    const rows = await readWithin(db, isWithin, maxRows);
    const extent = parts.length === 0 ? extentOf(rows) : await readExtent(db, flowRunId);
    return { ...base, total, ...extent, count: rows.length, rows: toRows(rows, tasks), density: null };
  }
  const extent = await readExtent(db, flowRunId);
  const from = question.from ?? extent.firstAt ?? now;
  const to = question.to ?? extent.lastAt ?? now;
  const division = { from, widthMs: Math.max(to - from, 1) / buckets, count: buckets };
  const density = toDensity(await readDensity(db, isWithin, division), division, tasks);
  return { ...base, total, ...extent, count, rows: null, density };
}

async function readNewestEvent(db: SqlDatabase): Promise<number> {
  const [row] = await db.all(sql`select max(seq) as seq from ${table("event")}`);
  return Number(row?.seq ?? 0);
}

/** By their events, and by these alone: the task runs of a big run are not all looked at for the few that have changed. */
function isChanged(flowRunId: string, afterSeq: number): Fragment {
  return sql`id in (
    select task_run_id from ${table("event")}
    where flow_run_id = ${uuid(flowRunId)} and seq > ${afterSeq} and task_run_id is not null)`;
}

function readWithin(db: SqlDatabase, isWithin: Fragment, limit: number): Promise<readonly Row[]> {
  return db.all(sql`select ${shown}, ${history} from ${table("task_run")} ${isWithin} order by seq limit ${limit}`);
}

const beginOf = (row: Row): number => (row.started_at ?? row.created_at) as number;

/** What has not ended is there still. */
function toWindow({ from, to }: TimelineQuestion): readonly Fragment[] {
  return [
    ...(from === undefined ? [] : [sql`(ended_at is null or ended_at >= ${from})`]),
    ...(to === undefined ? [] : [sql`${raw(begin)} <= ${to}`]),
  ];
}

type Extent = Pick<Timeline, "firstAt" | "lastAt">;

function extentOf(rows: readonly Row[]): Extent {
  let firstAt: number | null = null;
  let lastAt: number | null = null;
  for (const row of rows) {
    firstAt = Math.min(firstAt ?? Number.POSITIVE_INFINITY, beginOf(row));
    lastAt = Math.max(lastAt ?? 0, row.state_at as number);
  }
  return { firstAt, lastAt };
}

async function readExtent(db: SqlDatabase, flowRunId: string): Promise<Extent> {
  const [row] = await db.all(sql`
    select min(${raw(begin)}) as first_at, max(state_at) as last_at
    from ${table("task_run")} where flow_run_id = ${uuid(flowRunId)}`);
  return {
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
    select ${toBucket(begin, division)} as bucket, task_name, state_type, state_name, count(*) as found
    from ${table("task_run")} ${isWithin} group by 1, 2, 3, 4 order by 1, min(seq) limit ${maxCells}`);
}

function toRows(rows: readonly Row[], tasks: Places): TimelineRows {
  const ids = rows.map((row) => row.id as string);
  const places = new Map(ids.map((id, place) => [id, place]));
  const interrupted: number[] = [];
  const turns: (readonly number[])[] = [];
  for (const [place, row] of rows.entries()) {
    if (row.history === null) continue;
    const found = toTurns(JSON.parse(row.history as string) as State[], row.started_at as number);
    if (found.length === 0) continue;
    interrupted.push(place);
    turns.push(found);
  }
  return {
    ids,
    names: rows.map((row) => row.name as string),
    tasks: rows.map((row) => tasks.of(row.task_name as string)),
    parents: rows.map((row) => places.get(row.parent_id as string) ?? null),
    childFlowRunIds: rows.map((row) => row.child_flow_run_id as string | null),
    stateTypes: rows.map((row) => row.state_type as StateType),
    stateNames: rows.map((row) => row.state_name as string),
    starts: rows.map(beginOf),
    ends: rows.map((row) => row.ended_at as number | null),
    waits: rows.map((row) => Math.max(0, Math.round(beginOf(row) - (row.created_at as number)))),
    interrupted,
    turns,
  };
}

function toDensity(rows: readonly Row[], { from, widthMs }: Division, tasks: Places): TimelineDensity {
  return {
    from,
    bucketMs: widthMs,
    buckets: rows.map((row) => row.bucket as number),
    tasks: rows.map((row) => tasks.of(row.task_name as string)),
    stateTypes: rows.map((row) => row.state_type as StateType),
    stateNames: rows.map((row) => row.state_name as string),
    counts: rows.map((row) => row.found as number),
  };
}
