/**
 * Events counted by Prefect's filter. The ledger counts all that there are where it knows what is meant; labels, related
 * resources and words are looked for in events one by one, in so many of them at most.
 */

import { maxHistoryBuckets } from "../../contract/aggregates.ts";
import type { Api } from "../../contract/api.ts";
import type { EventFilter as LedgerFilter } from "../../contract/records.ts";
import { type EventSource, outlineEvents } from "./find-events.ts";
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
import { isExactInLedger, toLedgerFilter } from "./mapping/event-filter.ts";
import type { EventCount, EventFilter } from "./schemas/events.ts";

/** What a total of events comes to at most. */
const maxTotal = 1_000_000;
/** Events that are looked at one by one for the total of a page, and to be counted by what they have in common. */
const lookedAtForTotal = 20_000;
const lookedAtForCounts = 100_000;

export interface CountedSource extends EventSource {
  readonly api: Pick<Api, "listEvents" | "readEventHistory" | "groupEvents">;
}

/** A filter whose times are closed. Up to a million, and that for more. */
export async function countAll(source: CountedSource, filter: EventFilter): Promise<number> {
  if (!isExactInLedger(filter)) return (await outlineEvents(source, filter, lookedAtForTotal)).length;
  const { since = 0, until = 0 } = filter.occurred;
  if (until < since) return 0;
  const bucketMs = until - since + 1;
  const asked = { filter: toLedgerFilter(filter), from: since, to: since + bucketMs, bucketMs, enough: maxTotal };
  const counted = (await source.api.readEventHistory(asked)).reduce((sum, { count }) => sum + count, 0);
  return Math.min(counted, maxTotal);
}

export async function countOverTime(
  source: CountedSource,
  filter: EventFilter,
  spans: TimeSpans,
): Promise<readonly EventCount[]> {
  if (isExactInLedger(filter)) return toSpanCounts(spans, await countSpans(source.api, toLedgerFilter(filter), spans));
  const events = await outlineEvents(source, filter, lookedAtForCounts);
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
  const events = await outlineEvents(source, filter, lookedAtForCounts);
  return countByValue(events.map(by === "resource" ? countedByResource : countedByName));
}
