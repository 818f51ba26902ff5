/**
 * Puts a backup in the place of a ledger. It is checked, carried forward to this version's schema and settled before it takes
 * the place, which it does in one step: until then nothing has changed. Those of workspaces follow, each in one step; what was
 * interrupted between them is done again.
 */

import { copyFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isMillraceError, MillraceError } from "../../contract/errors.ts";
import type { SettledCopy, Store } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { shortId } from "../../kit/ids.ts";
import { makeHomeFolder, replacePrivateFile } from "../home-folder.ts";
import { ledgerPath } from "../open-store.ts";
import type { Settings } from "../settings.ts";
import { keyPath } from "../vault-key.ts";
import { ledgerNames, workspacesFolder } from "./back-up.ts";
import { syncToDisk, toStamp } from "./backup-place.ts";
import { copyOne } from "./copied-results.ts";
import { checkDump, restoreDump } from "./restore-dump.ts";
import { findWhoHasOpen } from "./who-has-open.ts";

export interface RestoreRequest {
  readonly settings: Pick<Settings, "home" | "database">;
  readonly clock: Clock;
  /** The file or the folder of a backup. */
  readonly from: string;
  /** Whether a ledger that is there gives way. It is kept under another name. */
  readonly replaces: boolean;
  /** Whether API keys of the backup go on being valid, also those that were revoked since. */
  readonly keepsKeys: boolean;
}

export interface Restored {
  /** Where it is now. */
  readonly location: string;
  readonly database: "sqlite" | "postgres";
  /** Of the backup; it was carried forward from there. */
  readonly fromSchemaVersion: number | null;
  readonly schemaVersion: number;
  /** Where the ledger is that was there; null where there was none. Those of workspaces are beside them in the same way. */
  readonly before: string | null;
  /** Of all ledgers together. */
  readonly settled: SettledCopy;
  /** How many workspaces' ledgers came with it. */
  readonly workspaces: number;
  /** Files of results that were put into the home. */
  readonly results: number;
  readonly hasSecretsKey: boolean;
}

/** What the parts of a backup are. */
interface Parts {
  readonly ledger: string;
  readonly workspaces: readonly { readonly id: string; readonly ledger: string }[];
  /** Null where it has none of its own. */
  readonly results: string | null;
  readonly key: string | null;
}

/** @throws BACKUP_INVALID, LEDGER_EXISTS, LEDGER_IN_USE, LEDGER_NEWER, LEDGER_FULL, LEDGER_UNWRITABLE, BACKUP_FAILED */
export async function restoreLedger(request: RestoreRequest): Promise<Restored> {
  const { settings, from, replaces } = request;
  const { home, database } = settings;
  const parts = findParts(from, database === null ? "sqlite" : "postgres");
  checkKey(parts, { home, replaces });
  makeHomeFolder(home);
  const ledger =
    database === null ? await restoreFiles(parts, request) : await restoreDumps(parts, { ...request, database });
  const results = parts.results === null ? 0 : await copyFolder(parts.results, join(home, "results"));
  if (parts.key !== null) placeKey(parts.key, { home, clock: request.clock });
  return { ...ledger, workspaces: parts.workspaces.length, results, hasSecretsKey: parts.key !== null };
}

function findParts(from: string, kind: keyof typeof ledgerNames): Parts {
  const found = statSync(from, { throwIfNoEntry: false });
  if (found === undefined) throw invalid(from, "it is not there");
  if (!found.isDirectory()) return { ledger: from, workspaces: [], results: null, key: null };
  const [ledger, results, key] = [join(from, ledgerNames[kind]), join(from, "results"), keyPath(from)];
  if (!existsSync(ledger)) throw invalid(from, `it is a folder without \`${ledgerNames[kind]}\``);
  const workspaces = findWorkspaces(join(from, workspacesFolder), kind);
  return { ledger, workspaces, results: existsSync(results) ? results : null, key: existsSync(key) ? key : null };
}

function findWorkspaces(folder: string, kind: keyof typeof ledgerNames): Parts["workspaces"] {
  if (!existsSync(folder)) return [];
  const ids = readdirSync(folder).filter((name) => workspaceId.test(name));
  const found = ids.toSorted().map((id) => ({ id, ledger: join(folder, id, ledgerNames[kind]) }));
  return found.filter(({ ledger }) => existsSync(ledger));
}

const workspaceId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A key that is lost is not to be had again. */
function checkKey({ key }: Parts, { home, replaces }: { readonly home: string; readonly replaces: boolean }): void {
  const path = keyPath(home);
  if (key === null || !existsSync(path) || replaces || readFileSync(key).equals(readFileSync(path))) return;
  const advice = "With --force the backup's key takes its place, and it is kept under another name.";
  throw new MillraceError("LEDGER_EXISTS", { what: "another key of secrets", location: path, advice });
}

/** What is the same for one ledger and for all of a home. */
export type RestoredLedger = Omit<Restored, "workspaces" | "results" | "hasSecretsKey">;

/** A ledger that is ready to take its place. */
interface Draft {
  readonly path: string;
  readonly draft: string;
  readonly fromSchemaVersion: number;
  readonly schemaVersion: number;
  readonly settled: SettledCopy;
}

