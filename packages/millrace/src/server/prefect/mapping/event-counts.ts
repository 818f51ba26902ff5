/** Counting events by what they have in common: their time, name or resource. */

import type { EventGroup } from "../../../contract/aggregates.ts";
import type { EventCount } from "../schemas/events.ts";
import { toPrefectTime } from "../times.ts";
import { toPrefectLabels, toPrefectName } from "./names.ts";

export type TimeUnit = "week" | "day" | "hour" | "minute" | "second";

const unitMs: Readonly<Record<TimeUnit, number>> = {
  week: 7 * 86_400_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
};

/** Spans of time begin at whole multiples of their length from here: a Monday, as Prefect has it. */
const pivotMs = Date.UTC(2024, 3, 1);

/** More spans than that are refused. */
const maxSpans = 1000;

export interface TimeSpans {
  readonly firstIndex: number;
  readonly spanMs: number;
  readonly count: number;
}

/**
 * The spans from `since` to `until` (ms since the epoch), the last of which may end after the present. A text says what is
 * wrong with them.
 */
export function toTimeSpans(options: {
  readonly since: number;
  readonly until: number;
  readonly unit: TimeUnit;
  readonly interval: number;
  readonly now: number;
}): TimeSpans | string {
  const { since, until, unit, interval, now } = options;
  const spanMs = unitMs[unit] * interval;
  const asked = Math.ceil((until - since) / spanMs);
  if (asked > maxSpans) {
    return (
      `The given interval would create ${asked} buckets, which is too many. Please increase the interval or reduce the ` +
      `time range to produce ${maxSpans} buckets or fewer.`
    );
  }
  const end = until > now ? endOfUnit(now, unit) : until;
  const firstIndex = Math.floor((since - pivotMs) / spanMs);
  const count = Math.max(0, Math.ceil((end - (pivotMs + firstIndex * spanMs)) / spanMs));
  return { firstIndex, spanMs, count };
}

function endOfUnit(now: number, unit: TimeUnit): number {
  return pivotMs + (Math.floor((now - pivotMs) / unitMs[unit]) + 1) * unitMs[unit] - 0.001;
}

/** Of the span at this place (0, 1 …), in ms since the epoch. */
export function startOfSpan({ firstIndex, spanMs }: TimeSpans, place: number): number {
  return pivotMs + (firstIndex + place) * spanMs;
}

/** One count a span, also of those without an event. `times` are in ms since the epoch. */
export function countByTime(spans: TimeSpans, times: Iterable<number>): EventCount[] {
  const counts = new Map<number, number>();
  for (const at of times) {
    const index = Math.floor((at - pivotMs) / spans.spanMs) - spans.firstIndex;
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  return toSpanCounts(spans, counts);
}

/** @param counts by the place of a span */
export function toSpanCounts(spans: TimeSpans, counts: ReadonlyMap<number, number>): EventCount[] {
  return Array.from({ length: spans.count }, (_, index) => {
    const start = startOfSpan(spans, index);
    const startTime = toPrefectTime(start);
    return {
      value: String(index),
      label: startTime,
      count: counts.get(index) ?? 0,
      start_time: startTime,
      end_time: toPrefectTime(start + spans.spanMs - 0.001),
    };
  });
}

export interface Counted {
  readonly value: string;
  readonly label: string;
  readonly at: number;
}

/** The most frequent first. The label of a value is that of its newest event. */
export function countByValue(events: Iterable<Counted>): EventCount[] {
  const groups = new Map<string, { label: string; labelAt: number; count: number; first: number; last: number }>();
  for (const { value, label, at } of events) {
    const group = groups.get(value);
    if (group === undefined) {
      groups.set(value, { label, labelAt: at, count: 1, first: at, last: at });
      continue;
    }
    group.count++;
    group.first = Math.min(group.first, at);
    group.last = Math.max(group.last, at);
    if (at > group.labelAt) Object.assign(group, { label, labelAt: at });
  }
  return inOrder(
    [...groups].map(([value, { label, count, first, last }]) => ({
      value,
      label,
      count,
      start_time: toPrefectTime(first),
      end_time: toPrefectTime(last),
    })),
  );
}

/** What the ledger has counted. */
export function fromGroups(groups: readonly EventGroup[], by: "name" | "resource"): EventCount[] {
  return inOrder(
    groups.map(({ count, firstAt, lastAt, newest }) => {
      const { name, at, resource } = newest;
      const outline = { at, event: toPrefectName(name), resource: toPrefectLabels(resource) };
      const { value, label } = by === "resource" ? countedByResource(outline) : countedByName(outline);
      return { value, label, count, start_time: toPrefectTime(firstAt), end_time: toPrefectTime(lastAt) };
    }),
  );
}

function inOrder(counts: readonly EventCount[]): EventCount[] {
  return counts.toSorted((left, right) => right.count - left.count || (left.label < right.label ? -1 : 1));
}

interface Outline {
  readonly at: number;
  readonly event: string;
  readonly resource: Readonly<Record<string, string>>;
}

export function countedByName({ at, event }: Outline): Counted {
  return { at, value: event, label: event };
}

export function countedByResource({ at, resource }: Outline): Counted {
  const value = resource["prefect.resource.id"] ?? "";
  return { at, value, label: resource["prefect.resource.name"] ?? resource["prefect.name"] ?? value };
}
