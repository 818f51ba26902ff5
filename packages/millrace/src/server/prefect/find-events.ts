/**
 * Events by Prefect's filter. The ledger narrows them down, and what it finds is looked at page by page. A request looks at
 * so many events at most, and says where it stopped: the next page goes on from there, and who counts says that there are more.
 */

import type { Api } from "../../contract/api.ts";
import type { EventDescriber } from "../../contract/event-facts.ts";
import type { EventFilter as LedgerFilter } from "../../contract/records.ts";
import { toPrefectEvent } from "./mapping/event.ts";
import { createEventMatch, toLedgerFilter } from "./mapping/event-filter.ts";
import type { EventFilter, ReceivedEvent } from "./schemas/events.ts";

export interface EventSource {
  readonly api: Pick<Api, "listEvents">;
  readonly describer: EventDescriber;
}

/** An event that is meant, and the number that it has in the ledger. */
export interface FoundEvent {
  readonly seq: number;
  readonly at: number;
  readonly event: ReceivedEvent;
}

/** Events of one question to the ledger. */
const pageSize = 500;

/** `lookedAt` is the number of the last event that was looked at; null at the end of all. */
export interface EventScan {
  readonly found: readonly FoundEvent[];
  readonly lookedAt: number | null;
}

/**
 * Looks at events in the filter's order, from after the one numbered `from` (null: from the beginning), until `isEnough`
 * says so of what was found, or `maxLooked` events were looked at. `found` may be a page more than enough.
 */
export async function scanEvents(
  { api, describer }: EventSource,
  filter: EventFilter,
  options: {
    readonly from: number | null;
    readonly maxLooked: number;
    readonly isEnough: (count: number) => boolean;
  },
): Promise<EventScan> {
  const ledgerFilter = toLedgerFilter(filter);
  const isMeant = createEventMatch(filter);
  const seen = new Set<string>();
  const isDistinct = filter.resource?.distinct === true;
  const found: FoundEvent[] = [];
  let from = options.from;
  for (let looked = 0; looked < options.maxLooked; looked += pageSize) {
    const { items } = await api.listEvents(startFrom(ledgerFilter, from), { limit: pageSize });
    const events = (await describer.describe(items)).map(toPrefectEvent);
    for (const [index, event] of events.entries()) {
      if (!isMeant(event)) continue;
      const id = event.resource["prefect.resource.id"] ?? "";
      if (isDistinct && seen.has(id)) continue;
      seen.add(id);
      const { seq = 0, at = 0 } = items[index] ?? {};
      found.push({ seq, at, event });
    }
    from = items.at(-1)?.seq ?? from;
    if (items.length < pageSize) return { found, lookedAt: null };
    if (options.isEnough(found.length)) return { found, lookedAt: from };
  }
  const { items } = await api.listEvents(startFrom(ledgerFilter, from), { limit: 1 });
  return { found, lookedAt: items.length === 0 ? null : from };
}

/** What is counted of an event. */
export interface EventOutline {
  readonly at: number;
  readonly event: string;
  readonly resource: Readonly<Record<string, string>>;
}

export interface EventOutlines {
  readonly events: readonly EventOutline[];
  /** Whether those are all: false where there were more events to look at. */
  readonly isWhole: boolean;
}

/** Of the events that are meant, those among the first `maxLooked` that the ledger finds. */
export async function outlineEvents(
  source: EventSource,
  filter: EventFilter,
  maxLooked: number,
): Promise<EventOutlines> {
  const { found, lookedAt } = await scanEvents(source, filter, { from: null, maxLooked, isEnough: () => false });
  const events = found.map(({ at, event }) => ({ at, event: event.event, resource: event.resource }));
  return { events, isWhole: lookedAt === null };
}

function startFrom(filter: LedgerFilter, from: number | null): LedgerFilter {
  if (from === null) return filter;
  return filter.order === "newest-first" ? { ...filter, beforeSeq: from } : { ...filter, afterSeq: from };
}
