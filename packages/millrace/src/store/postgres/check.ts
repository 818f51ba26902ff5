import { isMillraceError } from "../../contract/errors.ts";
import type { CheckOptions } from "../../contract/store.ts";
import type { DatabaseDescription } from "../../contract/wire/server-description.ts";
import { findContradictions } from "../sql/invariants.ts";
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

/**
 * Tables that cannot be read and indexes that are not valid, whether the records agree with each other, and, where the database
 * has the extension amcheck, each index with its table.
 */
export async function check(
  connection: PostgresConnection,
  { depth = "database" }: CheckOptions = {},
): Promise<readonly string[]> {
  const damage = await checkCheaply(connection);
  if (damage.length > 0 || depth === "database") return damage;
  const ofIndexes = depth === "everything" ? await checkIndexes(connection) : [];
  return [...ofIndexes, ...(await findContradictions(connection))];
}

/** Whether `checkIndexes` can see anything. */
async function hasAmcheck(connection: Pick<PostgresConnection, "query">): Promise<boolean> {
  return (await connection.query("select 1 from pg_extension where extname = 'amcheck'")).length > 0;
}

async function checkIndexes(connection: PostgresConnection): Promise<readonly string[]> {
  if (!(await hasAmcheck(connection))) return [];
  const indexes = await connection.query(
    `select c.oid::bigint as oid, c.relname as name, e.extnamespace::regnamespace::text as extension
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam, pg_extension e
     where c.relnamespace = (select oid from pg_namespace where nspname = $1) and a.amname = 'btree' and i.indisvalid
       and e.extname = 'amcheck' order by c.relname`,
    [connection.schema],
  );
  const findings: string[] = [];
  for (const { oid, name, extension } of indexes) {
    try {
      // A big index takes its time to be read.
      await connection.transact(
        ({ query }) =>
          query(`select ${String(extension)}.bt_index_check($1::bigint::oid::regclass, true)`, [Number(oid)]),
        { answerTimeoutMs: null },
      );
    } catch (error) {
      // Where the database or the network fails, nothing is known of the index.
      if (!isMillraceError(error, "LEDGER_CORRUPT")) throw error;
      findings.push(`index ${String(name)}: ${String(error.data.reason)}`);
    }
  }
  return findings;
}

async function checkCheaply(connection: PostgresConnection): Promise<readonly string[]> {
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
