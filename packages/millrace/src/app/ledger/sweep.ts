/**
 * Deletes files of results that nothing in the ledger refers to: no run, no task, no entry of the cache. Results are written
 * before the ledger refers to them, so a young file is left alone, and one that somebody writes again meanwhile comes back.
 */

import { join } from "node:path";
import type { Store } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { createFileSweep } from "../../results/file-sweep.ts";
import { deleteExpiredCaches } from "../each-ledger.ts";
import { openStore } from "../open-store.ts";
import type { Settings } from "../settings.ts";
import { walkReferredResults } from "./referred-results.ts";

export interface SweepRequest {
  readonly settings: Pick<Settings, "home" | "database" | "durability">;
  readonly clock: Clock;
  /** Whether it is only counted. */
  readonly isDryRun: boolean;
  /** Younger files are left alone, and entries of the cache that have expired since, in ms. */
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

export async function sweepLedger(request: SweepRequest): Promise<Swept> {
  const { settings, clock, isDryRun, olderThanMs } = request;
  const store = await openStore({ ...settings, poolSize: 1 }, clock);
  try {
    // Who has taken a result from an entry just before it expired may be about to refer to it.
    const cacheEntries = isDryRun ? null : await deleteExpiredCaches(store, clock.now() - olderThanMs);
    return { cacheEntries, ...(await sweepFiles(request, await readReferred(store, request))) };
  } finally {
    await store.close();
  }
}

/** Keys, of whatever storage: this folder may have other names, and keys are digests. */
async function readReferred(store: Store, request: SweepRequest): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for await (const part of walkReferredResults(store, request)) for (const { key } of part) keys.add(key);
  return keys;
}

async function sweepFiles(
  { settings, clock, isDryRun, olderThanMs, signal }: SweepRequest,
  referred: ReadonlySet<string>,
): Promise<Omit<Swept, "cacheEntries">> {
  const storage = createFileSweep(join(settings.home, "results"));
  const before = clock.now() - olderThanMs;
  let [files, bytes, kept] = [0, 0, 0];
  for await (const part of storage.walk()) {
    for (const found of part) {
      signal?.throwIfAborted();
      const isUnwanted = !referred.has(found.key) && found.cameAt < before;
      if (isUnwanted && (isDryRun || (await storage.deleteUntouched(found)))) {
        files++;
        bytes += found.sizeBytes;
      } else {
        kept++;
      }
    }
  }
  return { files, bytes, kept };
}
