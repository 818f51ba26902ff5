/** Reading, opening and counting in the windows of one event trigger, and the limits on how many there are. */

import type { EvaluationReason, EventFacts, Firing } from "../../contract/automations.ts";
import {
  type Bucket,
  type EventMark,
  keyValues,
  maxBucketsPerTrigger,
  maxEventIdsPerBucket,
  type StateDraft,
  type TableDraft,
} from "./automation-state.ts";
import { formatDuration } from "../../kit/duration.ts";
import { heldWithin, holdEvent } from "./held-events.ts";
import type { PreparedEvent } from "./prepare-automation.ts";

/** How long a Reactive window that has ended may still be written to; only one without length makes use of it. */
const sweepAfterMs = 60_000;

/** What the evaluation of an event trigger works on. */
export interface EventEvaluation {
  readonly automationId: string;
  readonly trigger: PreparedEvent;
  readonly draft: StateDraft;
  readonly fire: (firing: Firing) => void;
  readonly explain: (reason: EvaluationReason) => void;
}

/** The windows of one value of `forEach`, one open at a time. */
export interface Window extends EventEvaluation {
  readonly key: string;
}

/** The open window, or one that has ended and was not looked at since. */
export function readBucket({ trigger, draft, key }: Window, now: number): Bucket | undefined {
  const bucket = draft.buckets.get(trigger.path, key);
  return bucket !== undefined && trigger.isReactive && isSwept(bucket, now) ? undefined : bucket;
}

/** A window that a tick at `now` would have dropped counts as dropped, so that ticks change nothing for a Reactive trigger. */
export function isSwept(bucket: Bucket, now: number): boolean {
  return bucket.endAt <= now - sweepAfterMs;
}

/** In place of the open one, if there is one. Held events that happened in it count. */
export function openBucket(
  window: Window,
  opening: {
    readonly startAt: number;
    /** Default: `withinMs` after the start. */
    readonly endAt?: number;
    readonly count?: number;
    readonly event?: EventFacts | EventMark;
  },
): Bucket {
  const { trigger, draft, key } = window;
  const { startAt, endAt = startAt + trigger.trigger.withinMs, count = 0, event } = opening;
  const held = heldWithin(draft.held.get(trigger.path, key), { startAt, endAt });
  const bucket: Bucket = {
    startAt,
    endAt,
    count: count + held.length,
    lastEvent: event === undefined ? null : toMark(event),
    eventIds: held.map(({ id }) => id).slice(-maxEventIdsPerBucket),
  };
  if (draft.buckets.get(trigger.path, key) === undefined) {
    makeRoom(window, draft.buckets, ({ endAt: end }) => end);
    explain(window, "opened", `a window of ${formatDuration(trigger.trigger.withinMs)}`);
  }
  draft.buckets.set(trigger.path, key, bucket);
  return bucket;
}

export function countEvent({ trigger, draft, key }: Window, bucket: Bucket, event: EventFacts): Bucket {
  const counted: Bucket = {
    ...bucket,
    count: bucket.count + 1,
    lastEvent: toMark(event),
    eventIds: [...bucket.eventIds, event.id].slice(-maxEventIdsPerBucket),
  };
  draft.buckets.set(trigger.path, key, counted);
  return counted;
}

/** Keeps an event for windows that open later. */
export function hold(window: Window, event: EventFacts): void {
  const { trigger, draft, key } = window;
  const held = draft.held.get(trigger.path, key);
  if (held === undefined) makeRoom(window, draft.held, (events) => events.at(-1)?.at ?? 0);
  draft.held.set(trigger.path, key, holdEvent(trigger, held, toMark(event)));
}

/** Drops the oldest row when the table of the trigger is full. */
function makeRoom<Value>(window: Window, table: TableDraft<Value>, age: (value: Value) => number): void {
  if (table.size(window.trigger.path) < maxBucketsPerTrigger) return;
  const entries = table.entries(window.trigger.path);
  const [oldest] = entries.reduce((left, right) => (age(right[1]) < age(left[1]) ? right : left));
  table.delete(window.trigger.path, oldest);
  explain({ ...window, key: oldest }, "evicted", `more than ${maxBucketsPerTrigger} values of forEach at once`);
}

export function explain(window: Window, outcome: EvaluationReason["outcome"], text: string): void {
  window.explain({ path: window.trigger.path, key: keyValues(window.key), outcome, text });
}

function toMark({ id, name, at }: EventFacts | EventMark): EventMark {
  return { id, name, at };
}
