/**
 * Slots of concurrency limits: how many are taken after decay, whether some more are free, and when it is worth asking again.
 *
 * Waits are reckoned as in a queue. `denied` is how many slots are believed to be waited for: it grows by what is asked for
 * in vain and shrinks as fast as slots come free. So those who wait ask about as often as they can be served, however many
 * they are.
 */

import { type NamedLimit, type SlotAnswer, type SlotDemand, slotTolerance, takenNow } from "../contract/concurrency.ts";
import type { ConcurrencyLimit, ObjectChange } from "../contract/objects.ts";

/** How long slots are believed to be held before anybody gave one back, in seconds. */
export const firstAverageSeconds = 2;
/** What the average counts as at least and at most where waits are reckoned, in seconds. */
const minAverageSeconds = 0.1;
const maxAverageSeconds = 30;
/** The longest wait for a slot that somebody holds, in ms: it may be given back at any time. */
const maxWaitMs = 30_000;
/** The average moves by a sample's share of this many times the limit's slots. */
const samplesOfEachSlot = 2;
export type Refusal = Extract<SlotAnswer, { readonly granted: false }>;

export interface TakeDecision {
  readonly granted: boolean;
  readonly refusal: Pick<Refusal, "reason" | "refusedBy" | "retryAfterMs"> | null;
  /** The limits that change, as they become. */
  readonly changed: readonly ConcurrencyLimit[];
}

/** Whether the slots are granted: of every active limit, or of none. */
export function decideTake(
  limits: readonly ConcurrencyLimit[],
  { slots, mode = "concurrency", now }: Pick<SlotDemand, "slots" | "mode"> & { readonly now: number },
): TakeDecision {
  const enforced = limits.filter(({ active }) => active).map((limit) => settle(limit, now));
  const tooSmall = enforced.filter((limit) => limit.slots < slots);
  if (tooSmall.length > 0) return refuse("too-many", tooSmall);
  const lasting = enforced.filter(({ decayPerSecond }) => decayPerSecond === 0);
  if (mode === "rate-limit" && lasting.length > 0) return refuse("no-decay", lasting);
  const full = enforced.filter((limit) => limit.taken + slots > limit.slots + slotTolerance);
  if (full.length > 0) {
    const retryAfterMs = Math.max(...full.map((limit) => waitMs(limit, slots)));
    const changed = full.map((limit) => ({ ...limit, denied: limit.denied + slots }));
    return { ...refuse("full", full, retryAfterMs), changed };
  }
  const changed = enforced.map((limit) => ({ ...limit, taken: limit.taken + slots }));
  return { granted: true, refusal: null, changed };
}

/** The limit after some of its slots came back. `heldMs` goes into its average. */
export function giveBack(
  limit: ConcurrencyLimit,
  { slots, heldMs, now }: { readonly slots: number; readonly heldMs?: number | undefined; readonly now: number },
): ConcurrencyLimit {
  const settled = settle(limit, now);
  const taken = Math.max(0, settled.taken - slots);
  if (heldMs === undefined || limit.slots === 0) return { ...settled, taken };
  const average = limit.averageSeconds ?? firstAverageSeconds;
  const share = 1 / (limit.slots * samplesOfEachSlot);
  return { ...settled, taken, averageSeconds: average + (heldMs / 1000 - average) * share };
}

/** The limit as it is now: what was taken and waited for has decayed. A clock that is behind the last one changes nothing. */
export function settle(limit: ConcurrencyLimit, now: number): ConcurrencyLimit {
  const seconds = Math.max(0, now - limit.takenAt) / 1000;
  return {
    ...limit,
    taken: takenNow(limit, now),
    denied: Math.max(0, limit.denied - freedPerSecond(limit) * seconds),
    takenAt: Math.max(now, limit.takenAt),
  };
}

/** A change of the limit: what was taken until now has decayed as it was to then. */
export function settleChange(
  limit: ConcurrencyLimit,
  change: ObjectChange<"concurrency-limit">,
  now: number,
): ObjectChange<"concurrency-limit"> {
  const { taken, denied, takenAt } = settle(limit, now);
  return { taken, denied, ...change, takenAt };
}

export function toNamedLimit({ id, name, slots, active }: ConcurrencyLimit): NamedLimit {
  return { id, name, slots, active };
}

function refuse(
  reason: Refusal["reason"],
  by: readonly ConcurrencyLimit[],
  retryAfterMs: number | null = null,
): TakeDecision {
  return { granted: false, refusal: { reason, refusedBy: by.map(({ name }) => name), retryAfterMs }, changed: [] };
}

/** How long until the slots are free for the one who asks now, after those who were denied before. */
function waitMs(limit: ConcurrencyLimit, slots: number): number {
  const rate = freedPerSecond(limit);
  if (limit.decayPerSecond > 0) return ((limit.taken + slots - limit.slots + limit.denied) / rate) * 1000;
  return Math.min(maxWaitMs, ((slots + limit.denied) / rate) * 1000);
}

/** How many slots come free in a second while all are taken. */
function freedPerSecond({ decayPerSecond, slots, averageSeconds = firstAverageSeconds }: ConcurrencyLimit): number {
  if (decayPerSecond > 0) return decayPerSecond;
  return slots / Math.min(maxAverageSeconds, Math.max(minAverageSeconds, averageSeconds));
}
