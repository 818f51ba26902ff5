/**
 * Events counted by Prefect's filter. The ledger counts all that there are where it knows what is meant; labels, related
 * resources and words are looked for in events one by one, in so many of them at most. With more of them a total says that it is
 * the least that there are, and counts by what events have in common are refused: each of them would be too small.
 */

import { maxHistoryBuckets } from "../../contract/aggregates.ts";
import type { Api } from "../../contract/api.ts";
import type { EventFilter as LedgerFilter } from "../../contract/records.ts";
import { type EventOutline, type EventSource, outlineEvents } from "./find-events.ts";
import {
  countByTime,
  countByValue,
  countedByName,
  countedByResource,
  fromGroups,
  startOfSpan,
  type TimeSpans,
  toSpanCounts,
} from "./mapping/event-counts.ts";
import { PrefectError } from "./errors.ts";
import { isExactInLedger, toLedgerFilter } from "./mapping/event-filter.ts";
import type { EventCount, EventFilter } from "./schemas/events.ts";

/** What a total of events comes to at most. */
const maxTotal = 1_000_000;
/** Events that are looked at one by one for the total of a page. */
const lookedAtForTotal = 20_000;

export interface CountedSource extends EventSource {
  readonly api: Pick<Api, "listEvents" | "readEventHistory" | "groupEvents">;
  /** Events that are looked at one by one to be counted by what they have in common. Default 100,000. */
  readonly lookedAtForCounts?: number;
}

export interface EventTotal {
  readonly total: number;
  /** Whether there may be more. */
  readonly isAtLeast: boolean;
}

/** @param filter whose times are closed */
export async function countAll(source: CountedSource, filter: EventFilter): Promise<EventTotal> {
  if (!isExactInLedger(filter)) {
    const { events, isWhole } = await outlineEvents(source, filter, lookedAtForTotal);
    return { total: events.length, isAtLeast: !isWhole };
  }
  const { since = 0, until = 0 } = filter.occurred;
  if (until < since) return { total: 0, isAtLeast: false };
  const bucketMs = until - since + 1;
  const asked = { filter: toLedgerFilter(filter), from: since, to: since + bucketMs, bucketMs, enough: maxTotal };
  const counted = (await source.api.readEventHistory(asked)).reduce((sum, { count }) => sum + count, 0);
  return { total: Math.min(counted, maxTotal), isAtLeast: counted >= maxTotal };
}

export async function countOverTime(
  source: CountedSource,
  filter: EventFilter,
  spans: TimeSpans,
): Promise<readonly EventCount[]> {
  if (isExactInLedger(filter)) return toSpanCounts(spans, await countSpans(source.api, toLedgerFilter(filter), spans));
  const events = await outlineAll(source, filter);
  return countByTime(
    spans,
    events.map(({ at }) => at),
  );
}

/** By the place of a span; those without an event are left out. */
async function countSpans(
  api: CountedSource["api"],
  filter: LedgerFilter,
  spans: TimeSpans,
): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>();
  for (let first = 0; first < spans.count; first += maxHistoryBuckets) {
    const from = startOfSpan(spans, first);
    // What happens where the next part begins belongs to that: times have microseconds.
    const to = startOfSpan(spans, Math.min(first + maxHistoryBuckets, spans.count)) - 0.001;
    const cells = await api.readEventHistory({ filter, from, to, bucketMs: spans.spanMs });
    for (const { bucket, count } of cells) counts.set(first + bucket, count);
  }
  return counts;
}

export async function countByWhatIsEqual(
  source: CountedSource,
  filter: EventFilter,
  by: "name" | "resource",
): Promise<readonly EventCount[]> {
  if (isExactInLedger(filter)) {
    return fromGroups(await source.api.groupEvents({ filter: toLedgerFilter(filter), by }), by);
  }
  const events = await outlineAll(source, filter);
  return countByValue(events.map(by === "resource" ? countedByResource : countedByName));
}

async function outlineAll(source: CountedSource, filter: EventFilter): Promise<readonly EventOutline[]> {
  const { lookedAtForCounts = 100_000 } = source;
  const { events, isWhole } = await outlineEvents(source, filter, lookedAtForCounts);
  if (!isWhole) throw tooManyToLookAt(lookedAtForCounts);
  return events;
}

/** What an answer would have to leave out is refused instead. */
export function tooManyToLookAt(most: number): PrefectError {
  const detail =
    `More than ${most} events happened in the time that is asked for, and what this filter says of labels, related resources, ` +
    "words or distinct resources is looked for in each of them. Ask for a shorter time, or for events by their names or " +
    "the ids of their resources.";
  return new PrefectError({ status: 422, detail });
}
