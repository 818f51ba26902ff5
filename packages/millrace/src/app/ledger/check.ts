import { isMillraceError } from "../../contract/errors.ts";
import type { Store } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { openStore } from "../open-store.ts";
import type { Settings } from "../settings.ts";
import { createResultFinder } from "./find-results.ts";

export interface CheckedLedger {
  /** What is wrong, in words. */
  readonly findings: readonly string[];
  /** Results that the home should have, by what refers to them, and that no folder has; null where they were not looked for. */
  readonly missingResults: number | null;
}

type CheckSettings = Pick<Settings, "home" | "database" | "durability"> & Partial<Pick<Settings, "resultStorage">>;

/** Looks through a ledger. One that cannot be opened because it is damaged is a finding, too. */
export async function checkLedger(options: {
  readonly settings: CheckSettings;
  readonly clock: Clock;
  /** Whether indexes and results are looked at, too. */
  readonly isFull: boolean;
}): Promise<CheckedLedger> {
  const { settings, clock, isFull } = options;
  let store: Store;
  try {
    store = await openStore(settings, clock);
  } catch (error) {
    if (!isMillraceError(error, "LEDGER_CORRUPT")) throw error;
    return { findings: [error.message], missingResults: null };
  }
  try {
    const findings = await store.check({ depth: isFull ? "everything" : "records" });
    const looksForResults = isFull && findings.length === 0;
    return {
      findings,
      missingResults: looksForResults ? await countMissing(store, settings) : null,
    };
  } finally {
    await store.close();
  }
}

async function countMissing(store: Store, settings: CheckSettings): Promise<number> {
  const finder = createResultFinder(settings);
  for await (const part of store.walkStoredResults()) for (const result of part) finder.look(result);
  return finder.findMissing().length;
}
