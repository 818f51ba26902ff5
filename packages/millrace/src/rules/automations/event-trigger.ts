/**
 * Event triggers. Events are counted in windows ("buckets"), one at a time for each value of `forEach`.
 *
 * Opening
 * - With `after`, an event named there opens a window of `withinMs` from its own time; while the window is open another one
 *   changes nothing. What is expected without an open window does not count.
 * - Without `after`, the first expected event opens a window that ends `withinMs` after it. That window also takes events of
 *   the quarter of an hour before, which arrive late. Later windows begin where the one before ended, or at the first event
 *   after that.
 * - A Proactive trigger without `after` and without `forEach` always has a window: there is one thing to watch, and it may
 *   never be heard of.
 * - An event in both `after` and `expect` opens a window without counting in it, and counts in the one that is open.
 *
 * Reactive: fires as soon as `threshold` events are counted, then not again for what is left of the window. With `withinMs` 0
 * there is no such rest: it fires again at once; a threshold above one is then counted until 60 s after the first event.
 *
 * Proactive: fires when a window ends with fewer than `threshold` events. Whether it ends is seen by a tick, or by an
 * expected event of a later time. With `after`, a window closes for good when it has ended or has what it waits for. Without
 * it the next window begins; but one of a value of `forEach` that had what it waits for ends there, so that what is gone for
 * good is not missed for ever. An event in both `after` and `expect` that satisfies a window begins it anew from itself: the
 * next sign of life is waited for.
 *
 * Late: an event before the window's start is ignored. An event that was counted in the window is not counted again.
 *
 * These are Prefect's rules but where its outcome hangs on when its periodic evaluation happens to come. There we take the
 * outcome of one that comes in time: a window that has ended never swallows the event that opens the next one, a satisfied
 * window with `after` is closed at once, the windows of a Proactive trigger without `after` follow each other without a gap,
 * and no window opens without its `after`.
 */

import type { EventFacts } from "../../contract/automations.ts";
import { formatDuration } from "../../kit/duration.ts";
import { type Bucket, keyText, keyValues, rowsOf, type Table } from "./automation-state.ts";
import {
  countEvent,
  type EventEvaluation,
  explain,
  hold,
  isSwept,
  openBucket,
  readBucket,
  type Window,
} from "./event-windows.ts";
import { countText, createFiring } from "./firing.ts";
import { isHeld, sweepHeld } from "./held-events.ts";
import { findLabel } from "./match-event.ts";
import type { PreparedEvent } from "./prepare-automation.ts";

/** How far back the first window of a trigger without `after` reaches. */
const lookbackMs = 15 * 60_000;
/** Evaluates an event that the trigger is about (see {@link PreparedEvent.concerns}). */
export function evaluateEvent(evaluation: EventEvaluation, event: EventFacts): void {
  const { trigger, draft } = evaluation;
  const window: Window = { ...evaluation, key: keyText(trigger.forEach.map((label) => findLabel(event, label))) };
  const isStart = trigger.starts(event.name);
  const isExpected = trigger.expects(event.name);

  if (isStart) endBefore(window, event.at);
  let bucket = readBucket(window, event.at);
  if (bucket === undefined && isStart) {
    // One less, because the event is counted below and must not count in the window that it opens.
    bucket = openBucket(window, { startAt: event.at, count: isExpected ? -1 : 0, event });
  } else if (bucket === undefined && !trigger.hasAfter) {
    bucket = openBucket(window, { startAt: event.at - lookbackMs, endAt: event.at + trigger.trigger.withinMs, event });
  }

  if (!isExpected) {
    closeIfSatisfied(window);
    return;
  }
  if (trigger.holdsEvents && !isStart) {
    const held = draft.held.get(trigger.path, window.key);
    if (isHeld(held, event)) {
      explain(window, "repeated", `${event.name} was evaluated before`);
      return;
    }
    hold(window, event);
  }
  if (bucket === undefined) {
    explain(window, "no-window", `${event.name} came, but none of ${trigger.trigger.after.join(", ")} before it`);
    return;
  }
  evaluateBucket(window, { bucket, now: event.at, event });
}

/** Ends the windows whose time is over at `now` (ms since the epoch), and drops what is no longer needed. */
export function evaluateTick(evaluation: EventEvaluation, now: number): void {
  const { trigger, draft } = evaluation;
  if (trigger.isReactive) {
    for (const [key, bucket] of draft.buckets.entries(trigger.path)) {
      if (isSwept(bucket, now)) draft.buckets.delete(trigger.path, key);
    }
    return;
  }
  if (trigger.forEach.length === 0 && !trigger.hasAfter) {
    const window: Window = { ...evaluation, key: keyText([]) };
    if (readBucket(window, now) === undefined) openBucket(window, { startAt: now });
  }
  const ended = draft.buckets.entries(trigger.path).filter(([, bucket]) => bucket.endAt <= now);
  ended.sort(([, left], [, right]) => left.endAt - right.endAt);
  for (const [key, bucket] of ended) evaluateBucket({ ...evaluation, key }, { bucket, now, event: null });
  if (trigger.holdsEvents) sweepHeld({ trigger, held: draft.held, buckets: draft.buckets, now });
}

/** When the next tick changes anything, in ms since the epoch (0: at once); null: not before an event comes. */
export function nextTickAt(trigger: PreparedEvent, buckets: Table<Bucket>): number | null {
  if (trigger.isReactive) return null;
  let next: number | null = null;
  for (const [, { endAt }] of rowsOf(buckets, trigger.path)) next = Math.min(next ?? endAt, endAt);
  // A window that must always be there is opened by the first tick, whenever that is.
  return next ?? (trigger.forEach.length === 0 && !trigger.hasAfter ? 0 : null);
}

