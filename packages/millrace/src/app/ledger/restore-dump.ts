/** Puts a dump of PostgreSQL back, in one transaction of `pg_restore`. It was checked before, with all others of its backup. */

import { MillraceError } from "../../contract/errors.ts";
import type { Clock } from "../../kit/clock.ts";
import { runPostgresProgram } from "./postgres-program.ts";
import type { RestoredLedger } from "./restore.ts";

export interface DumpRequest {
  readonly database: string;
  readonly clock: Clock;
  readonly replaces: boolean;
  readonly keepsKeys: boolean;
}

interface Dump {
  readonly from: string;
  /** The id of the workspace whose ledger it is; null for the ledger itself. */
  readonly workspace: string | null;
}

export async function restoreDump({ from, workspace }: Dump, request: DumpRequest): Promise<RestoredLedger> {
  const { database, clock, keepsKeys } = request;
  const { locate, setSchemaAside, takeSchemaBack } = await import("../../store/postgres/copy.ts");
  const { openPostgresStore } = await import("../../store/postgres/open.ts");
  const place = { url: database, clock, workspace };
  const { schema, label } = locate(place);
  const keepAs = nameAside(schema, clock.now());
  const hadOne = await setSchemaAside(place, keepAs);
  try {
    const args = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", from];
    await runPostgresProgram("pg_restore", args, { database, task: "restore", location: label });
    const store = await openPostgresStore({ url: database, clock, poolSize: 1 });
    try {
      const ledger = workspace === null ? store : await store.openBeside(workspace);
      const settled = await ledger.settleCopy({ keepsKeys });
      const { schemaVersion } = ledger;
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

/** A name of PostgreSQL has 63 characters. */
function nameAside(schema: string, now: number): string {
  const end = `_before_${Math.floor(now / 1000)}`;
  return schema.slice(0, 63 - end.length) + end;
}

/**
 * A dump has the name of its schema in all that it makes.
 *
 * @throws BACKUP_INVALID, and LEDGER_EXISTS where there is a ledger that is not to give way
 */
export async function checkDump({ from, workspace }: Dump, request: DumpRequest): Promise<void> {
  const { database, clock, replaces } = request;
  const { hasLedgerSchema, locate } = await import("../../store/postgres/copy.ts");
  const place = { url: database, clock, workspace };
  const { schema, label: location } = locate(place);
  const list = await runPostgresProgram("pg_restore", ["--list", from], { database: null, task: "restore", location });
  const names = Array.from(list.matchAll(/ TABLE (\S+) ledger_version /g), ([, name]) => name);
  if (!names.includes(schema)) {
    const reason =
      names.length === 0 ? "it has no tables of a ledger" : `its ledger is in the schema \`${names.join(", ")}\``;
    const advice = `Name the schema of the backup in the database's address: \`?schema=${names[0] ?? "millrace"}\`.`;
    throw new MillraceError("BACKUP_INVALID", { location: from, reason, advice });
  }
  if (!replaces && (await hasLedgerSchema(place))) {
    const advice = "Name another database with --database, or give --force: it is kept under another name.";
    throw new MillraceError("LEDGER_EXISTS", { what: `a schema \`${schema}\``, location, advice });
  }
}
