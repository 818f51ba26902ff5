/**
 * A backup of a ledger, made while it is in use: a file, or a folder where workspaces, the results or the key are to be in it. The
 * folder has the names of a home, so that it is one. The ledger comes first, then those of the workspaces that it knows, and then the
 * results: so all that is referred to is there.
 */

import { closeSync, existsSync, openSync, rmSync, statSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { devNull } from "node:os";
import { basename, dirname, join } from "node:path";
import { MillraceError } from "../../contract/errors.ts";
import type { StoredResult } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { ledgerPath } from "../open-store.ts";
import type { Settings } from "../settings.ts";
import { keyPath } from "../vault-key.ts";
import { type BackupPlace, choosePlace, putInPlace, syncToDisk, toStamp } from "./backup-place.ts";
import { type CopiedResults, copyResults } from "./copied-results.ts";
import { createResultFinder } from "./find-results.ts";
import { runPostgresProgram } from "./postgres-program.ts";

export interface BackupRequest {
  readonly settings: Pick<Settings, "home" | "database" | "secretsKey"> & Partial<Pick<Settings, "resultStorage">>;
  readonly clock: Clock;
  /** A path, or a folder that is there. */
  readonly target: string;
  /** Whether what has the name already is replaced. */
  readonly replaces: boolean;
  /** Whether the ledgers of its workspaces are in it. Default false. */
  readonly withWorkspaces?: boolean;
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
  readonly workspaces: readonly WorkspaceBackup[] | null;
  /** How many workspaces the ledger has whose ledgers are not in the backup. */
  readonly workspacesLeftOut: number;
  /** Null where they were not asked for. */
  readonly results: CopiedResults | null;
  readonly hasSecretsKey: boolean;
}

export interface WorkspaceBackup {
  readonly id: string;
  readonly schemaVersion: number;
  readonly sizeBytes: number;
  /** Rows, by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Where the ledgers of workspaces are in the folder of a backup, each in a folder that is named by its id. */
export const workspacesFolder = "workspaces";
/** What a ledger is called there. */
export const ledgerNames = { sqlite: "ledger.db", postgres: "ledger.dump" } as const;

/** @throws LEDGER_EXISTS, BACKUP_FAILED, LEDGER_CORRUPT, LEDGER_FULL, LEDGER_UNWRITABLE, DATABASE_UNREACHABLE */
export async function backUpLedger(request: BackupRequest): Promise<Backup> {
  const { settings, clock, target, replaces, withWorkspaces = false, withResults, withSecretsKey } = request;
  const database = settings.database === null ? "sqlite" : "postgres";
  const isFolder = withWorkspaces || withResults || withSecretsKey;
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
  const { rows, schemaVersion, workspaceIds } = await copyLedger(draft, { ...request, workspace: null });
  const workspacesLeftOut = workspaceIds.length;
  const sizeBytes = statSync(draft).size;
  return { schemaVersion, sizeBytes, rows, workspaces: null, workspacesLeftOut, results: null, hasSecretsKey: false };
}

async function fillFolder(
  { draft }: BackupPlace,
  request: BackupRequest & { readonly database: Backup["database"] },
): Promise<Made> {
  const { settings, withWorkspaces = false, withResults, withSecretsKey, signal } = request;
  await mkdir(draft, { mode: 0o700 });
  const ledger = join(draft, ledgerNames[request.database]);
  const {
    rows,
    schemaVersion,
    workspaceIds,
    results: ofLedger,
  } = await copyLedger(ledger, { ...request, workspace: null });
  const copied = withWorkspaces ? await copyWorkspaces(draft, { ...request, workspaceIds }) : [];
  const finder = createResultFinder(settings);
  const folders = { finder, from: join(settings.home, "results"), to: join(draft, "results"), signal };
  const referred = [ofLedger, ...copied.map(({ results }) => results)];
  const results = withResults ? await copyResults(oneAfterTheOther(referred), folders) : null;
  const hasSecretsKey = withSecretsKey && (await copyKey(settings, draft));
  await syncToDisk(draft);
  return {
    schemaVersion,
    sizeBytes: statSync(ledger).size,
    rows,
    workspaces: withWorkspaces ? copied.map(({ made }) => made) : null,
    workspacesLeftOut: withWorkspaces ? 0 : workspaceIds.length,
    results,
    hasSecretsKey,
  };
}

async function* oneAfterTheOther<T>(all: readonly (() => AsyncIterable<T>)[]): AsyncIterable<T> {
  for (const each of all) yield* each();
}

/** Each of a moment of its own. One whose ledger is gone was purged since, or never opened. */
async function copyWorkspaces(
  draft: string,
  request: BackupRequest & { readonly database: Backup["database"]; readonly workspaceIds: readonly string[] },
): Promise<readonly { readonly made: WorkspaceBackup; readonly results: CopiedLedger["results"] }[]> {
  const { database, workspaceIds, signal } = request;
  const copied = [];
  for (const id of workspaceIds) {
    signal?.throwIfAborted();
    if (!(await hasWorkspace(id, request))) continue;
    const to = join(draft, workspacesFolder, id, ledgerNames[database]);
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    const { schemaVersion, rows, results } = await copyLedger(to, { ...request, workspace: id });
    copied.push({ made: { id, schemaVersion, sizeBytes: statSync(to).size, rows }, results });
  }
  return copied;
}

async function hasWorkspace(workspace: string, { settings, clock }: BackupRequest): Promise<boolean> {
  if (settings.database === null) {
    const { pathBeside } = await import("../../store/sqlite/open.ts");
    return existsSync(pathBeside(ledgerPath(settings.home), workspace));
  }
  const { hasLedgerSchema } = await import("../../store/postgres/copy.ts");
  return hasLedgerSchema({ url: settings.database, clock, workspace });
}

interface CopyRequest extends BackupRequest {
  /** The id of a workspace whose ledger it is about; null for the ledger itself. */
  readonly workspace: string | null;
}

interface CopiedLedger {
  readonly workspaceIds: readonly string[];
  readonly schemaVersion: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly results: () => AsyncIterable<readonly StoredResult[]>;
}

/** For its owner only from the start. */
async function copyLedger(to: string, request: CopyRequest): Promise<CopiedLedger> {
  closeSync(openSync(to, "wx", 0o600));
  const { database } = request.settings;
  const copied = database === null ? await copySqlite(to, request) : await dumpPostgres(to, { ...request, database });
  await syncToDisk(to);
  return copied;
}

async function copySqlite(to: string, { settings, clock, workspace, onProgress }: CopyRequest): Promise<CopiedLedger> {
  const { copyLedgerFile, verifyLedgerFile } = await import("../../store/sqlite/snapshot.ts");
  const { walkResultsOfFile } = await import("../../store/sqlite/results-of-file.ts");
  const { pathBeside } = await import("../../store/sqlite/open.ts");
  const main = ledgerPath(settings.home);
  const path = workspace === null ? main : pathBeside(main, workspace);
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
  { database, clock, workspace }: CopyRequest & { readonly database: string },
): Promise<CopiedLedger> {
  const { withSnapshot } = await import("../../store/postgres/copy.ts");
  const snapshot = await withSnapshot({ url: database, clock, workspace }, async (held) => {
    const { id, schema, label } = held;
    const args = ["--format=custom", `--schema=${schema}`, `--snapshot=${id}`, "--no-owner", `--file=${to}`];
    await runPostgresProgram("pg_dump", args, { database, task: "backup", location: label });
    return held;
  });
  await readDump(to, snapshot.label);
  return { ...snapshot, results: () => walkResultsOfDatabase({ database, clock, workspace }) };
}

/** Reads all of it, and writes nothing. @throws BACKUP_FAILED */
export async function readDump(path: string, location: string): Promise<void> {
  await runPostgresProgram("pg_restore", [`--file=${devNull}`, path], { database: null, task: "backup", location });
}

/** Those of the ledger as it is by now, which are those of the dump and perhaps more. */
async function* walkResultsOfDatabase({
  database,
  clock,
  workspace,
}: Pick<CopyRequest, "clock" | "workspace"> & { readonly database: string }): AsyncIterable<readonly StoredResult[]> {
  const { openPostgresStore } = await import("../../store/postgres/open.ts");
  const store = await openPostgresStore({ url: database, clock, poolSize: 1 });
  try {
    const ledger = workspace === null ? store : await store.openBeside(workspace);
    yield* ledger.walkStoredResults();
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
