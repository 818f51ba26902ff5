/** Task runs that another engine reports, written whole with a guard on what they were when they were read. */

import type { ObservedTaskRun } from "../../contract/store.ts";
import type { SqlDatabase } from "./database.ts";
import { eventKind } from "./event-row.ts";
import { type Fragment, join, raw, sql, table, uuid } from "./fragment.ts";
import { isIdColumn } from "./id-columns.ts";
import { taskRunColumns, toTaskRunValues } from "./task-run-row.ts";
import { cleanText } from "./text.ts";

/** Task runs written in one transaction: bounds how long other writers wait. */
export const maxObservedRuns = 500;

const names = raw(taskRunColumns.join(", "));
const overwrite = raw(
  taskRunColumns
    .filter((column) => column !== "id")
    .map((column) => `${column} = excluded.${column}`)
    .join(", "),
);
const historyAt = taskRunColumns.indexOf("history");

export async function writeObserved(db: SqlDatabase, runs: readonly ObservedTaskRun[]): Promise<readonly boolean[]> {
  const written: boolean[] = [];
  for (let from = 0; from < runs.length; from += maxObservedRuns) {
    written.push(...(await writeSome(db, runs.slice(from, from + maxObservedRuns))));
  }
  return written;
}

async function writeSome(db: SqlDatabase, runs: readonly ObservedTaskRun[]): Promise<readonly boolean[]> {
  const statements: Fragment[] = [...db.beforeEvents];
  const places: number[] = [];
  for (const observed of runs) {
    places.push(statements.length);
    statements.push(...toStatements(observed));
  }
  const changed = await db.run(...statements);
  return places.map((place) => changed[place] === 1);
}

/** The row, in the order of `taskRunColumns`. */
export function toObservedValues({ run }: ObservedTaskRun): readonly (string | number | null)[] {
  return toTaskRunValues({ ...run, newStates: 0, epoch: 0 });
}

function toStatements(observed: ObservedTaskRun): readonly Fragment[] {
  const { run, readHistory, told } = observed;
  const values = toObservedValues(observed);
  const ofColumns = values.map((value, index) =>
    isIdColumn("task_run", taskRunColumns[index] ?? "") ? uuid(value as string | null) : sql`${value}`,
  );
  // Nothing was there: what is there now came between.
  const guard = readHistory === null ? raw("1 = 0") : sql`task_run.history = ${JSON.stringify(readHistory)}`;
  const write = sql`
    insert into ${table("task_run")} as task_run (${names}) values (${join(ofColumns, ", ")})
    on conflict (id) do update set ${overwrite} where ${guard}`;
  const isWritten = sql`select 1 from ${table("task_run")} where id = ${uuid(run.id)} and history = ${values[historyAt] ?? null}`;
  if (told.length === 0) return [write];
  const states = told.map(({ name, at }) => sql`(${cleanText(name)}, cast(${at} as double precision))`);
  // Both databases call the columns of `values` column1, column2.
  const tell = sql`
    insert into ${table("event")} (flow_run_id, task_run_id, kind, name, at)
    select ${uuid(run.flowRunId)}, ${uuid(run.id)}, ${raw(String(eventKind.taskRun))}, s.column1, s.column2
    from (values ${join(states, ", ")}) s where exists (${isWritten})`;
  return [write, tell];
}