function evaluateBucket(
  window: Window,
  step: { readonly bucket: Bucket; readonly now: number; readonly event: EventFacts | null },
): void {
  const { trigger } = window;
  const { now, event } = step;
  if (now < step.bucket.startAt) {
    explain(
      window,
      "late",
      `${event?.name ?? "The time"} is before the window, which begins ${formatDuration(step.bucket.startAt - now)} later`,
    );
    return;
  }
  if (event !== null && step.bucket.eventIds.includes(event.id)) {
    explain(window, "repeated", `${event.name} was counted before`);
    return;
  }
  const isInWindow = now < step.bucket.endAt;
  const isCounted = event !== null && (trigger.isImmediate || isInWindow);
  const bucket = isCounted ? countEvent(window, step.bucket, event) : step.bucket;
  const isEnough = bucket.count >= trigger.trigger.threshold;
  const fires = trigger.isReactive ? isEnough : !isEnough && !isInWindow;
  if (fires) fireBucket(window, { bucket, now, event });
  else if (isInWindow) {
    explain(window, "counted", progressText(trigger, bucket.count));
    if (!trigger.isReactive) renewOrClose(window, { bucket, previous: step.bucket, event });
    return;
  }
  leaveBucket(window, { bucket, now, fired: fires, event: isCounted ? null : event });
}

/** A Proactive window that goes on: begun anew by a sign of life, closed when it has all it waits for. */
function renewOrClose(
  window: Window,
  step: { readonly bucket: Bucket; readonly previous: Bucket; readonly event: EventFacts | null },
): void {
  const { trigger } = window;
  const { bucket, previous, event } = step;
  const isEnough = bucket.count >= trigger.trigger.threshold;
  if (event !== null && isEnough && trigger.starts(event.name)) {
    // What ends the watch may have happened after this event and been evaluated before it: then it stays the last one.
    const last = previous.lastEvent;
    const isLater = last !== null && last.at >= event.at && trigger.expects(last.name) && !trigger.starts(last.name);
    openBucket(window, { startAt: event.at, event: isLater ? last : event });
  }
  closeIfSatisfied(window);
}

/** What becomes of a window that has fired or ended. `event` is one of a later time, which is not counted yet. */
function leaveBucket(
  window: Window,
  step: { readonly bucket: Bucket; readonly now: number; readonly fired: boolean; readonly event: EventFacts | null },
): void {
  const { trigger, draft, key } = window;
  const { bucket, now, fired, event } = step;
  const isEnough = bucket.count >= trigger.trigger.threshold;
  if (trigger.isImmediate && !trigger.hasAfter) {
    // One without length goes on counting until it is swept.
    if (!fired) explain(window, "counted", progressText(trigger, bucket.count));
    return;
  }
  if (!fired) {
    const outcome = isEnough ? "satisfied" : "expired";
    explain(window, outcome, `${progressText(trigger, bucket.count)}; the window is over`);
  }
  const isDone = trigger.hasAfter || (!trigger.isReactive && !fired && event === null && trigger.forEach.length > 0);
  if (isDone) {
    draft.buckets.delete(trigger.path, key);
    return;
  }
  const next = openBucket(window, { startAt: Math.max(bucket.endAt, now) });
  if (event === null) return;
  if (trigger.isReactive) evaluateBucket(window, { bucket: next, now, event });
  else countEvent(window, next, event);
}

/** Ends the window of the key if its time is over at `now`, as a tick at that moment would have done. */
function endBefore(window: Window, now: number): void {
  const bucket = readBucket(window, now);
  if (bucket !== undefined && bucket.endAt <= now) {
    evaluateBucket(window, { bucket, now, event: null });
  }
}

function closeIfSatisfied(window: Window): void {
  const { trigger, draft, key } = window;
  const bucket = draft.buckets.get(trigger.path, key);
  if (!trigger.holdsEvents || bucket === undefined || bucket.count < trigger.trigger.threshold) return;
  draft.buckets.delete(trigger.path, key);
  explain(window, "satisfied", progressText(trigger, bucket.count));
}

function fireBucket(
  window: Window,
  step: { readonly bucket: Bucket; readonly now: number; readonly event: EventFacts | null },
): void {
  const { trigger, key, draft } = window;
  const { bucket, now, event } = step;
  const values = keyValues(key);
  const reason = progressText(trigger, bucket.count);
  draft.buckets.delete(trigger.path, key);
  explain(window, "fired", reason);
  window.fire(
    createFiring({
      automationId: window.automationId,
      path: trigger.path,
      key: values,
      at: now,
      labels: Object.fromEntries(trigger.forEach.map((label, index) => [label, values[index] ?? ""])),
      eventId: event?.id ?? bucket.lastEvent?.id ?? null,
      eventIds: bucket.eventIds,
      value: null,
      firings: [],
      reason,
      // Two windows without an event differ by their time only.
      distinction: trigger.isReactive ? null : bucket.endAt,
    }),
  );
}

/** "2 of 3 events within 1m 00s". */
function progressText({ trigger }: PreparedEvent, count: number): string {
  const within = trigger.withinMs === 0 ? "" : ` within ${formatDuration(trigger.withinMs)}`;
  const noun = trigger.posture === "Reactive" ? "event" : "expected event";
  return `${count} of ${countText(trigger.threshold, noun)}${within}`;
}
