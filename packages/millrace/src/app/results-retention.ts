/** The loop of a server that deletes results which nothing refers to any more, where somebody has said after what time. */

import { join } from "node:path";
import type { SweptStorage } from "../contract/results.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { createUnreferencedResultsLoop } from "../loops/unreferenced-results.ts";
import { createFileSweep } from "../results/file-sweep.ts";
import { deleteExpiredCaches } from "./each-ledger.ts";
import { walkReferredResults } from "./ledger/referred-results.ts";
import { folderOfStorage } from "./result-storage.ts";
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
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): readonly LoopEntry[] {
  const { resultRetentionMs } = settings;
  if (resultRetentionMs === null) return [];
  const loop = createUnreferencedResultsLoop({
    storages: sweptStorages(settings),
    walkReferred: () => walkReferredResults(store, { settings, clock }),
    deleteExpiredCache: (before) => deleteExpiredCaches(store, before),
    clock,
    retentionMs: resultRetentionMs,
  });
  return [{ name: "unreferenced results", everyMs, tick: () => loop.tick(), stop: () => loop.stop() }];
}

/** Those of the home, and those of the folder where new ones go. S3 tells nobody that an object was found to be there already. */
function sweptStorages({ home, resultStorage }: ResultsRetention): readonly SweptStorage[] {
  const atHome = createFileSweep(join(home, "results"));
  const elsewhere = resultStorage === null ? null : folderOfStorage(resultStorage);
  return elsewhere === null ? [atHome] : [atHome, createFileSweep(elsewhere)];
}
