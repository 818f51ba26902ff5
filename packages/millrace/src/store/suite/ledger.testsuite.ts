/** How a suite gets at a database: a ledger of its own, which any number of stores open. */

import { afterAll, beforeAll } from "vitest";
import type { Store } from "../../contract/store.ts";

export interface TestLedger {
  /** Opens the ledger, as another process would. */
  open(): Promise<Store>;
  /** Deletes all that is recorded. */
  clear(): Promise<void>;
  remove(): Promise<void>;
}

/** What `clear` deletes from. */
export const tables = [
  "flow_run",
  "task_run",
  "cache_entry",
  "event",
  "log",
  "artifact",
  "variable",
  "secret",
  "run_input",
  "executor_process",
  "slot",
  "flow",
  "deployment",
  "schedule",
  "work_pool",
  "work_queue",
  "worker",
  "block_type",
  "block_schema",
  "block_document",
  "concurrency_limit",
  "slot_lease",
  "automation",
  "automation_firing",
  "workspace",
  "workspace_member",
  "saved_search",
  "webhook",
  "deployment_version",
  "configuration",
] as const;

export type MakeLedger = () => Promise<TestLedger>;

/** A ledger with one open store for the tests of a `describe`. Tests do not clash: each makes runs of its own. */
export function useStore(makeLedger: MakeLedger): { readonly store: Store; openAnother(): Promise<Store> } {
  let ledger: TestLedger;
  const stores: Store[] = [];
  const open = async (): Promise<Store> => {
    const store = await ledger.open();
    stores.push(store);
    return store;
  };
  beforeAll(async () => {
    ledger = await makeLedger();
    await open();
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await ledger.remove();
  });
  return {
    get store() {
      return stores[0] as Store;
    },
    openAnother: open,
  };
}
