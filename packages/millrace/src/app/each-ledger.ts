import type { Page } from "../contract/records.ts";
import type { Store } from "../contract/store.ts";
import type { Workspace } from "../contract/workspaces.ts";

export interface FoundLedger {
  /** Null for the ledger itself. */
  readonly workspace: Workspace | null;
  readonly store: Store;
}

/** Entries of the cache that had expired before that time, of all ledgers; how many there were. */
export async function deleteExpiredCaches(store: Store, before: number): Promise<number> {
  let deleted = 0;
  for await (const { store: ledger } of eachLedger(store)) deleted += await ledger.deleteExpiredCache(before);
  return deleted;
}

/** The ledger itself, and then those of its workspaces, deleted ones too until they are purged: each is open while it is looked at. */
export async function* eachLedger(store: Store): AsyncGenerator<FoundLedger> {
  yield { workspace: null, store };
  for (let cursor: string | null = null; ; ) {
    const page: Page<Workspace> = await store.workspaces.findWorkspaces({ limit: 200, cursor });
    for (const workspace of page.items) {
      const beside = await store.openBeside(workspace.id);
      try {
        yield { workspace, store: beside };
      } finally {
        await beside.close();
      }
    }
    if (page.next === null) return;
    cursor = page.next;
  }
}
