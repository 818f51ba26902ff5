/** The loop of a server that deletes results which nothing refers to any more, where somebody has said after what time. */

import { join } from "node:path";
import type { SweptStorage } from "../contract/results.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { createUnreferencedResultsLoop } from "../loops/unreferenced-results.ts";
import { createFileSweep } from "../results/file-sweep.ts";
import { deleteExpiredCaches } from "./each-ledger.ts";
import { walkReferredResults } from "./ledger/referred-results.ts";
import { openSweep } from "./result-storage.ts";
import type { S3CredentialsReader } from "./s3-credentials.ts";
import type { LoopEntry } from "./server-loops.ts";
import type { Settings } from "./settings.ts";

export type ResultsRetention = Pick<
  Settings,
  "home" | "database" | "durability" | "resultStorage" | "resultRetentionMs"
>;

const everyMs = 60_000;

/** None where nobody has said so: others may have results in the same folder, of which this ledger knows nothing. */
export function createResultsRetention(
  settings: ResultsRetention,
  {
    store,
    clock,
    readCredentials,
  }: { readonly store: Store; readonly clock: Clock; readonly readCredentials: S3CredentialsReader },
): readonly LoopEntry[] {
  const { resultRetentionMs } = settings;
  if (resultRetentionMs === null) return [];
  const loop = createUnreferencedResultsLoop({
    storages: sweptStorages(settings, readCredentials),
    walkReferred: () => walkReferredResults(store, { settings, clock }),
    deleteExpiredCache: (before) => deleteExpiredCaches(store, before),
    clock,
    retentionMs: resultRetentionMs,
  });
  return [{ name: "unreferenced results", everyMs, tick: () => loop.tick(), stop: () => loop.stop() }];
}

/** Those of the home, and those where new ones go. */
function sweptStorages(
  { home, resultStorage }: ResultsRetention,
  readCredentials: S3CredentialsReader,
): readonly SweptStorage[] {
  const atHome = createFileSweep(join(home, "results"));
  return resultStorage === null ? [atHome] : [atHome, openSweep(resultStorage, readCredentials)];
}
