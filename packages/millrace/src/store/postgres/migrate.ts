import { MillraceError } from "../../contract/errors.ts";
import type { Clock } from "../../kit/clock.ts";
import { wholeSql } from "../migrations/migration.ts";
import { postgresMigrations } from "../migrations/postgres-migrations.ts";
import { carryForward } from "./carry-forward.ts";
import type { PostgresConnection, Transaction } from "./connection.ts";
import type { PostgresLocation } from "./location.ts";
import { fillIn, knownVersion, lockSpace, readVersion, setVersion } from "./schema-version.ts";

/**
 * Makes the ledger, in one transaction, or carries it forward while others use it. Of several processes that open it at once
 * one does it, and the others find it done. A ledger of a newer version that serves this one stays as it is.
 *
 * @throws LEDGER_NEWER, LEDGER_UNWRITABLE, LEDGER_FULL, LEDGER_BUSY, SETTING_INVALID
 */
export async function migrate(
  connection: PostgresConnection,
  place: { readonly location: PostgresLocation; readonly clock: Clock },
): Promise<void> {
  await checkIsolation(connection);
  let version = await readVersion(connection, async (text, values) => connection.query(text, values));
  if (version === 0) {
    version = await connection.transact((transaction) => make(connection, transaction), { answerTimeoutMs: null });
  }
  if (version < knownVersion) await carryForward(place);
}

/** What a statement sees after it has waited for a lock is what it counts on: a database that is set otherwise is refused. */
async function checkIsolation(connection: PostgresConnection): Promise<void> {
  const [row] = await connection.query("select current_setting('transaction_isolation') as level");
  if (row?.level === "read committed") return;
  const reason = `the default of its transactions is \`${String(row?.level)}\`, and must be \`read committed\``;
  throw new MillraceError("SETTING_INVALID", { setting: "database", reason });
}

/** Returns the version that is there then: another process may have been faster. */
async function make(
  { schema, location }: Pick<PostgresConnection, "schema" | "location">,
  { query }: Transaction,
): Promise<number> {
  await query("select pg_advisory_xact_lock($1::integer, 0)", [lockSpace(schema)]);
  const found = await readVersion({ schema, location }, async (text, values) => (await query(text, values)).rows);
  if (found > 0) return found;
  const namespace = await query("select 1 from pg_namespace where nspname = $1", [schema]);
  if (namespace.rows.length === 0) await query(`create schema ${schema}`);
  for (const step of postgresMigrations) await query(fillIn(wholeSql(step), schema));
  await query(setVersion(schema, knownVersion));
  return knownVersion;
}
