/** The end of the event stream, which an orchestrator gives from its beginning only. */

import type { Api } from "../contract/api.ts";
import { findLastSeq } from "../contract/last-event.ts";
import type { StoredEvent } from "../contract/records.ts";
import { readPages } from "./read-pages.ts";

export type EventFilter = Omit<Parameters<Api["listEvents"]>[0], "afterSeq">;

/** How much further back is looked when there were too few. */
const growth = 8;

/** The last `limit` events of a filter, oldest first. Does not read what is long past. */
export async function readNewestEvents(api: Api, filter: EventFilter, limit: number): Promise<readonly StoredEvent[]> {
  const last = await findLastSeq(api);
  // The events of one run lie close together, and anywhere.
  let window = filter.flowRunIds === undefined ? limit : last;
  for (;;) {
    const afterSeq = Math.max(0, last - window);
    const events = await readPages((page) => api.listEvents({ ...filter, afterSeq }, page));
    if (events.length >= limit || afterSeq === 0) return events.slice(-limit);
    window *= growth;
  }
}
