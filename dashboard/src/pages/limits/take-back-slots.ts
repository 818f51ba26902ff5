import type { ConcurrencyLimit, Page, SlotLease } from "millrace/client";
import { api } from "../../api/api.ts";

const pageSize = 200;
/** Leases that are ended at most; whoever has more uses the command line. */
const maxLeases = 5000;

/** Ends the leases on a limit, and frees what is taken without one. One that holds slots of other limits too keeps those. */
export async function takeBackSlots(limit: ConcurrencyLimit): Promise<void> {
  const where = { field: "limitIds", hasAny: [limit.id] };
  let cursor: string | null = null;
  for (let read = 0; read < maxLeases; read += pageSize) {
    const page: Page<SlotLease> = await api.listObjects("slot-lease", { where }, { limit: pageSize, cursor });
    for (const { id, limitIds } of page.items) {
      if (limitIds.length === 1) await api.giveBackSlots({ leaseId: id });
    }
    cursor = page.next;
    if (cursor === null) break;
  }
  await api.updateObject("concurrency-limit", limit.id, { taken: 0, denied: 0 });
}
