/** What the handlers of both kinds of limits do with limits and the leases on them. */

import type { Api } from "../../../contract/api.ts";
import type { ConcurrencyLimit, SlotLease } from "../../../contract/objects.ts";
import type { Condition } from "../../../contract/query.ts";
import type { Page } from "../../../contract/records.ts";

/** Objects read at once, at most. */
const pageLimit = 1000;

/** Of clients that never renew a lease: it lasts until they give the slots back. A century, in ms. */
export const endlessMs = 100 * 365 * 24 * 3_600_000;

/** Those of these names that there are, in the order of their names. */
export async function listLimitsByName(api: Api, names: readonly string[]): Promise<readonly ConcurrencyLimit[]> {
  const query = { where: { field: "name", in: names }, sort: { field: "name", direction: "asc" } } as const;
  return (await api.listObjects("concurrency-limit", query, { limit: pageLimit })).items;
}

/** The leases on these limits that have not ended, perhaps only those of one holder. */
export async function listLeases(
  api: Api,
  limitIds: readonly string[],
  holder?: string,
): Promise<readonly SlotLease[]> {
  const ofLimits: Condition = { field: "limitIds", hasAny: limitIds };
  const where = holder === undefined ? ofLimits : { all: [{ field: "holder", in: [holder] }, ofLimits] };
  const leases: SlotLease[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Page<SlotLease> = await api.listObjects("slot-lease", { where }, { limit: pageLimit, cursor });
    leases.push(...page.items);
    cursor = page.next;
    if (cursor === null) return leases;
  }
}

/** Gives back all slots that are held of the limit by leases, with the others of the same leases. */
export async function endLeases(api: Api, limitId: string): Promise<void> {
  for (const { id } of await listLeases(api, [limitId])) await api.giveBackSlots({ leaseId: id });
}
