/** Puts a dump of PostgreSQL back, in one transaction of `pg_restore`. */

import { MillraceError } from "../../contract/errors.ts";
import type { Clock } from "../../kit/clock.ts";
import { runPostgresProgram } from "./postgres-program.ts";
import type { Restored } from "./restore.ts";

export async function restoreDump(
  from: string,
  request: {
    readonly database: string;
    readonly clock: Clock;
    readonly replaces: boolean;
    readonly keepsKeys: boolean;
  },
): Promise<Omit<Restored, "results" | "hasSecretsKey">> {
  const { database, clock, replaces, keepsKeys } = request;
  const { hasLedgerSchema, setSchemaAside, takeSchemaBack } = await import("../../store/postgres/copy.ts");
  const { toPostgresLocation } = await import("../../store/postgres/location.ts");
  const { openPostgresStore } = await import("../../store/postgres/open.ts");
  const { schema, label } = toPostgresLocation(database);
  const place = { url: database, clock };
  await checkDump(from, { schema, location: label });
  if (!replaces && (await hasLedgerSchema(place))) {
    const advice = "Name another database with --database, or give --force: it is kept under another name.";
    throw new MillraceError("LEDGER_EXISTS", { what: `a schema \`${schema}\``, location: label, advice });
  }
  const seconds = Math.floor(clock.now() / 1000);
  const keepAs = `${schema}_before_${seconds}`;
  const hadOne = await setSchemaAside(place, keepAs);
  try {
    const args = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", from];
    await runPostgresProgram("pg_restore", args, { database, task: "restore", location: label });
    const store = await openPostgresStore({ url: database, clock, poolSize: 1 });
    try {
      const settled = await store.settleCopy({ keepsKeys });
      const { schemaVersion } = store;
      const before = hadOne ? `schema ${keepAs}` : null;
      return { location: label, database: "postgres", fromSchemaVersion: null, schemaVersion, before, settled };
    } finally {
      await store.close();
    }
  } catch (error) {
    if (hadOne) await takeSchemaBack(place, keepAs);
    throw error;
  }
}

/** A dump has the name of its schema in all that it makes. */
async function checkDump(
  from: string,
  { schema, location }: { readonly schema: string; readonly location: string },
): Promise<void> {
  const list = await runPostgresProgram("pg_restore", ["--list", from], { database: null, task: "restore", location });
  const names = Array.from(list.matchAll(/ TABLE (\S+) ledger_version /g), ([, name]) => name);
  if (names.includes(schema)) return;
  const reason =
    names.length === 0 ? "it has no tables of a ledger" : `its ledger is in the schema \`${names.join(", ")}\``;
  const advice = `Name the schema of the backup in the database's address: \`?schema=${names[0] ?? "millrace"}\`.`;
  throw new MillraceError("BACKUP_INVALID", { location: from, reason, advice });
}
