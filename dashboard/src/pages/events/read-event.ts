import type { StoredEvent } from "millrace/client";
import { api } from "../../api/api.ts";

/** Events that may have happened in one ms, of which one is looked for. */
const maxAtOnce = 500;

/**
 * An event by its number, which finds each; or by its id, which finds what was recorded with one. Those of runs' states are
 * found by their id only where it is known when they happened: the ledger does not keep it.
 */
export async function readEvent(reference: string, at?: number): Promise<StoredEvent | null> {
  if (/^\d{1,15}$/.test(reference)) {
    const seq = Number(reference);
    const { items } = await api.listEvents({ afterSeq: seq - 1, beforeSeq: seq + 1 }, { limit: 1 });
    return items[0] ?? null;
  }
  const { items } = await api.listEvents({ ids: [reference] }, { limit: 1 });
  if (items[0] !== undefined || at === undefined) return items[0] ?? null;
  const then = await api.listEvents({ since: at, until: at }, { limit: maxAtOnce });
  return then.items.find(({ id }) => id === reference) ?? null;
}
