/**
 * `insert-rows.ts ledger target run rows-per-commit synchronous`: what bare node:sqlite needs for the rows that a flow run has left.
 *
 * The rows of the tasks and of their events are read from the ledger, and inserted into an empty one of the same schema, in
 * the order of the ledger, with a commit every so many tasks, which waits for the disk where `synchronous` is `full`. Those of other runs come first, untimed, to warm up.
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";

type Value = string | number | null | Uint8Array;

interface TaskRows {
  readonly task: readonly Value[];
  readonly events: readonly (readonly Value[])[];
}

const [ledger = "", target = "", runId = "", rowsPerCommit = "1", synchronous = "normal"] = process.argv.slice(2);

/** As the store opens a ledger; see packages/millrace/src/store/sqlite/open.ts. */
const pragmas = `
  pragma journal_mode = wal;
  pragma synchronous = ${synchronous};
  pragma wal_autocheckpoint = 4000;
  pragma journal_size_limit = 67108864;
  pragma cache_size = -16384;
  pragma temp_store = memory;`;

const source = new DatabaseSync(ledger, { readOnly: true });
const schema = source
  .prepare("select sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by rowid")
  .all();
const taskColumns = columnsOf("task_run");
const eventColumns = columnsOf("event");
const warmUp = readRows("<>");
const measured = readRows("=");
source.close();

const database = new DatabaseSync(target);
database.exec(pragmas);
for (const { sql } of schema) database.exec(String(sql));
const begin = database.prepare("begin immediate");
const commit = database.prepare("commit");
const insertTask = insertInto("task_run", taskColumns);
const insertEvent = insertInto("event", eventColumns);

insert(warmUp);
const startedAt = performance.now();
insert(measured);
const ms = performance.now() - startedAt;
database.close();
process.stdout.write(`${JSON.stringify({ ms, tasks: measured.length })}\n`);

/** `seq` is the database's own to give. */
function columnsOf(table: string): string[] {
  const columns = source.prepare(`select name from pragma_table_info('${table}')`).all();
  return columns.map(({ name }) => String(name)).filter((name) => name !== "seq");
}

function readRows(sameRun: "=" | "<>"): TaskRows[] {
  const run = Buffer.from(runId.replaceAll("-", ""), "hex");
  const events = new Map<string, Value[][]>();
  const ofTasks = `from event where flow_run_id ${sameRun} ? and task_run_id is not null order by seq`;
  for (const row of rowsOf(`select ${eventColumns.join(", ")} ${ofTasks}`, run)) {
    const key = idText(row[eventColumns.indexOf("task_run_id")]);
    const known = events.get(key);
    if (known === undefined) events.set(key, [row]);
    else known.push(row);
  }
  const tasks = rowsOf(
    `select ${taskColumns.join(", ")} from task_run where flow_run_id ${sameRun} ? order by seq`,
    run,
  );
  return tasks.map((task) => ({ task, events: events.get(idText(task[taskColumns.indexOf("id")])) ?? [] }));
}

function rowsOf(query: string, run: Uint8Array): Value[][] {
  return source
    .prepare(query)
    .all(run)
    .map((row) => Object.values(row) as Value[]);
}

function idText(id: Value | undefined): string {
  return id instanceof Uint8Array ? Buffer.from(id).toString("hex") : String(id);
}

function insertInto(table: string, columns: readonly string[]): StatementSync {
  return database.prepare(`insert into ${table} (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`);
}

function insert(rows: readonly TaskRows[]): void {
  const step = Number(rowsPerCommit);
  for (let first = 0; first < rows.length; first += step) {
    begin.run();
    for (const { task, events } of rows.slice(first, first + step)) {
      insertTask.run(...task);
      for (const event of events) insertEvent.run(...event);
    }
    commit.run();
  }
}
