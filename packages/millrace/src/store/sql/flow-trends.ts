/** How flows have been doing: each answer is a statement or two, and what they look at is bounded. */

import {
  type FlowSummary,
  type FlowSummaryBars,
  maxGridTaskRuns,
  maxGridTasks,
  maxSummarizedRuns,
  type TaskGrid,
  type TaskGridRuns,
} from "../../contract/flow-trends.ts";
import type { Page } from "../../contract/records.ts";
import { type StateType, stateTypes } from "../../contract/states.ts";
import type { FlowSummaryQuestion, TaskGridQuestion } from "../../contract/store.ts";
import { toCondition } from "./condition.ts";
import { isOneOfTexts } from "./conditions.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { columns, type Fragment, join, raw, sql, table, where } from "./fragment.ts";
import { toKeyset } from "./page.ts";
import { createPlaces } from "./places.ts";
import { cleanKey, clipText } from "./text.ts";

/** Names of tasks are anybody's, so there are so many cells at most before the tasks are cut. */
const maxCells = 50_000;
/** In characters. */
const maxNameLength = 300;

const nothing = (type: string): Fragment => raw(`cast(null as ${type})`);
/** When a run began, or is to begin. */
export const begin = raw("coalesce(flow_run.started_at, flow_run.expected_at)");

export async function summarizeFlows(db: SqlDatabase, question: FlowSummaryQuestion): Promise<Page<FlowSummary>> {
  const keyset = toKeyset({ of: "flow", column: "name", type: "text", direction: "asc" }, question.page);
  const found = await db.all(sql`
    select seq, name, name as sort_value from ${table("flow")}
    ${where([question.names && isOneOfTexts("name", question.names), keyset.after])} ${keyset.tail}`);
  const { items: names, next } = keyset.toPage(found, (row) => row.name as string);
  if (names.length === 0) return { items: [], next };
  const rows = Map.groupBy(await db.all(toSummaryQuery(names, question)), (row) => row.flow_name as string);
  return { items: names.map((name) => toSummary(name, rows.get(name) ?? [])), next };
}

/** A flow's runs are found by an index from the newest on. The answer has rows of several kinds, told apart by `part`. */
function toSummaryQuery(names: readonly string[], question: FlowSummaryQuestion): Fragment {
  const { where: condition, since, bars } = question;
  const flowRun = table("flow_run");
  const [noText, noNumber] = [nothing("text"), nothing("double precision")];
  const isAsked = (name: string): Fragment =>
    sql`${raw(name)}.flow_name = flow.name and ${raw(name)}.created_at >= ${since}
      and ${toCondition(condition, "flow-run", name)}`;
  return sql`
    with asked as materialized (
      select flow.name, (
        select older.created_at from ${flowRun} older where ${isAsked("older")}
        order by older.created_at desc limit 1 offset ${raw(String(maxSummarizedRuns))}) as bound
      from ${table("flow")} flow where ${isOneOfTexts("name", names)}),
    run as materialized (
      select flow_run.flow_name, flow_run.seq, flow_run.id, flow_run.state_type, flow_run.state_name,
        ${begin} as begins_at, flow_run.ended_at - flow_run.started_at as took
      from asked flow cross join ${flowRun} flow_run
      where ${isAsked("flow_run")} and (flow.bound is null or flow_run.created_at >= flow.bound)),
    completed as (
      select flow_name, took, row_number() over (partition by flow_name order by took) as rank,
        count(*) over (partition by flow_name) as found
      from run where state_type = 'COMPLETED' and took is not null),
    bar as (
      select run.*, row_number() over (partition by flow_name order by begins_at desc, seq desc) as rank
      from run where state_type <> 'SCHEDULED')
    select 'count' as part, flow_name, state_type, ${noText} as state_name, ${noText} as id,
      ${noNumber} as begins_at, ${noNumber} as took, count(*) as found
    from run group by flow_name, state_type
    union all select 'p50', flow_name, ${noText}, ${noText}, ${noText}, ${noNumber}, took, rank
    from completed where rank = (found + 1) / 2
    union all select 'p95', flow_name, ${noText}, ${noText}, ${noText}, ${noNumber}, took, rank
    from completed where rank = (found * 95 + 99) / 100
    union all select 'bar', flow_name, state_type, state_name, cast(id as text), begins_at, took, rank
    from (select flow_name, state_type, state_name, ${columns("flow_run", ["id"])}, begins_at, took, rank
      from bar where rank <= ${bars}) bar`;
}

