/** A ledger in SQLite as a program of an older version has left it, with many rows. */

import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { uuidFromHash } from "../../packages/millrace/src/kit/ids.ts";
import { wholeSql } from "../../packages/millrace/src/store/migrations/migration.ts";
import { sqliteMigrations } from "../../packages/millrace/src/store/migrations/sqlite-migrations.ts";
import { setVersion } from "../../packages/millrace/src/store/sqlite/schema-version.ts";
import type { OldLedger } from "./old-ledger.ts";

/** The version before that with the indexes for loops, which go over a big table. */
const oldVersion = 4;
const tables = ["flow_run", "task_run", "event", "log"] as const;

/** Rows as runs of a small flow leave them, a statement a table. */
const fills = [
  `insert into flow_run (id, flow_name, name, state_type, state_name, state_at, history, parameters, tags, root_run_id,
     parent_run_id, environment, created_at, expected_at, started_at, ended_at, run_count, epoch, due_at)
   select id_of('run ' || i), 'flow-' || (i % 20), 'run-' || i, iif(i % 100, 'COMPLETED', 'SCHEDULED'), iif(i % 100, 'Completed', 'Scheduled'),
     1.79e12 + i * 10, json_array(json_object('type', 'PENDING', 'name', 'Pending', 'at', 1.79e12 + i * 10 - 2),
       json_object('type', iif(i % 100, 'COMPLETED', 'SCHEDULED'), 'name', iif(i % 100, 'Completed', 'Scheduled'), 'at', 1.79e12 + i * 10)),
     '{"date":"2026-11-22"}', '["nightly"]', id_of('run ' || i), iif(i % 5, null, id_of('run ' || (i - 1))), '{"node":"24.1.0"}',
     1.79e12 + i * 10, 1.79e12 + i * 10, 1.79e12 + i * 10, iif(i % 100, 1.79e12 + i * 10, null), 1, 1,
     iif(i % 100, null, 1.79e12 + i * 10) from numbers`,
  `insert into task_run (id, flow_run_id, kind, task_name, name, key, state_type, state_name, state_at, history, inputs, tags,
     attempt, created_at, started_at, ended_at, result)
   select id_of('task ' || i), id_of('run ' || i), 'task', 'load', 'load-' || i, 'load#0123456789abcdef~' || i, 'COMPLETED', 'Completed',
     1.79e12 + i, json_array(json_object('type', 'COMPLETED', 'name', 'Completed', 'at', 1.79e12 + i)), '[]', '[]', 1, 1.79e12 + i,
     1.79e12 + i, 1.79e12 + i, '{"storage":"inline","data":"1"}' from numbers`,
  `insert into event (flow_run_id, task_run_id, kind, name, at, payload)
   select id_of('run ' || i), id_of('task ' || i), 2, 'Completed', 1.79e12 + i, '["Pending","Running"]' from numbers`,
  `insert into log (flow_run_id, task_run_id, attempt, at, severity, logger, message)
   select id_of('run ' || i), id_of('task ' || i), 1, 1.79e12 + i, 20, 'millrace.flow', 'loaded ' || i || ' rows' from numbers`,
];

/** @param path of a file that is not there */
export async function makeOldSqlite(path: string, rowsOfEach: number): Promise<OldLedger> {
  fill(path, rowsOfEach);
  const database = new DatabaseSync(path, { timeout: 60_000 });
  database.function("crc", { deterministic: true }, (text) => crc32(String(text)));
  const last = tables.map((table) => Number(database.prepare(`select max(seq) as seq from ${table}`).get()?.seq));
  const columns = tables.map((table) =>
    database
      .prepare(`select group_concat('quote(' || name || ')', ', ') as names from pragma_table_info('${table}')`)
      .get(),
  );
  return {
    digest: async () =>
      tables.map((table, index) => {
        const rows = `select concat_ws('|', ${String(columns[index]?.names)}) as text from ${table} where seq <= ?`;
        const found = database
          .prepare(`select count(*) as rows, sum(crc(text)) as sum from (${rows})`)
          .get(last[index] ?? 0);
        return `${table} ${JSON.stringify(found)}`;
      }),
    schema: async () => readSqliteSchema(database),
    isHalfway: async () => {
      const text = "select group_concat(name) as names from sqlite_schema where name like 'flow_run_%'";
      const names = String(database.prepare(text).get()?.names);
      return names.includes("flow_run_by_name_due") && !names.includes("flow_run_unended_child");
    },
    close: async () => database.close(),
  };
}

export function readSqliteSchema(database: DatabaseSync): unknown {
  return database.prepare("select type, name, sql from sqlite_schema order by name").all();
}

/** In one transaction, as fast as it goes: what is half filled is of no use. */
function fill(path: string, rowsOfEach: number): void {
  const database = new DatabaseSync(path);
  database.exec("pragma synchronous = off; pragma cache_size = -1048576");
  database.function("uuid_of", (text) => uuidFromHash(String(text)));
  for (const step of sqliteMigrations.slice(0, oldVersion)) database.exec(wholeSql(step));
  setVersion(database, oldVersion);
  // As good as a hash: a number for each text, with its kind in front.
  database.function("id_of", { deterministic: true }, (text) => {
    const [kind = "", number = ""] = String(text).split(" ");
    const id = Buffer.alloc(16, kind);
    id.writeUInt32BE(Math.imul(Number(number), 0x9e3779b1) >>> 0, 0);
    id.writeUInt32BE(Number(number), 12);
    return id;
  });
  const numbers = `with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < ${rowsOfEach})`;
  database.exec("begin");
  for (const statement of fills) database.exec(`${numbers} ${statement}`);
  database.exec("commit; pragma journal_mode = wal");
  database.close();
}
