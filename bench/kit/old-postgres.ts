/** A ledger in PostgreSQL as a program of an older version has left it, with many rows. */

import pg from "pg";
import { makeOld, schemaOf } from "../../packages/millrace/src/store/migrations/postgres-schema.testsuite.ts";
import type { OldLedger } from "./old-ledger.ts";

const schema = "millrace";
/** The version before that with the indexes for loops, which go over a big table. */
const oldVersion = 5;
const tables = ["flow_run", "task_run", "event", "log"] as const;

/** Rows as runs of a small flow leave them, a statement a table. `$1` is how many. */
const fills = [
  `insert into {schema}.flow_run (id, flow_name, name, state_type, state_name, state_at, history, parameters, tags, root_run_id,
     parent_run_id, environment, created_at, expected_at, started_at, ended_at, run_count, epoch, due_at)
   select id, 'flow-' || i % 20, 'run-' || i, type, initcap(type), 1.79e12 + i * 10, jsonb_build_array(
       jsonb_build_object('type', 'PENDING', 'name', 'Pending', 'at', 1.79e12 + i * 10 - 2),
       jsonb_build_object('type', type, 'name', initcap(type), 'at', 1.79e12 + i * 10))::text, '{"date":"2026-11-22"}', '["nightly"]',
     id, case when i % 5 = 0 then md5('run ' || i - 1)::uuid end, '{"node":"24.1.0"}', 1.79e12 + i * 10, 1.79e12 + i * 10,
     1.79e12 + i * 10, case when i % 100 > 0 then 1.79e12 + i * 10 end, 1, 1, case when i % 100 = 0 then 1.79e12 + i * 10 end
   from (select i, md5('run ' || i)::uuid as id, case when i % 100 = 0 then 'SCHEDULED' else 'COMPLETED' end as type
     from generate_series(1, $1::int) i) as numbered`,
  `insert into {schema}.task_run (id, flow_run_id, kind, task_name, name, key, state_type, state_name, state_at, history, inputs, tags,
     attempt, created_at, started_at, ended_at, result)
   select md5('task ' || i)::uuid, md5('run ' || i)::uuid, 'task', 'load', 'load-' || i, 'load#0123456789abcdef~' || i, 'COMPLETED',
     'Completed', 1.79e12 + i, jsonb_build_array(jsonb_build_object('type', 'COMPLETED', 'name', 'Completed', 'at', 1.79e12 + i))::text,
     '[]', '[]', 1, 1.79e12 + i, 1.79e12 + i, 1.79e12 + i, '{"storage":"inline","data":"1"}'
   from generate_series(1, $1::int) i`,
  `insert into {schema}.event (flow_run_id, task_run_id, kind, name, at, payload)
   select md5('run ' || i)::uuid, md5('task ' || i)::uuid, 2, 'Completed', 1.79e12 + i, '["Pending","Running"]'
   from generate_series(1, $1::int) i`,
  `insert into {schema}.log (flow_run_id, task_run_id, attempt, at, severity, logger, message)
   select md5('run ' || i)::uuid, md5('task ' || i)::uuid, 1, 1.79e12 + i, 20, 'millrace.flow', 'loaded ' || i || ' rows'
   from generate_series(1, $1::int) i`,
];

/** @param url of an empty database */
export async function makeOldPostgres(url: string, rowsOfEach: number): Promise<OldLedger> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const place = {
    schema,
    query: async (text: string, values: readonly unknown[] = []) =>
      (await client.query<Record<string, unknown>>(text.replaceAll("{schema}", schema), [...values])).rows,
  };
  await makeOld(place, oldVersion);
  for (const fill of fills) await place.query(fill, [rowsOfEach]);
  await place.query("analyze");
  const last: Record<string, unknown> = {};
  for (const table of tables)
    last[table] = (await place.query(`select max(seq) as seq from {schema}.${table}`))[0]?.seq;
  return {
    async digest() {
      const digests: string[] = [];
      for (const table of tables) {
        const text = `select count(*) as rows, sum(hashtext(t::text)::bigint) as sum from {schema}.${table} t where seq <= $1`;
        digests.push(`${table} ${JSON.stringify(await place.query(text, [last[table]]))}`);
      }
      return digests;
    },
    schema: () => schemaOf(place),
    async isHalfway() {
      const [row] = await place.query(
        `select 1 from pg_stat_progress_create_index
         where datname = current_database() and blocks_total > 0 and blocks_done * 2 > blocks_total`,
      );
      return row !== undefined;
    },
    close: () => client.end(),
  };
}
