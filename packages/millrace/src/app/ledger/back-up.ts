/**
 * A backup of a ledger, made while it is in use: a file, or a folder where the results or the key are to be in it. The folder
 * has the names of a home, so that it is one.
 */

import { closeSync, existsSync, openSync, rmSync, statSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { devNull } from "node:os";
import { basename, join } from "node:path";
import { MillraceError } from "../../contract/errors.ts";
import type { StoredResult } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { ledgerPath } from "../open-store.ts";
import type { Settings } from "../settings.ts";
import { keyPath } from "../vault-key.ts";
import { type BackupPlace, choosePlace, putInPlace, syncToDisk, toStamp } from "./backup-place.ts";
import { type CopiedResults, copyResults } from "./copied-results.ts";
import { runPostgresProgram } from "./postgres-program.ts";

export interface BackupRequest {
  readonly settings: Pick<Settings, "home" | "database" | "secretsKey">;
  readonly clock: Clock;
  /** A path, or a folder that is there. */
  readonly target: string;
  /** Whether what has the name already is replaced. */
  readonly replaces: boolean;
  /** Whether the results that lie in the home are in it. */
  readonly withResults: boolean;
  /** Whether the key of the secrets is in it: whoever has the backup can open them then. */
  readonly withSecretsKey: boolean;
  readonly onProgress?: (progress: { readonly doneBytes: number; readonly totalBytes: number }) => void;
  readonly signal?: AbortSignal;
}

export interface Backup {
  readonly path: string;
  readonly database: "sqlite" | "postgres";
  readonly schemaVersion: number;
  /** Of the ledger's own file. */
  readonly sizeBytes: number;
  /** Rows, by table; they were counted in the ledger and, in SQLite, again in the copy. */
  readonly rows: Readonly<Record<string, number>>;
  /** Null where they were not asked for. */
  readonly results: CopiedResults | null;
  readonly hasSecretsKey: boolean;
}

/** What the ledger is called in the folder of a backup. */
export const ledgerNames = { sqlite: "ledger.db", postgres: "ledger.dump" } as const;

/** @throws LEDGER_EXISTS, BACKUP_FAILED, LEDGER_CORRUPT, LEDGER_FULL, LEDGER_UNWRITABLE, DATABASE_UNREACHABLE */
export async function backUpLedger(request: BackupRequest): Promise<Backup> {
  const { settings, clock, target, replaces, withResults, withSecretsKey } = request;
  const database = settings.database === null ? "sqlite" : "postgres";
  const isFolder = withResults || withSecretsKey;
  const end = database === "sqlite" ? "db" : "dump";
  const place = choosePlace(target, { name: `ledger-${toStamp(clock.now())}.${end}`, replaces, isFolder });
  try {
    const made = isFolder ? await fillFolder(place, { ...request, database }) : await fillFile(place.draft, request);
    request.signal?.throwIfAborted();
    await putInPlace(place);
    return { path: place.path, database, ...made };
  } finally {
    rmSync(place.draft, { recursive: true, force: true });
  }
}

type Made = Omit<Backup, "path" | "database">;

async function fillFile(draft: string, request: BackupRequest): Promise<Made> {
  const { rows, schemaVersion } = await copyLedger(draft, request);
  return { schemaVersion, sizeBytes: statSync(draft).size, rows, results: null, hasSecretsKey: false };
}

async function fillFolder(
  { draft }: BackupPlace,
  request: BackupRequest & { readonly database: Backup["database"] },
): Promise<Made> {
  const { settings, withResults, withSecretsKey, signal } = request;
  await mkdir(draft, { mode: 0o700 });
  const ledger = join(draft, ledgerNames[request.database]);
  const { rows, schemaVersion, results: referred } = await copyLedger(ledger, request);
  const folders = { from: join(settings.home, "results"), to: join(draft, "results"), signal };
  const results = withResults ? await copyResults(referred(), folders) : null;
  const hasSecretsKey = withSecretsKey && (await copyKey(settings, draft));
  await syncToDisk(draft);
  return { schemaVersion, sizeBytes: statSync(ledger).size, rows, results, hasSecretsKey };
}

interface CopiedLedger {
  readonly schemaVersion: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly results: () => AsyncIterable<readonly StoredResult[]>;
}

/** For its owner only from the start. */
async function copyLedger(to: string, request: BackupRequest): Promise<CopiedLedger> {
  closeSync(openSync(to, "wx", 0o600));
  const { database } = request.settings;
  const copied = database === null ? await copySqlite(to, request) : await dumpPostgres(to, { ...request, database });
  await syncToDisk(to);
  return copied;
}

async function copySqlite(to: string, { settings, clock, onProgress }: BackupRequest): Promise<CopiedLedger> {
  const { copyLedgerFile, verifyLedgerFile } = await import("../../store/sqlite/snapshot.ts");
  const { walkResultsOfFile } = await import("../../store/sqlite/results-of-file.ts");
  const path = ledgerPath(settings.home);
  if (!existsSync(path)) throw noLedger(path);
  const wanted = await copyLedgerFile({ path, to, clock, ...(onProgress === undefined ? {} : { onProgress }) });
  const found = await verifyLedgerFile(to, { clock, depth: "quick" });
  const odd = Object.keys(wanted.rows).find((table) => wanted.rows[table] !== found.rows[table]);
  if (odd !== undefined || wanted.schemaVersion !== found.schemaVersion) {
    const reason = `the copy has ${found.rows[odd ?? ""] ?? "no"} rows of ${odd ?? "its schema"}, and not ${wanted.rows[odd ?? ""] ?? 0}`;
    throw failed(path, reason, "Look at the ledger with `millrace ledger check`, and make the backup again.");
  }
  return { ...found, results: () => walkResultsOfFile(to, clock) };
}

async function dumpPostgres(
  to: string,
  { database, clock }: BackupRequest & { readonly database: string },
): Promise<CopiedLedger> {
  const { withSnapshot } = await import("../../store/postgres/copy.ts");
  const snapshot = await withSnapshot({ url: database, clock }, async (held) => {
    const { id, schema, label } = held;
    const args = ["--format=custom", `--schema=${schema}`, `--snapshot=${id}`, "--no-owner", `--file=${to}`];
    await runPostgresProgram("pg_dump", args, { database, task: "backup", location: label });
    return held;
  });
  await readDump(to, snapshot.label);
  return { ...snapshot, results: () => walkResultsOfDatabase(database, clock) };
}

/** Reads all of it, and writes nothing. @throws BACKUP_FAILED */
export async function readDump(path: string, location: string): Promise<void> {
  await runPostgresProgram("pg_restore", [`--file=${devNull}`, path], { database: null, task: "backup", location });
}

/** Those of the ledger as it is by now, which are those of the dump and perhaps more. */
async function* walkResultsOfDatabase(database: string, clock: Clock): AsyncIterable<readonly StoredResult[]> {
  const { openPostgresStore } = await import("../../store/postgres/open.ts");
  const store = await openPostgresStore({ url: database, clock, poolSize: 1 });
  try {
    yield* store.walkStoredResults();
  } finally {
    await store.close();
  }
}

/** False where the key is in no file of the home: it is a setting then, or nothing was ever sealed. */
async function copyKey({ home }: BackupRequest["settings"], folder: string): Promise<boolean> {
  const from = keyPath(home);
  if (!existsSync(from)) return false;
  const to = join(folder, basename(from));
  closeSync(openSync(to, "wx", 0o600));
  await copyFile(from, to);
  await syncToDisk(to);
  return true;
}

function noLedger(location: string): MillraceError {
  return failed(location, "there is none", "Name the home that has it with --home, or its database with --database.");
}

function failed(location: string, reason: string, advice: string): MillraceError {
  return new MillraceError("BACKUP_FAILED", { task: "backup", location, reason, advice });
}
