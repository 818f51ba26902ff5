/**
 * Puts a backup in the place of a ledger. It is checked, carried forward to this version's schema and settled before it takes
 * the place, which it does in one step: until then nothing has changed.
 */

import { copyFileSync, chmodSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
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
import { ledgerNames } from "./back-up.ts";
import { syncToDisk, toStamp } from "./backup-place.ts";
import { copyOne } from "./copied-results.ts";
import { restoreDump } from "./restore-dump.ts";
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
  /** Where the ledger is that was there; null where there was none. */
  readonly before: string | null;
  readonly settled: SettledCopy;
  /** Files of results that were put into the home. */
  readonly results: number;
  readonly hasSecretsKey: boolean;
}

/** What the parts of a backup are. */
interface Parts {
  readonly ledger: string;
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
    database === null
      ? await restoreFile(parts.ledger, request)
      : await restoreDump(parts.ledger, { ...request, database });
  const results = parts.results === null ? 0 : await copyFolder(parts.results, join(home, "results"));
  if (parts.key !== null) placeKey(parts.key, { home, clock: request.clock });
  return { ...ledger, results, hasSecretsKey: parts.key !== null };
}

function findParts(from: string, kind: keyof typeof ledgerNames): Parts {
  const found = statSync(from, { throwIfNoEntry: false });
  if (found === undefined) throw invalid(from, "it is not there");
  if (!found.isDirectory()) return { ledger: from, results: null, key: null };
  const [ledger, results, key] = [join(from, ledgerNames[kind]), join(from, "results"), keyPath(from)];
  if (!existsSync(ledger)) throw invalid(from, `it is a folder without \`${ledgerNames[kind]}\``);
  return { ledger, results: existsSync(results) ? results : null, key: existsSync(key) ? key : null };
}

/** A key that is lost is not to be had again. */
function checkKey({ key }: Parts, { home, replaces }: { readonly home: string; readonly replaces: boolean }): void {
  const path = keyPath(home);
  if (key === null || !existsSync(path) || replaces || readFileSync(key).equals(readFileSync(path))) return;
  const advice = "With --force the backup's key takes its place, and it is kept under another name.";
  throw new MillraceError("LEDGER_EXISTS", { what: "another key of secrets", location: path, advice });
}

async function restoreFile(
  from: string,
  { settings, clock, replaces, keepsKeys }: RestoreRequest,
): Promise<Omit<Restored, "results" | "hasSecretsKey">> {
  const path = ledgerPath(settings.home);
  if (existsSync(path) && !replaces) {
    const advice = "Name another home with --home, or give --force: it is kept beside the new one.";
    throw new MillraceError("LEDGER_EXISTS", { what: "a ledger", location: path, advice });
  }
  const draft = `${path}.${shortId()}.tmp`;
  try {
    const found = await prepare(from, { draft, clock });
    const { openSqliteStore } = await import("../../store/sqlite/open.ts");
    const { verifyLedgerFile } = await import("../../store/sqlite/snapshot.ts");
    const { replaceLedgerFile } = await import("../../store/sqlite/replace-file.ts");
    const store = await openSqliteStore({ path: draft, durability: "power", clock });
    const settled = await settle(store, keepsKeys);
    const { schemaVersion } = await verifyLedgerFile(draft, { clock, depth: "quick" });
    await syncToDisk(draft);
    const keepAs = `${path}.before-restore-${toStamp(clock.now())}`;
    const hadOne = await replaceLedgerFile({ path, by: draft, keepAs, clock }).catch(tellWho(path));
    await syncToDisk(dirname(path));
    return {
      location: path,
      database: "sqlite",
      fromSchemaVersion: found.schemaVersion,
      schemaVersion,
      before: hadOne ? keepAs : null,
      settled,
    };
  } finally {
    for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(draft + end, { force: true });
  }
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
