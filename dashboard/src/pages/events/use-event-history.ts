/** How many events there were over the whole time that is asked for: the server counts them. */

import type { EventHistoryCell, StoredEvent } from "millrace/client";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { readNow } from "../../format/now.ts";
import { type Division, divide } from "./event-buckets.ts";
import { type EventsSearch, toFilter, toStart } from "./events-search.ts";

export interface EventHistory {
  /** The time that was asked for, until now: the first and the last part may be beyond it. */
  readonly from: number;
  readonly to: number;
  readonly division: Division;
  readonly cells: readonly EventHistoryCell[];
}

/** The server goes through all events to count them. In ms. */
const leastMs = 3000;

/** Null while it is not known, and where there are none. @param concerns whether an event is one of those that are shown */
export function useEventHistory(
  search: EventsSearch,
  concerns: (event: StoredEvent) => boolean,
): { readonly history: EventHistory | null; readonly refetch: () => void } {
  const { name, kind, resource, since } = search;
  const query = useLive({
    key: ["events", "history", name, kind, resource, since],
    read: () => readHistory(search),
    concerns,
    leastMs,
  });
  return { history: query.data ?? null, refetch: () => void query.refetch() };
}

async function readHistory(search: EventsSearch): Promise<EventHistory | null> {
  const filter = toFilter(search);
  const now = readNow();
  const from = toStart(search, now) ?? (await api.listEvents(filter, { limit: 1 })).items[0]?.at;
  if (from === undefined) return null;
  const to = Math.max(from, now);
  const division = divide(from, to);
  // The first part may begin before the time that is asked for.
  const cells = await api.readEventHistory({ filter: { ...filter, since: from }, ...division });
  return cells.length === 0 ? null : { from, to, division, cells };
}
