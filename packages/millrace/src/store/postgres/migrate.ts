import { MillraceError } from "../../contract/errors.ts";
import { postgresMigrations } from "../migrations/postgres-migrations.ts";
import type { PostgresConnection, Transaction } from "./connection.ts";

/** The schema version that this code knows. */
export const knownVersion = postgresMigrations.length;

/**
 * Carries the ledger forward, each step in a transaction of its own. Of several processes that open a new ledger at once one
 * does it, and the others find it done.
 *
 * @throws LEDGER_NEWER, LEDGER_UNWRITABLE
 */
export async function migrate(connection: PostgresConnection): Promise<void> {
  const { schema } = connection;
  const [ledger] = await connection.query(`select to_regclass($1) as found`, [`${schema}.ledger_version`]);
  if (ledger?.found !== null) {
    const [row] = await connection.query(`select version from ${schema}.ledger_version`);
    if (check(connection, row?.version) === knownVersion) return;
  }
  for (let version = -1; version !== knownVersion; ) {
    version = await connection.transact((transaction) => migrateOnce(connection, transaction));
  }
}

/** Takes one step, if one is missing. Returns the version after it. */
async function migrateOnce(connection: PostgresConnection, { query }: Transaction): Promise<number> {
  const { schema } = connection;
  const space = lockSpace(schema);
  await query("select pg_advisory_xact_lock($1::integer, 0)", [space]);
  const found = check(connection, await readVersion(schema, query));
  const step = postgresMigrations[found];
  if (step === undefined) return found;
  const { rows } = await query("select to_regnamespace($1) as found", [schema]);
  if (rows[0]?.found === null) await query(`create schema ${schema}`);
  await query(step.sql.replaceAll("{schema}", schema).replaceAll("{space}", String(space)));
  await query(`update ${schema}.ledger_version set version = $1`, [step.version]);
  return step.version;
}

async function readVersion(schema: string, query: Transaction["query"]): Promise<unknown> {
  const { rows } = await query("select to_regclass($1) as found", [`${schema}.ledger_version`]);
  if (rows[0]?.found === null) return 0;
  return (await query(`select version from ${schema}.ledger_version`)).rows[0]?.version;
}

function check({ location }: PostgresConnection, version: unknown): number {
  if (typeof version !== "number") {
    throw new MillraceError("LEDGER_CORRUPT", { location, reason: "it does not say its schema version" });
  }
  if (version > knownVersion) {
    throw new MillraceError("LEDGER_NEWER", { location, found: version, known: knownVersion });
  }
  return version;
}

/** The first half of the keys of the ledger's locks: 15 bits by the schema's name (FNV-1a, folded). */
function lockSpace(schema: string): number {
  let hash = 0x811c9dc5;
  for (const character of schema) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return ((hash >>> 15) ^ hash) & 0x7fff;
}