function toSummary(flowName: string, rows: readonly Row[]): FlowSummary {
  const of = (part: string): readonly Row[] => rows.filter((row) => row.part === part);
  const counts = of("count").map((row) => [row.state_type as StateType, row.found as number] as const);
  const count = counts.reduce((sum, [, found]) => sum + found, 0);
  // In one order, whatever the database groups them by.
  const inOrder = counts.toSorted(([one], [other]) => stateTypes.indexOf(one) - stateTypes.indexOf(other));
  return {
    flowName,
    count,
    isCut: count > maxSummarizedRuns,
    counts: Object.fromEntries(inOrder),
    p50Ms: (of("p50")[0]?.took as number | undefined) ?? null,
    p95Ms: (of("p95")[0]?.took as number | undefined) ?? null,
    bars: toBars(of("bar").toSorted((one, other) => (one.found as number) - (other.found as number))),
  };
}

export function toBars(rows: readonly Row[]): FlowSummaryBars {
  return {
    ids: rows.map((row) => row.id as string),
    stateTypes: rows.map((row) => row.state_type as StateType),
    stateNames: rows.map((row) => clipText(row.state_name as string, maxNameLength)),
    starts: rows.map((row) => row.begins_at as number),
    durationsMs: rows.map((row) => row.took as number | null),
  };
}

export async function readTaskGrid(db: SqlDatabase, question: TaskGridQuestion): Promise<TaskGrid> {
  const runs = await db.all(sql`
    select ${columns("flow_run", ["id"])}, seq, name, state_type, state_name, ${begin} as begins_at,
      ended_at - started_at as took
    from ${table("flow_run")} flow_run
    where flow_name = ${cleanKey(question.flowName)} and state_type <> 'SCHEDULED'
      and ${toCondition(question.where, "flow-run")}
    order by created_at desc, seq desc limit ${question.runs}`);
  const cells = runs.length === 0 ? [] : await db.all(toGridQuery(runs));
  return { flowName: question.flowName, runs: toGridRuns(runs), ...toCells(runs, cells) };
}

/** Of a run with more task runs than its share, those after the last of the share are left out. */
function toGridQuery(runs: readonly Row[]): Fragment {
  const share = Math.floor(maxGridTaskRuns / runs.length);
  const taskRun = table("task_run");
  return sql`
    with run as materialized (
      select flow_run.seq as run_seq, flow_run.id, (
        select later.seq from ${taskRun} later where later.flow_run_id = flow_run.id
        order by later.seq limit 1 offset ${raw(String(share))}) as bound
      from ${table("flow_run")} flow_run where flow_run.seq in (${join(
        runs.map((row) => sql`${row.seq as number}`),
        ", ",
      )}))
    select run_seq, task_name, state_type, state_name, count(*) as found, sum(ended_at - started_at) as took, min(seq) as first_seq,
      max(case when bound is null then 0 else 1 end) as is_cut
    from run cross join ${taskRun} task_run
    where task_run.flow_run_id = run.id and (bound is null or task_run.seq < bound)
    group by run_seq, task_name, state_type, state_name order by run_seq desc, first_seq limit ${maxCells}`;
}

function toGridRuns(rows: readonly Row[]): TaskGridRuns {
  return {
    ids: rows.map((row) => row.id as string),
    names: rows.map((row) => clipText(row.name as string, maxNameLength)),
    stateTypes: rows.map((row) => row.state_type as StateType),
    stateNames: rows.map((row) => clipText(row.state_name as string, maxNameLength)),
    starts: rows.map((row) => row.begins_at as number),
    durationsMs: rows.map((row) => row.took as number | null),
  };
}

/** Cells come with the newest run first, and in it by when a task was first seen: so tasks take their places. */
function toCells(runs: readonly Row[], rows: readonly Row[]): Pick<TaskGrid, "isCut" | "taskNames" | "cells"> {
  const places = new Map(runs.map((row, place) => [row.seq as number, place]));
  const placeOf = (row: Row): number => places.get(row.run_seq as number) as number;
  const ordered = rows.toSorted(
    (one, other) => placeOf(one) - placeOf(other) || (one.first_seq as number) - (other.first_seq as number),
  );
  const tasks = createPlaces();
  const placed = ordered.map((row) => ({ row, task: tasks.of(row.task_name as string) }));
  const shown = placed.filter(({ task }) => task < maxGridTasks);
  return {
    isCut: shown.length < rows.length || rows.length === maxCells || rows.some((row) => row.is_cut === 1),
    taskNames: tasks.names.slice(0, maxGridTasks).map((name) => clipText(name, maxNameLength)),
    cells: {
      runs: shown.map(({ row }) => placeOf(row)),
      tasks: shown.map(({ task }) => task),
      stateTypes: shown.map(({ row }) => row.state_type as StateType),
      stateNames: shown.map(({ row }) => clipText(row.state_name as string, maxNameLength)),
      counts: shown.map(({ row }) => row.found as number),
      durationsMs: shown.map(({ row }) => (row.took as number | null) ?? 0),
    },
  };
}
