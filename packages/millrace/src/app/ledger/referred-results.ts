/**
 * What refers to results of a home: its ledger, the ledgers of its workspaces, and the SQLite of the home, which was the ledger before
 * that was in PostgreSQL. All of them have their results in the same folder.
 */

import { existsSync } from "node:fs";
import type { Store, StoredResult } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { eachLedger } from "../each-ledger.ts";
import { ledgerPath, openStore } from "../open-store.ts";
import type { Settings } from "../settings.ts";

/** Part by part; one that several rows refer to comes several times. */
export async function* walkReferredResults(
  store: Store,
  { settings, clock }: { readonly settings: Pick<Settings, "home" | "database" | "durability">; readonly clock: Clock },
): AsyncGenerator<readonly StoredResult[], void, undefined> {
  yield* walkLedgers(store);
  if (settings.database === null || !existsSync(ledgerPath(settings.home))) return;
  const other = await openStore({ ...settings, database: null }, clock);
  try {
    yield* walkLedgers(other);
  } finally {
    await other.close();
  }
}

async function* walkLedgers(of: Store): AsyncGenerator<readonly StoredResult[], void, undefined> {
  for await (const { store } of eachLedger(of)) yield* store.walkStoredResults();
}
