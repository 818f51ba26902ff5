import type { SlotLease } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import type { Page } from "../contract/records.ts";
import type { Store } from "../contract/store.ts";

/** Leases read at once. */
const pageLimit = 500;

/** Deletes the leases that hold slots of a limit that is gone, but not those that hold some of others too. */
export async function deleteLeasesOf(store: Store, limitId: string): Promise<void> {
  const where: Condition = { field: "limitIds", hasAny: [limitId] };
  for (let cursor: string | null = null; ; ) {
    const page: Page<SlotLease> = await store.findObjects("slot-lease", { where }, { limit: pageLimit, cursor });
    const own = page.items.filter(({ limitIds }) => limitIds.length === 1);
    for (const { id } of own) await store.deleteObject("slot-lease", id, null);
    if (page.next === null) return;
    cursor = page.next;
  }
}
