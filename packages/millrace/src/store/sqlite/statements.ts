/** The statements that record a batch in SQLite, prepared when they are first needed. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { artifactColumns } from "../sql/artifact-row.ts";
import { eventColumns, eventKind } from "../sql/event-row.ts";
import { flowRunColumns } from "../sql/flow-run-row.ts";
import { isIdColumn } from "../sql/id-columns.ts";
import { logColumns } from "../sql/log-row.ts";
import { taskRunColumns } from "../sql/task-run-row.ts";
import { transitionColumns } from "../sql/transition.ts";
import { sqliteDialect } from "./dialect.ts";

const ofId = "unhex(?, '-')";
const allOfFlowRun = sqliteDialect.columns("flow_run", ["seq", ...flowRunColumns]);

function insert(table: string, columns: readonly string[]): string {
  const values = columns.map((column) => (isIdColumn(table, column) ? ofId : "?"));
  return `insert into ${table} (${columns.join(", ")}) values (${values.join(", ")})`;
}

function overwrite(columns: readonly string[], except: readonly string[]): string {
  return columns
    .filter((column) => !except.includes(column))
    .map((column) => `${column} = excluded.${column}`)
    .join(", ");
}

const isSameState = `
  task_run.state_at = excluded.state_at and task_run.state_type = excluded.state_type
  and task_run.state_name = excluded.state_name`;

const texts = {
  insertFlowRun: `${insert("flow_run", flowRunColumns)} on conflict do nothing`,
  readFlowRun: `select ${allOfFlowRun} from flow_run where id = ${ofId}`,
  readFlowRunByKey: `select ${allOfFlowRun} from flow_run where flow_name = ? and idempotency_key = ?`,
  insertFlow: `
    insert into flow (id, revision, created_at, updated_at, name, tags, body) values (${ofId}, 1, ?, ?, ?, '[]', '{}')
    on conflict do nothing`,
  updateFlowRun: `update flow_run set ${transitionColumns.map((column) => `${column} = ?`).join(", ")} where seq = ?`,
  readEpoch: `select epoch from flow_run where id = ${ofId}`,
  /**
   * Last parameters: whether the change has no new state, whether it reopens. A state that is there already is not written
   * again, one that has been left comes too late, as a batch that was sent twice may, and an end only gives way to a change
   * that reopens; all are told from a write by the count of changed rows.
   */
  upsertTaskRun: `
    ${insert("task_run", taskRunColumns)}
    on conflict (id) do update set ${overwrite(taskRunColumns, ["id"])}
    where case when ${isSameState} then ? else
      task_run.state_at <= excluded.state_at
      and (task_run.state_type not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED') or ?) end`,
  upsertCacheEntry: `
    insert into cache_entry (key, result, task_run_id, created_at, expires_at) values (?, ?, ${ofId}, ?, ?)
    on conflict (key) do update set result = excluded.result, task_run_id = excluded.task_run_id,
      created_at = excluded.created_at, expires_at = excluded.expires_at`,
  insertFlowRunEvent: `insert into event (flow_run_id, kind, name, at) values (${ofId}, ${eventKind.flowRun}, ?, ?)`,
  insertTaskRunEvent: `
    insert into event (flow_run_id, task_run_id, kind, name, at, payload)
    values (${ofId}, ${ofId}, ${eventKind.taskRun}, ?, ?, ?)`,
  insertEvent: `${insert("event", eventColumns)} on conflict do nothing`,
  insertLog: insert("log", logColumns),
  readArtifact: `select 1 from artifact where id = ${ofId}`,
  upsertArtifact: `
    ${insert("artifact", artifactColumns)} on conflict (id) do update set ${overwrite(artifactColumns, ["id", "created_at"])}`,
};

export type RecordStatements = Readonly<Record<keyof typeof texts, StatementSync>>;

/** Each is prepared by its first use: opening a ledger costs nothing for what is never recorded. */
export function createStatements(database: DatabaseSync): RecordStatements {
  const prepared = {} as Record<keyof typeof texts, StatementSync>;
  for (const name of Object.keys(texts) as (keyof typeof texts)[]) {
    Object.defineProperty(prepared, name, {
      configurable: true,
      get: () => {
        const value = database.prepare(texts[name]);
        Object.defineProperty(prepared, name, { value });
        return value;
      },
    });
  }
  return prepared;
}
