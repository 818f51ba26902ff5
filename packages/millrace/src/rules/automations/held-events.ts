/**
 * Expected events that may belong to a window that is not open yet.
 *
 * Events of one resource can be evaluated out of order. So a Proactive trigger with `after` holds each event that is
 * expected and opens no window itself; a window that opens later counts those that happened in it. Held are the first and
 * the last `threshold` events of each stretch of time as long as a window: any window overlaps at most two stretches, so it
 * still counts as many as it needs to be satisfied. Events older than both half an hour and a window are dropped.
 */

import type { EventFacts } from "../../contract/automations.ts";
import { type Bucket, type EventMark, maxHeldEventsPerKey, type TableDraft } from "./automation-state.ts";
import type { PreparedEvent } from "./prepare-automation.ts";

/** How long an event is held, at the least. Twice as long as an event may wait for the one that it follows. */
const heldForMs = 30 * 60_000;

export function isHeld(held: readonly EventMark[] | undefined, event: EventFacts): boolean {
  return held?.some(({ id }) => id === event.id) ?? false;
}

/** With the event, in the order in which they happened. */
export function holdEvent(
  trigger: PreparedEvent,
  held: readonly EventMark[] | undefined,
  event: EventMark,
): readonly EventMark[] {
  const all = [...(held ?? []), event].sort(inTime);
  const newestAt = all.at(-1)?.at ?? event.at;
  const fresh = all.filter(({ at }) => at >= newestAt - horizonMs(trigger));
  return trimStretch(fresh, trigger, event.at).slice(-maxHeldEventsPerKey);
}

/** Those that happened in the window. */
export function heldWithin(
  held: readonly EventMark[] | undefined,
  window: Pick<Bucket, "startAt" | "endAt">,
): readonly EventMark[] {
  return held?.filter(({ at }) => at >= window.startAt && at < window.endAt) ?? [];
}

/** Drops what no window can need any more: all is old, and no window is open over it. */
export function sweepHeld(options: {
  readonly trigger: PreparedEvent;
  readonly held: TableDraft<readonly EventMark[]>;
  readonly buckets: TableDraft<Bucket>;
  readonly now: number;
}): void {
  const { trigger, held, buckets, now } = options;
  for (const [key, events] of held.entries(trigger.path)) {
    const isOld = (events.at(-1)?.at ?? 0) < now - horizonMs(trigger);
    if (isOld && buckets.get(trigger.path, key) === undefined) held.delete(trigger.path, key);
  }
}

function horizonMs(trigger: PreparedEvent): number {
  return Math.max(heldForMs, trigger.trigger.withinMs);
}

/** Without those in the middle of the stretch that the time is in. */
function trimStretch(events: readonly EventMark[], trigger: PreparedEvent, at: number): readonly EventMark[] {
  const { withinMs, threshold } = trigger.trigger;
  const startAt = Math.floor(at / withinMs) * withinMs;
  const inStretch = heldWithin(events, { startAt, endAt: startAt + withinMs });
  const surplus = new Set(inStretch.slice(threshold, Math.max(threshold, inStretch.length - threshold)));
  return surplus.size === 0 ? events : events.filter((event) => !surplus.has(event));
}

function inTime(left: EventMark, right: EventMark): number {
  return left.at - right.at || (left.id < right.id ? -1 : 1);
}
