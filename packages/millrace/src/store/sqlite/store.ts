/** The store over a connection: the statements shared with PostgreSQL, and those that are SQLite's own. */

import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { isMillraceError } from "../../contract/errors.ts";
import type { CheckOptions, Store } from "../../contract/store.ts";
import type { DatabaseDescription } from "../../contract/wire/server-description.ts";
import type { RowReader } from "../../contract/ledger-rows.ts";
import { takeSlot } from "../sql/processes.ts";
import { createSharedStore } from "../sql/shared-store.ts";
import { createConnection, type SqliteConnection } from "./connection.ts";
import { createRecorder } from "./record.ts";
import { knownVersion, readSchemaVersion } from "./schema-version.ts";
import { openFile } from "./open-file.ts";
import { findDamage } from "./find-damage.ts";

/** How long a lock is waited for before a moment can be held, in ms. */
const snapshotPatienceMs = 30_000;

export function createSqliteStore(
  connection: SqliteConnection,
  beside: Pick<Store, "openBeside" | "dropBeside">,
): Store {
  const { database } = connection;
  return {
    ...createSharedStore(connection),
    record: createRecorder(connection),
    // One writer at a time: nothing of the same limit runs beside it.
    acquireSlot: async (request, at) => (await connection.run(takeSlot(request, at)))[0] === 1,
    ...beside,
    readRows: (body) => readRows(connection, body),
    schemaVersion: knownVersion,
    readSchemaVersion: () => connection.attempt(() => readSchemaVersion(database)),
    // The header's page is written, whether or not the number is another.
    tryWriting: () =>
      connection.write(() => database.exec(`pragma user_version = ${readSchemaVersion(database).version}`)),
    describe: () => describe(connection),
    readLoad: () => ({ logBytes: logBytesOf(database), connections: null }),
    measureSpace: async () => (await import("./compact.ts")).measureSpace(connection),
    compact: async () => (await import("./compact.ts")).compact(connection),
    // It takes the index that has the order of the answer, whatever is in it.
    refreshStatistics: async () => 0,
    check: (options) => check(connection, options),
    close: async () => {
      if (database.isOpen) database.close();
    },
  };
}

/** Null for a ledger that is in no file. */
function logBytesOf(database: DatabaseSync): number | null {
  const path = database.location();
  return path === null ? null : (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0);
}

/** Over a connection of its own, which sees nothing of what others write meanwhile. */
async function readRows<T>({ location, clock }: SqliteConnection, body: (rows: RowReader) => Promise<T>): Promise<T> {
  const { createRowReader } = await import("../sql/read-rows.ts");
  const database = openFile(location);
  try {
    const own = createConnection({ database, location, clock, busyTimeoutMs: snapshotPatienceMs });
    await own.attempt(() => {
      database.exec("begin");
      database.prepare("select count(*) from sqlite_schema").get();
    });
    return await body(await createRowReader(own));
  } finally {
    database.close();
  }
}

/** Its size is that of the file; what is written to the log before it is not in there yet. */
async function describe(connection: SqliteConnection): Promise<DatabaseDescription> {
  const row = await connection.attempt(() =>
    connection.database
      .prepare(
        "select sqlite_version() as version, page_count * page_size as size from pragma_page_count, pragma_page_size",
      )
      .get(),
  );
  return { kind: "sqlite", version: String(row?.version), sizeBytes: Number(row?.size) };
}

/** A ledger can be too damaged to be checked, which is a finding; its records are looked at where its pages hold together. */
async function check(
  connection: SqliteConnection,
  { depth = "database" }: CheckOptions = {},
): Promise<readonly string[]> {
  const { findContradictions } = await import("../sql/invariants.ts");
  const ofPages = depth === "everything" ? "full" : "quick";
  try {
    const damage = await connection.attempt(() => findDamage(connection.database, ofPages));
    return damage.length > 0 || depth === "database" ? damage : await findContradictions(connection);
  } catch (error) {
    if (!isMillraceError(error, "LEDGER_CORRUPT")) throw error;
    return [error.message];
  }
}
