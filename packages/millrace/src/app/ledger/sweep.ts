/**
 * Deletes files of results that nothing in the ledger refers to: no run, no task, no entry of the cache. Results are written
 * before the ledger refers to them, so a young file is left alone, and one that somebody writes again meanwhile comes back.
 */

import { existsSync } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { eachLedger } from "../each-ledger.ts";
import { ledgerPath, openStore } from "../open-store.ts";
import type { Settings } from "../settings.ts";
import { homeStore } from "./copied-results.ts";

export interface SweepRequest {
  readonly settings: Pick<Settings, "home" | "database" | "durability">;
  readonly clock: Clock;
  /** Whether it is only counted. */
  readonly isDryRun: boolean;
  /** Younger files are left alone, in ms. */
  readonly olderThanMs: number;
  readonly signal?: AbortSignal;
}

export interface Swept {
  /** Entries of the cache that had expired; null where it is only counted. */
  readonly cacheEntries: number | null;
  /** Files of results that are deleted, or would be. */
  readonly files: number;
  readonly bytes: number;
  readonly kept: number;
}

const afterwards = ".swept";
const folderName = /^[0-9a-f]{2}$/;
const fileName = /^[0-9a-f]{62}(\.swept)?$/;

export async function sweepLedger(request: SweepRequest): Promise<Swept> {
  const { settings, clock, isDryRun } = request;
  const store = await openStore({ ...settings, poolSize: 1 }, clock);
  try {
    const cacheEntries = isDryRun ? null : await deleteExpired(store, clock);
    return { cacheEntries, ...(await sweepFiles(request, await readReferred(store, request))) };
  } finally {
    await store.close();
  }
}

async function deleteExpired(store: Store, clock: Clock): Promise<number> {
  let deleted = 0;
  for await (const { store: ledger } of eachLedger(store)) deleted += await ledger.deleteExpiredCache(clock.now());
  return deleted;
}

/**
 * Keys. What runs in a workspace, or did before the ledger was in PostgreSQL, has its results in the same folder: so the
 * ledgers of the workspaces are asked too, and the SQLite of the home.
 */
async function readReferred(store: Store, { settings, clock }: SweepRequest): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  const collect = async (of: Store): Promise<void> => {
    for await (const { store: ledger } of eachLedger(of)) {
      for await (const part of ledger.walkStoredResults()) {
        for (const { store: name, key } of part) if (name === homeStore) keys.add(key);
      }
    }
  };
  await collect(store);
  if (settings.database === null || !existsSync(ledgerPath(settings.home))) return keys;
  const other = await openStore({ ...settings, database: null }, clock);
  try {
    await collect(other);
    return keys;
  } finally {
    await other.close();
  }
}

async function sweepFiles(
  { settings, clock, isDryRun, olderThanMs, signal }: SweepRequest,
  referred: ReadonlySet<string>,
): Promise<Omit<Swept, "cacheEntries">> {
  const folder = join(settings.home, "results");
  const before = clock.now() - olderThanMs;
  let [files, bytes, kept] = [0, 0, 0];
  for (const prefix of await namesIn(folder)) {
    if (!folderName.test(prefix)) continue;
    for (const name of await namesIn(join(folder, prefix))) {
      signal?.throwIfAborted();
      if (!fileName.test(name)) continue;
      const path = join(folder, prefix, name);
      const found = await stat(path).catch(() => null);
      if (found === null) continue;
      const isReferred = referred.has(prefix + name.replace(afterwards, ""));
      const goes = !isReferred && found.mtimeMs < before && (isDryRun || (await remove(path, before)));
      if (goes) {
        files++;
        bytes += found.size;
      } else {
        kept++;
      }
    }
  }
  return { files, bytes, kept };
}

/** Under another name first: who writes the same content now finds none, and writes it; who has found it has made it young. */
async function remove(path: string, before: number): Promise<boolean> {
  const aside = path.endsWith(afterwards) ? path : path + afterwards;
  await rename(path, aside);
  if ((await stat(aside)).mtimeMs >= before) {
    await rename(aside, aside.slice(0, -afterwards.length));
    return false;
  }
  await rm(aside, { force: true });
  return true;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  });
}
