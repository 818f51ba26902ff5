/** Columns that hold a UUID: 16 bytes in SQLite, `uuid` in PostgreSQL. */
const idColumns: ReadonlySet<string> = new Set([
  "flow_run_id",
  "task_run_id",
  "parent_id",
  "child_flow_run_id",
  "parent_run_id",
  "parent_task_run_id",
  "root_run_id",
  "deployment_id",
  "work_pool_id",
  "work_queue_id",
  "flow_id",
  "block_type_id",
  "block_schema_id",
  "automation_id",
  "follows",
  "account_id",
  "key_id",
  "workspace_id",
]);

/** Tables whose own ids are texts of the user's. */
const tablesWithTextIds: ReadonlySet<string> = new Set(["executor_process", "run_input"]);

export function isIdColumn(table: string, column: string): boolean {
  return idColumns.has(column) || (column === "id" && !tablesWithTextIds.has(table));
}
