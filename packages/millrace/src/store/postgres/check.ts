import type { DatabaseDescription } from "../../contract/wire/server-description.ts";
import type { PostgresConnection } from "./connection.ts";

const tables = [
  "flow_run",
  "task_run",
  "cache_entry",
  "event",
  "log",
  "artifact",
  "variable",
  "secret",
  "run_input",
  "executor_process",
  "slot",
] as const;

/** What is wrong with the ledger as far as it can be seen cheaply: tables that cannot be read, indexes that are not valid. */
export async function check(connection: PostgresConnection): Promise<readonly string[]> {
  const { schema } = connection;
  const findings: string[] = [];
  for (const name of tables) {
    try {
      await connection.query(`select * from ${schema}.${name} limit 1`);
    } catch (error) {
      findings.push(`table ${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const invalid = await connection.query(
    `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
     where c.relnamespace = (select oid from pg_namespace where nspname = $1) and not i.indisvalid`,
    [schema],
  );
  return [...findings, ...invalid.map((row) => `index ${row.name as string} is not valid`)];
}

/** Its size is that of its own schema's tables with their indexes: others may be in the same database. */
export async function describe(connection: PostgresConnection): Promise<DatabaseDescription> {
  const [row] = await connection.query(
    `select current_setting('server_version') as version, (
       select coalesce(sum(pg_total_relation_size(oid)), 0)::double precision from pg_class
       where relnamespace = (select oid from pg_namespace where nspname = $1) and relkind in ('r', 'p', 'm')) as size`,
    [connection.schema],
  );
  return { kind: "postgres", version: String(row?.version), sizeBytes: Number(row?.size) };
}
