/** Figures over many runs: each is one statement, and what it gives is bounded. */

import {
  countBuckets,
  type FieldCount,
  maxCountedValues,
  type RunHistoryCell,
  type RunHistoryRequest,
  type RunMeasures,
  type RunSubject,
  type SeenState,
} from "../../contract/aggregates.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { Condition, Subject } from "../../contract/query.ts";
import type { StateType } from "../../contract/states.ts";
import type { RunHistoryQuestion, RunMeasuresQuestion } from "../../contract/store.ts";
import { fieldOf, toCondition } from "./condition.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { columns, elementsOf, type Fragment, raw, sql, table } from "./fragment.ts";
import { subjects } from "./subjects.ts";

/** Names of states are anybody's, so a history has as many cells as these at most. */
const maxCells = 50_000;
const maxSeenStates = 1000;

/** How the two kinds of runs call what they have in common. */
interface RunColumns {
  readonly expectedAt: string;
  /** That a run was RUNNING once and without a break, as far as that is told from its columns. */
  readonly isUnbroken: string;
}

const runColumns: Readonly<Record<RunSubject, RunColumns>> = {
  "flow-run": {
    expectedAt: "flow_run.expected_at",
    isUnbroken: `flow_run.run_count <= 1 and flow_run.ended_at is not null
      and flow_run.history not like '%"PAUSED"%' and flow_run.history not like '%"CANCELLING"%'`,
  },
  // Nothing pauses a task run, or waits for it to stop.
  "task-run": {
    expectedAt: "task_run.created_at",
    isUnbroken: "task_run.attempt <= 1 and task_run.ended_at is not null",
  },
};

export async function countBy(
  db: SqlDatabase,
  subject: Subject,
  fieldName: string,
  where: Condition,
): Promise<readonly FieldCount[]> {
  const { table: name } = subjects[subject];
  const { column, type } = fieldOf(fieldName, subject);
  if (type === "list") {
    throw new MillraceError("USAGE", {
      reason: `${subject}s cannot be counted by \`${fieldName}\`, which is a list`,
      advice: "Count by a field that has one value.",
    });
  }
  const own = raw(`${name}.${column}`);
  const rows = await db.all(sql`
    select ${columns(name, [column])}, count(*) as found from ${table(name)} ${raw(name)}
    where ${toCondition(where, subject)}
    group by ${own} order by found desc, ${own} limit ${maxCountedValues}`);
  return rows.map((row) => {
    const value = row[column] as FieldCount["value"];
    return { value: type === "boolean" && value !== null ? value === 1 : value, count: row.found as number };
  });
}

/** How an axis of time is divided: in `count` intervals of `widthMs`, from `from`. */
export interface Division {
  readonly from: number;
  readonly widthMs: number;
  readonly count: number;
}

/** The interval that a time is in. What is beyond an end is in the last there, also by an error of rounding. */
export function toBucket(column: string, { from, widthMs, count }: Division): Fragment {
  const place = sql`(${raw(column)} - ${from}) / ${widthMs}`;
  return sql`case when ${place} >= ${count} then ${raw(String(count - 1))} when ${place} < 0 then 0
    else floor(${place}) end`;
}

export async function readRunHistory(
  db: SqlDatabase,
  question: RunHistoryQuestion,
): Promise<readonly RunHistoryCell[]> {
  const { subject, where, from, to, bucketMs, by, now } = question;
  const { table: name } = subjects[subject];
  const time = timeColumn(subject, by);
  const count = countBuckets({ from, to, bucketMs });
  if (count === 0) return [];
  const rows = await db.all(sql`
    select ${toBucket(time, { from, widthMs: bucketMs, count })} as bucket, state_type, state_name,
      ${sums(subject, now)}
    from ${table(name)} ${raw(name)}
    where ${raw(time)} >= ${from} and ${raw(time)} < ${from + count * bucketMs} and ${toCondition(where, subject)}
    group by 1, 2, 3 order by 1, 2, 3 limit ${maxCells}`);
  return rows.map((row) => ({
    bucket: row.bucket as number,
    stateType: row.state_type as StateType,
    stateName: row.state_name as string,
    ...toMeasures(row),
  }));
}

function timeColumn(subject: RunSubject, by: Required<RunHistoryRequest>["by"]): string {
  if (by === "expected") return runColumns[subject].expectedAt;
  return `${subjects[subject].table}.${by === "started" ? "started_at" : "ended_at"}`;
}

export async function measureRuns(db: SqlDatabase, { subject, where, now }: RunMeasuresQuestion): Promise<RunMeasures> {
  const { table: name } = subjects[subject];
  const rows = await db.all(sql`
    select ${sums(subject, now)} from ${table(name)} ${raw(name)} where ${toCondition(where, subject)}`);
  return toMeasures(rows[0] ?? {});
}

function sums(subject: RunSubject, now: number): Fragment {
  return sql`count(*) as runs, sum(${runningMs(subject, now)}) as running, sum(${latenessMs(subject, now)}) as lateness`;
}

function toMeasures(row: Row): RunMeasures {
  return {
    count: Number(row.runs ?? 0),
    runningMs: Number(row.running ?? 0),
    latenessMs: Number(row.lateness ?? 0),
  };
}

/**
 * How long a run has been RUNNING. Most have been so once, from their start to their end: that is told from their columns,
 * in a third of the time that it takes to read a history.
 */
function runningMs(subject: RunSubject, now: number): Fragment {
  const name = subjects[subject].table;
  const history = `${name}.history`;
  const ofState = (state: string): Fragment => raw(`cast(cast(${state}.value -> 'at' as text) as double precision)`);
  return sql`case when ${raw(name)}.started_at is null then 0
    when ${raw(runColumns[subject].isUnbroken)} then ${raw(`${name}.ended_at - ${name}.started_at`)}
    else coalesce((
      select sum(coalesce(${ofState("later")}, ${now}) - ${ofState("state")})
      from ${elementsOf(history, "state")} left join ${elementsOf(history, "later")} on later.key = state.key + 1
      where cast(state.value -> 'type' as text) = '"RUNNING"'), 0) end`;
}

/** By how much a run began later than it was expected; until now for one that has not begun and may still. */
function latenessMs(subject: RunSubject, now: number): Fragment {
  const name = subjects[subject].table;
  const { expectedAt } = runColumns[subject];
  return sql`case
    when ${raw(`${name}.started_at > ${expectedAt}`)} then ${raw(`${name}.started_at - ${expectedAt}`)}
    when ${raw(`${name}.started_at`)} is null and ${raw(expectedAt)} < ${now}
      and ${raw(`${name}.state_type`)} not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')
      then ${now} - ${raw(expectedAt)}
    else 0 end`;
}

export async function findSeenStates(db: SqlDatabase, newest: number): Promise<readonly SeenState[]> {
  const of = (name: string): Fragment => sql`
    select cast(state.value -> 'type' as text) as type, cast(state.value -> 'name' as text) as name,
      cast(cast(state.value -> 'at' as text) as double precision) as at
    from (select history from ${table(name)} order by seq desc limit ${newest}) ${raw(name)},
      ${elementsOf(`${name}.history`, "state")}`;
  const rows = await db.all(sql`
    select type, name, min(at) as first_at, max(at) as last_at
    from (${of("flow_run")} union all ${of("task_run")}) seen
    group by type, name order by last_at desc, type, name limit ${maxSeenStates}`);
  return rows.map((row) => ({
    stateType: JSON.parse(row.type as string) as StateType,
    stateName: JSON.parse(row.name as string) as string,
    firstAt: row.first_at as number,
    lastAt: row.last_at as number,
  }));
}
