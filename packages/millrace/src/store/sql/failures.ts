/** Failed flow runs and the failed task runs in them, so many at most. */

import type { Failure } from "../../contract/failures.ts";
import type { StateType } from "../../contract/states.ts";
import type { FailuresFound, FailuresQuestion } from "../../contract/store.ts";
import { toCondition } from "./condition.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { anyOf, columns, elementsOf, type Fragment, raw, sql, table, textIn } from "./fragment.ts";

/** Of an error's texts, in characters. */
const maxTextLength = raw("2000");

export async function findFailures(db: SqlDatabase, question: FailuresQuestion): Promise<FailuresFound> {
  const { max } = question;
  const runs = await db.all(toRunQuery(question));
  const shown = runs.slice(0, max);
  const rows = shown.length === 0 ? [] : await db.all(toTaskQuery(shown, question));
  const tasks = rows.slice(0, max);
  return {
    failures: [...shown.map(toFailure), ...tasks.map(toFailure)],
    isCut: runs.length > max || rows.length > max || rows.some((row) => row.is_cut === 1),
  };
}

/** In the order of an index, the last ended first: a window of time has few runs, and a state may have all that ever failed. */
function toRunQuery({ since, where, max }: FailuresQuestion): Fragment {
  const endedAt = raw("coalesce(ended_at, -1)");
  return sql`
    select ${columns("flow_run", ["id"])}, flow_name, state_type, state_name, state_at, ${toTexts("flow_run")}
    from ${table("flow_run")} flow_run
    where ${endedAt} >= ${since} and case when state_type in ('FAILED', 'CRASHED') then 1 end = 1
      and ${toCondition(where, "flow-run")}
    order by ${endedAt} desc, seq desc limit ${max + 1}`;
}

/** Failures are most often at the end of a run, so the newest task runs of each are searched. */
function toTaskQuery(runs: readonly Row[], { max, maxSearched }: FailuresQuestion): Fragment {
  const share = Math.max(1, Math.floor(maxSearched / runs.length));
  const taskRun = table("task_run");
  const ids = runs.map((row) => row.id as string);
  return sql`
    with run as materialized (
      select flow_run.id as run_id, flow_run.flow_name, flow_run.seq as run_seq, (
        select newer.seq from ${taskRun} newer where newer.flow_run_id = flow_run.id
        order by newer.seq desc limit 1 offset ${raw(String(share))}) as bound
      from ${table("flow_run")} flow_run where ${anyOf("flow_run.id", "uuid", ids)})
    select ${columns("task_run", ["id", "flow_run_id", "child_flow_run_id"])}, flow_name, task_name, state_type, state_name, state_at,
      case when bound is null then 0 else 1 end as is_cut, ${toTexts("task_run")}
    from run cross join ${taskRun} task_run
    where task_run.flow_run_id = run.run_id and (bound is null or task_run.seq > bound)
      and task_run.state_type in ('FAILED', 'CRASHED') and (task_run.reason is null or task_run.reason <> 'upstream-failed')
    order by run.run_seq desc, task_run.seq desc limit ${max + 1}`;
}

/** Errors can be long: the database takes out what is needed. The message of a state is looked at where there is none. */
function toTexts(name: string): Fragment {
  const ofError = (key: string): Fragment => sql`substr(${textIn(`${name}.error`, key)}, 1, ${maxTextLength})`;
  return sql`${ofError("name")} as error_name, ${ofError("code")} as error_code,
    case when ${raw(name)}.error is not null then ${ofError("message")} else (
      select substr(state.value ->> 'message', 1, ${maxTextLength}) from ${elementsOf(`${name}.history`, "state")}
      order by state.key desc limit 1) end as message`;
}

function toFailure(row: Row): Failure {
  const ofTask = row.task_name !== undefined;
  return {
    flowRunId: (ofTask ? row.flow_run_id : row.id) as string,
    taskRunId: ofTask ? (row.id as string) : null,
    flowName: row.flow_name as string,
    taskName: ofTask ? (row.task_name as string) : null,
    childFlowRunId: ofTask ? (row.child_flow_run_id as string | null) : null,
    stateType: row.state_type as StateType,
    stateName: row.state_name as string,
    at: row.state_at as number,
    errorName: row.error_name as string | null,
    errorCode: row.error_code as string | null,
    message: (row.message as string | null) ?? "",
  };
}
