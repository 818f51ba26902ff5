/** Copying the file of a ledger while others write to it, and looking at such a copy before it is trusted. */

import { backup, type DatabaseSync } from "node:sqlite";
import { MillraceError } from "../../contract/errors.ts";
import type { Clock } from "../../kit/clock.ts";
import { type SqliteConnection, createConnection } from "./connection.ts";
import { asUuid } from "./dialect.ts";
import { toStoreError } from "./errors.ts";
import { findDamage } from "./find-damage.ts";
import { openFile } from "./open-file.ts";
import { readVersion } from "./schema-version.ts";

/** Pages that are copied in one step: 4 MiB, some ms of a disk of today. */
const pagesAtOnce = 1000;
/** How long a lock of another process is waited for, in ms. */
const busyTimeoutMs = 30_000;

export interface CopyProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What a file of a ledger is found to be. */
export interface LedgerFile {
  readonly schemaVersion: number;
  readonly sizeBytes: number;
  /** Rows, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Whose ledgers are beside it. */
  readonly workspaceIds: readonly string[];
}

/**
 * Copies the ledger as it is at one moment. Others read and write meanwhile: the moment is held by a read transaction, so
 * that the copy never begins anew however much they write. What they write stays in the write-ahead log until it is done.
 *
 * @returns what was there at that moment
 * @throws LEDGER_CORRUPT, LEDGER_NEWER, LEDGER_BUSY, LEDGER_FULL, LEDGER_UNWRITABLE
 */
export async function copyLedgerFile(options: {
  readonly path: string;
  /** Where the copy is put: a file that is there is written over. */
  readonly to: string;
  readonly clock: Clock;
  readonly onProgress?: (progress: CopyProgress) => void;
}): Promise<LedgerFile> {
  const { path, to, clock, onProgress = () => undefined } = options;
  const database = openFile(path);
  try {
    const connection = createConnection({ database, location: path, clock, busyTimeoutMs });
    await connection.attempt(() => {
      database.exec("begin");
      // A transaction begins with the first page that is read.
      database.prepare("select count(*) from sqlite_schema").get();
    });
    const found = describeFile(connection, path);
    const pageBytes = numberOf(database, "pragma page_size");
    await backup(database, to, {
      rate: pagesAtOnce,
      progress: ({ totalPages, remainingPages }) =>
        onProgress({ doneBytes: (totalPages - remainingPages) * pageBytes, totalBytes: totalPages * pageBytes }),
    });
    database.exec("commit");
    return found;
  } catch (error) {
    throw toStoreError(error, path);
  } finally {
    database.close();
  }
}

/**
 * Looks through a file that no process has open, and makes it one that stands alone, without a log beside it.
 * Takes 2 s a GiB where it is done quickly, ten times as long in full.
 *
 * @throws LEDGER_CORRUPT, LEDGER_NEWER, LEDGER_UNWRITABLE
 */
export async function verifyLedgerFile(
  path: string,
  { clock, depth }: { readonly clock: Clock; readonly depth: "quick" | "full" },
): Promise<LedgerFile> {
  const database = openFile(path);
  try {
    const connection = createConnection({ database, location: path, clock, busyTimeoutMs });
    const found = describeFile(connection, path);
    const findings = findDamage(database, depth);
    if (findings.length > 0) {
      throw new MillraceError("LEDGER_CORRUPT", { location: path, reason: findings.slice(0, 3).join("; ") });
    }
    standAlone(database);
    return found;
  } catch (error) {
    throw toStoreError(error, path);
  } finally {
    database.close();
  }
}

/** @throws SQLITE_BUSY when another connection has it open */
export function standAlone(database: DatabaseSync): void {
  database.exec("pragma journal_mode = delete");
}

function describeFile(connection: SqliteConnection, location: string): LedgerFile {
  const { database } = connection;
  const schemaVersion = readVersion(connection, location);
  if (schemaVersion === 0) {
    throw new MillraceError("LEDGER_CORRUPT", { location, reason: "it has no tables of a ledger" });
  }
  const tables = database
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name")
    .all()
    .map((row) => String(row.name));
  const rows = Object.fromEntries(
    tables.map((name) => [name, numberOf(database, `select count(*) as count from "${name}"`)]),
  );
  const sizeBytes = numberOf(database, "pragma page_count") * numberOf(database, "pragma page_size");
  const workspaces = tables.includes("workspace")
    ? database.prepare(`select ${asUuid("id")} from workspace order by id`).all()
    : [];
  return { schemaVersion, sizeBytes, rows, workspaceIds: workspaces.map(({ id }) => String(id)) };
}

function numberOf(database: DatabaseSync, query: string): number {
  return Number(Object.values(database.prepare(query).get() ?? {})[0]);
}
