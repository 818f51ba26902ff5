/**
 * Slots of concurrency limits, as they are asked for, given and given back. A limit whose slots decay is a rate: so many at
 * once, and then as fast as they decay.
 */

import type { ConcurrencyLimit } from "./objects.ts";

export interface SlotDemand {
  /** Names of limits. One that is not there, or not active, is not enforced. */
  readonly limits: readonly string[];
  /** How many are taken of each limit, or of none of them. A whole number from 1. */
  readonly slots: number;
  /** `rate-limit`: the slots of every limit must decay, and nobody gives them back. Default `concurrency`. */
  readonly mode?: "concurrency" | "rate-limit";
  /** How long they are held unless renewed, in ms. Without it they are held until they are given back by name. */
  readonly leaseMs?: number;
  /** The lease's own, made by who asks: asked twice with one id, slots are taken once. A UUID; without it one is made. */
  readonly leaseId?: string;
  /** Whose slots they are, as `<kind>:<id>`. */
  readonly holder?: string;
  /** A registered process: the lease lasts as long as the process's own, and ends with the process. */
  readonly processId?: string;
}

/** A limit that was named. */
export interface NamedLimit {
  readonly id: string;
  readonly name: string;
  readonly slots: number;
  /** False: it was not enforced. */
  readonly active: boolean;
}

export type SlotAnswer =
  | {
      readonly granted: true;
      /** Null where no lease was asked for, and where there is none of the limits. */
      readonly leaseId: string | null;
      /** Those of the demand that there are. */
      readonly limits: readonly NamedLimit[];
    }
  | {
      readonly granted: false;
      /** `too-many`: more than the limit has at all. `no-decay`: a rate was asked of a limit whose slots do not decay. */
      readonly reason: "full" | "too-many" | "no-decay";
      readonly limits: readonly NamedLimit[];
      /** The names of those that refused. */
      readonly refusedBy: readonly string[];
      /** When it is worth asking again, in ms from now; null while the limits are as they are. */
      readonly retryAfterMs: number | null;
    };

/** What is given back: all that a lease holds, or so many of each of some active limits. */
export type SlotReturn =
  | { readonly leaseId: string }
  | {
      readonly limits: readonly string[];
      readonly slots: number;
      /** How long they were held, in ms: the waits of others are reckoned from it. */
      readonly heldMs?: number;
    };

/** A limit of this name, followed by a tag, is one on the tasks that have the tag. */
export const tagLimitPrefix = "tag:";

/** Decay makes fractions, whose sums are not exact. */
export const slotTolerance = 1e-9;

/** What is taken of the limit after decay. */
export function takenNow({ taken, takenAt, decayPerSecond }: ConcurrencyLimit, now: number): number {
  return Math.max(0, taken - (decayPerSecond * Math.max(0, now - takenAt)) / 1000);
}

/** The same in whole slots: one that has decayed in part is taken still. */
export function takenSlots(limit: ConcurrencyLimit, now: number): number {
  return Math.max(0, Math.ceil(takenNow(limit, now) - slotTolerance));
}
