import { MillraceError } from "../../contract/errors.ts";
import { postgresMigrations } from "../migrations/postgres-migrations.ts";
import type { Row } from "../sql/database.ts";
import type { PostgresConnection, Transaction } from "./connection.ts";

/** The schema version that this code knows. */
export const knownVersion = postgresMigrations.length;

/**
 * Carries the ledger forward, each step in a transaction of its own. Of several processes that open a new ledger at once one
 * does it, and the others find it done.
 *
 * @throws LEDGER_NEWER, LEDGER_UNWRITABLE, SETTING_INVALID
 */
export async function migrate(connection: PostgresConnection): Promise<void> {
  await checkIsolation(connection);
  const found = await readVersion(connection, async (text, values) => connection.query(text, values));
  for (let version = found; version !== knownVersion; ) {
    // A big table takes its time to be changed.
    const options = { answerTimeoutMs: null };
    version = await connection.transact((transaction) => migrateOnce(connection, transaction), options);
  }
}

/** What a statement sees after it has waited for a lock is what it counts on: a database that is set otherwise is refused. */
async function checkIsolation(connection: PostgresConnection): Promise<void> {
  const [row] = await connection.query("select current_setting('transaction_isolation') as level");
  if (row?.level === "read committed") return;
  const reason = `the default of its transactions is \`${String(row?.level)}\`, and must be \`read committed\``;
  throw new MillraceError("SETTING_INVALID", { setting: "database", reason });
}

type Query = (text: string, values: readonly string[]) => Promise<readonly Row[]>;

/** Takes one step, if one is missing. Returns the version after it. */
async function migrateOnce(connection: PostgresConnection, transaction: Transaction): Promise<number> {
  const { schema } = connection;
  const query: Query = async (text, values) => (await transaction.query(text, values)).rows;
  await transaction.query("select pg_advisory_xact_lock($1::integer, 0)", [lockSpace(schema)]);
  const found = await readVersion(connection, query);
  const step = postgresMigrations[found];
  if (step === undefined) return found;
  const [namespace] = await query("select 1 from pg_namespace where nspname = $1", [schema]);
  if (namespace === undefined) await transaction.query(`create schema ${schema}`);
  await transaction.query(fillIn(step.sql, schema));
  await transaction.query(`update ${schema}.ledger_version set version = $1`, [step.version]);
  return step.version;
}

/**
 * Zero where there is no ledger. Asked of the catalogue as of a table: `to_regclass` answers from a cache, which may not have
 * heard of what another process has just made.
 */
export async function readVersion(
  connection: Pick<PostgresConnection, "schema" | "location">,
  query: Query,
): Promise<number> {
  const { schema } = connection;
  const table = "select 1 from pg_tables where schemaname = $1 and tablename = 'ledger_version'";
  if ((await query(table, [schema])).length === 0) return 0;
  const [row] = await query(`select version from ${schema}.ledger_version`, []);
  return check(connection, row?.version);
}

function check({ location }: Pick<PostgresConnection, "location">, version: unknown): number {
  if (typeof version !== "number") {
    throw new MillraceError("LEDGER_CORRUPT", { location, reason: "it does not say its schema version" });
  }
  if (version > knownVersion) {
    throw new MillraceError("LEDGER_NEWER", { location, found: version, known: knownVersion });
  }
  return version;
}

/** The statements of a migration for a ledger in this schema. */
export function fillIn(sql: string, schema: string): string {
  return sql.replaceAll("{schema}", schema).replaceAll("{space}", String(lockSpace(schema)));
}

/** The first half of the keys of the ledger's locks: 15 bits by the schema's name (FNV-1a, folded). */
export function lockSpace(schema: string): number {
  let hash = 0x811c9dc5;
  for (const character of schema) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return ((hash >>> 15) ^ hash) & 0x7fff;
}
