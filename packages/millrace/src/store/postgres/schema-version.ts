/** Which version the schema of a ledger has, and whether this version of the program can use it. */

import { MillraceError } from "../../contract/errors.ts";
import type { SchemaVersion } from "../../contract/store.ts";
import { servedBy } from "../migrations/migration.ts";
import { postgresMigrations, saysServedSince } from "../migrations/postgres-migrations.ts";
import type { Row } from "../sql/database.ts";
import type { PostgresConnection } from "./connection.ts";

/** The schema version that this code knows. */
export const knownVersion = postgresMigrations.length;

type Query = (text: string, values: readonly string[]) => Promise<readonly Row[]>;

/**
 * Zero where there is no ledger. More than is known where a newer version of the program has carried it forward and it still
 * serves this one. Asked of the catalogue as of a table: `to_regclass` answers from a cache, which may not have heard of what
 * another process has just made.
 *
 * @throws LEDGER_NEWER, LEDGER_CORRUPT
 */
export async function readVersion(
  { schema, location }: Pick<PostgresConnection, "schema" | "location">,
  query: Query,
): Promise<number> {
  const table = "select 1 from pg_tables where schemaname = $1 and tablename = 'ledger_version'";
  if ((await query(table, [schema])).length === 0) return 0;
  // A ledger that is older does not say which versions it serves, so each column is asked for by a row as a whole.
  const [row] = await query(`select to_jsonb(v) as said from ${schema}.ledger_version v`, []);
  const { version, serves } = toSchemaVersion(row?.said);
  if (!Number.isInteger(version)) {
    throw new MillraceError("LEDGER_CORRUPT", { location, reason: "it does not say its schema version" });
  }
  if (serves > knownVersion) throw new MillraceError("LEDGER_NEWER", { location, found: version, known: knownVersion });
  return version;
}

/** @param said the row of `ledger_version`, as JSON */
function toSchemaVersion(said: unknown): SchemaVersion {
  const { version, serves } = (said ?? {}) as Partial<SchemaVersion>;
  const known = Number(version ?? Number.NaN);
  return { version: known, serves: known < saysServedSince ? known : (serves ?? known) };
}

/** The statement that says of a ledger which version it has now. */
export function setVersion(schema: string, version: number): string {
  const says = version < saysServedSince ? "" : `, serves = ${servedBy(postgresMigrations, version)}`;
  return `update ${schema}.ledger_version set version = ${version}${says}`;
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
