/** Task runs that another engine reports, in PostgreSQL: one statement for as many as one transaction takes. */

import type { ObservedTaskRun } from "../../contract/store.ts";
import { eventKind } from "../sql/event-row.ts";
import { maxObservedRuns, toObservedValues } from "../sql/observed.ts";
import { taskRunColumns } from "../sql/task-run-row.ts";
import { cleanText } from "../sql/text.ts";
import type { PostgresConnection } from "./connection.ts";

const names = taskRunColumns.join(", ");

export function createObservedWriter(
  connection: PostgresConnection,
): (runs: readonly ObservedTaskRun[]) => Promise<readonly boolean[]> {
  const statement = { name: "write-observed", text: toText(connection.schema) };

  return async (runs) => {
    const written = new Set<string>();
    for (let from = 0; from < runs.length; from += maxObservedRuns) {
      const some = runs.slice(from, from + maxObservedRuns).map(toItem);
      for (const { id } of await connection.queryPrepared(statement, [JSON.stringify(some)])) written.add(id as string);
    }
    return runs.map(({ run }) => written.has(run.id));
  };
}

function toItem(observed: ObservedTaskRun): unknown {
  const values = toObservedValues(observed);
  const { readHistory, told } = observed;
  return {
    row: Object.fromEntries(taskRunColumns.map((column, index) => [column, values[index]])),
    read: readHistory === null ? null : JSON.stringify(readHistory),
    told: told.map(({ name, at }) => ({ name: cleanText(name), at })),
  };
}

/** Gives the ids that were written. The events take their numbers after `stream`: see migrations/0001-functions.postgres.ts. */
function toText(schema: string): string {
  const overwrite = taskRunColumns
    .filter((column) => column !== "id")
    .map((column) => `${column} = excluded.${column}`);
  return `
    with given as materialized (
      select r.*, e.item ->> 'read' as read_history, e.item -> 'told' as told, e.position
      from json_array_elements($1::json) with ordinality as e(item, position),
        json_populate_record(null::${schema}.task_run, e.item -> 'row') r
    ), stream as materialized (
      select pg_advisory_xact_lock_shared(${schema}.stream_lock(last_value + is_called::int)) from ${schema}.stream_seq
    ), written as (
      insert into ${schema}.task_run as t (${names})
        select ${names} from given order by position
        -- What came between a reading that found nothing and now stays.
        on conflict (id) do update set ${overwrite.join(", ")}
          where t.history = (select g.read_history from given g where g.id = t.id)
        returning t.id
    ), told as (
      insert into ${schema}.event (flow_run_id, task_run_id, kind, name, at)
        select g.flow_run_id, g.id, ${eventKind.taskRun}, s.item ->> 'name', (s.item ->> 'at')::double precision
        from stream, given g, json_array_elements(g.told) with ordinality as s(item, position)
        where g.id in (select id from written) order by g.position, s.position
    )
    select id from written`;
}