async function restoreFiles(parts: Parts, request: RestoreRequest): Promise<RestoredLedger> {
  const { clock, settings, replaces } = request;
  const { pathBeside } = await import("../../store/sqlite/open.ts");
  const path = ledgerPath(settings.home);
  const all = [
    { from: parts.ledger, path },
    ...parts.workspaces.map(({ id, ledger }) => ({ from: ledger, path: pathBeside(path, id) })),
  ].map((each) => ({ ...each, draft: `${each.path}.${shortId()}.tmp` }));
  const taken = all.find((each) => existsSync(each.path));
  if (taken !== undefined && !replaces) {
    const advice = "Name another home with --home, or give --force: it is kept beside the new one.";
    throw new MillraceError("LEDGER_EXISTS", { what: "a ledger", location: taken.path, advice });
  }
  try {
    const drafts: Draft[] = [];
    for (const each of all) drafts.push(await prepareDraft(each, request));
    const before: (string | null)[] = [];
    for (const each of drafts) before.push(await takePlace(each, clock));
    const [first] = drafts as [Draft];
    return {
      location: path,
      database: "sqlite",
      fromSchemaVersion: first.fromSchemaVersion,
      schemaVersion: first.schemaVersion,
      before: before[0] ?? null,
      settled: sumSettled(drafts.map(({ settled }) => settled)),
    };
  } finally {
    for (const { draft } of all)
      for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(draft + end, { force: true });
  }
}

async function prepareDraft(
  { from, path, draft }: { readonly from: string; readonly path: string; readonly draft: string },
  { clock, keepsKeys }: RestoreRequest,
): Promise<Draft> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { schemaVersion: fromSchemaVersion } = await prepare(from, { draft, clock });
  const { openSqliteStore } = await import("../../store/sqlite/open.ts");
  const { verifyLedgerFile } = await import("../../store/sqlite/snapshot.ts");
  const settled = await settle(await openSqliteStore({ path: draft, durability: "power", clock }), keepsKeys);
  const { schemaVersion } = await verifyLedgerFile(draft, { clock, depth: "quick" });
  await syncToDisk(draft);
  return { path, draft, fromSchemaVersion, schemaVersion, settled };
}

/** Where the ledger is that was there; null where there was none. */
async function takePlace({ path, draft }: Draft, clock: Clock): Promise<string | null> {
  const { replaceLedgerFile } = await import("../../store/sqlite/replace-file.ts");
  const keepAs = `${path}.before-restore-${toStamp(clock.now())}`;
  const hadOne = await replaceLedgerFile({ path, by: draft, keepAs, clock }).catch(tellWho(path));
  await syncToDisk(dirname(path));
  return hadOne ? keepAs : null;
}

async function restoreDumps(
  { ledger, workspaces }: Parts,
  request: RestoreRequest & { readonly database: string },
): Promise<RestoredLedger> {
  const all = [
    { from: ledger, workspace: null },
    ...workspaces.map(({ id, ledger: from }) => ({ from, workspace: id })),
  ];
  for (const each of all) await checkDump(each, request);
  const restored: RestoredLedger[] = [];
  for (const each of all) restored.push(await restoreDump(each, request));
  const [first] = restored as [RestoredLedger];
  return { ...first, settled: sumSettled(restored.map(({ settled }) => settled)) };
}

function sumSettled(all: readonly SettledCopy[]): SettledCopy {
  const sum = (count: (one: SettledCopy) => number): number => all.reduce((total, each) => total + count(each), 0);
  return {
    processes: sum(({ processes }) => processes),
    sessions: sum(({ sessions }) => sessions),
    apiKeys: sum(({ apiKeys }) => apiKeys),
  };
}

async function settle(store: Store, keepsKeys: boolean): Promise<SettledCopy> {
  try {
    return await store.settleCopy({ keepsKeys });
  } finally {
    await store.close();
  }
}

/** Copies it to where it is going to be, with the log of one that was copied by hand, and looks all through it. */
async function prepare(from: string, { draft, clock }: { readonly draft: string; readonly clock: Clock }) {
  const { verifyLedgerFile } = await import("../../store/sqlite/snapshot.ts");
  for (const end of ["", "-wal"]) {
    if (!existsSync(from + end)) continue;
    copyFileSync(from + end, draft + end);
    chmodSync(draft + end, 0o600);
  }
  try {
    return await verifyLedgerFile(draft, { clock, depth: "full" });
  } catch (error) {
    if (!isMillraceError(error, "LEDGER_CORRUPT")) throw error;
    throw invalid(from, String(error.data.reason), error);
  }
}

function tellWho(path: string) {
  return (error: unknown): never => {
    const pids = isMillraceError(error, "LEDGER_IN_USE") ? findWhoHasOpen(path) : [];
    if (pids.length === 0) throw error;
    throw new MillraceError("LEDGER_IN_USE", { location: path, who: ` (${pids.join(", ")})` }, { cause: error });
  };
}

/** Returns how many files it has put there; what is there already is the same. */
async function copyFolder(from: string, to: string): Promise<number> {
  let files = 0;
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    await copyOne(source, join(to, source.slice(from.length)));
    files++;
  }
  return files;
}

function placeKey(from: string, { home, clock }: { readonly home: string; readonly clock: Clock }): void {
  const path = keyPath(home);
  if (existsSync(path)) {
    if (readFileSync(from).equals(readFileSync(path))) return;
    copyFileSync(path, `${path}.before-restore-${toStamp(clock.now())}`);
  }
  replacePrivateFile(path, readFileSync(from, "utf8"));
}

function invalid(location: string, reason: string, cause?: unknown): MillraceError {
  const advice = "Name a file or a folder that `millrace ledger backup` has made.";
  return new MillraceError("BACKUP_INVALID", { location, reason, advice }, { cause });
}
