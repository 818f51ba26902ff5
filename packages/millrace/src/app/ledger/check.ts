import { existsSync } from "node:fs";
import { join } from "node:path";
import { isMillraceError } from "../../contract/errors.ts";
import type { Store } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { openStore } from "../open-store.ts";
import type { Settings } from "../settings.ts";
import { homeStore, resultFile } from "./copied-results.ts";

export interface CheckedLedger {
  /** What is wrong, in words. */
  readonly findings: readonly string[];
  /** Results that the ledger refers to and the home does not have; null where they were not looked for. */
  readonly missingResults: number | null;
}

/** Looks through a ledger. One that cannot be opened because it is damaged is a finding, too. */
export async function checkLedger(options: {
  readonly settings: Pick<Settings, "home" | "database" | "durability">;
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
      missingResults: looksForResults ? await countMissing(store, join(settings.home, "results")) : null,
    };
  } finally {
    await store.close();
  }
}

async function countMissing(store: Store, folder: string): Promise<number> {
  const missing = new Set<string>();
  for await (const part of store.walkStoredResults()) {
    for (const { store: name, key } of part) {
      if (name === homeStore && !existsSync(resultFile(folder, key))) missing.add(key);
    }
  }
  return missing.size;
}
