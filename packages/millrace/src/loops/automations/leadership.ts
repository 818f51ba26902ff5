/**
 * One of several servers evaluates automations: the one that holds the lease, which is kept with the number of the last
 * event that was evaluated.
 *
 *   follower ──the lease is free or has ended──▶ leader ──writes, renewing the lease──▶ leader
 *                                                       ──somebody else has written──▶ follower
 */

import type { Clock } from "../../kit/clock.ts";
import { type KeptValueApi, readKeptValue, writeKeptValue } from "./kept-value.ts";

const name = "automations-cursor";

/** The number of the last event that automations have done with; null when they never looked. */
export async function readEvaluatedSeq(api: Pick<KeptValueApi, "readObject">): Promise<number | null> {
  return (await readKeptValue<Lease>(api, name))?.value.seq ?? null;
}

/** How long a leader that says nothing stays the leader, in ms. */
const leaseMs = 15_000;
/** A lease that ends sooner than that is renewed, in ms. */
const renewBeforeMs = 10_000;
/** How often a follower looks whether the lease is free, in ms. */
const lookEveryMs = 1000;

/** How much longer a follower waits while nothing is recorded, in ms. */
const idleLookMs = 1000;
/** A lease is renewed so long before its end while nothing is recorded, in ms. */
const lastRenewalMs = 6000;

interface Lease {
  /** The number of the last event that was evaluated. */
  readonly seq: number;
  readonly leader: string;
  /** ms since the epoch. */
  readonly until: number;
}

export interface Leadership {
  /** Whether this server leads now. */
  hold(): Promise<boolean>;
  /** When `hold` is to be called again at the latest, in ms UTC: to keep the lease, or to take one that has ended. */
  readonly nextHoldAt: number;
  /** Where the evaluation is; only a leader asks. */
  readonly seq: number;
  /** Keeps how far the evaluation is. False: another server leads now. */
  advance(seq: number): Promise<boolean>;
  /** Lets another server lead at once. */
  release(): Promise<void>;
}

export function createLeadership(options: {
  readonly api: KeptValueApi;
  readonly clock: Clock;
  /** Names this server. */
  readonly id: string;
  /** Where the evaluation begins when it never did. */
  readonly findStart: () => Promise<number>;
}): Leadership {
  const { api, clock, id, findStart } = options;
  let held: { readonly lease: Lease; readonly revision: number } | null = null;
  let nextLookAt = 0;

  async function write(lease: Lease, revision: number | null): Promise<boolean> {
    const written = await writeKeptValue(api, name, { value: lease, revision });
    held = written === null ? null : { lease, revision: written };
    return held !== null;
  }

  async function take(): Promise<boolean> {
    const now = clock.now();
    if (now < nextLookAt) return false;
    nextLookAt = now + lookEveryMs;
    const found = await readKeptValue<Lease>(api, name);
    if (found !== null && found.value.leader !== id && found.value.until > now) return false;
    const seq = found?.value.seq ?? (await findStart());
    return write({ seq, leader: id, until: clock.now() + leaseMs }, found?.revision ?? null);
  }

  return {
    async hold() {
      if (held === null) return take();
      const left = held.lease.until - clock.now();
      if (left > renewBeforeMs) return true;
      // One that has ended may have been taken; the guard tells.
      return write({ ...held.lease, until: clock.now() + leaseMs }, held.revision);
    },
    get nextHoldAt() {
      return held === null ? nextLookAt + idleLookMs : held.lease.until - lastRenewalMs;
    },
    get seq() {
      return held?.lease.seq ?? 0;
    },
    async advance(seq) {
      if (held === null) return false;
      return write({ ...held.lease, seq, until: clock.now() + leaseMs }, held.revision);
    },
    async release() {
      if (held === null) return;
      const { lease, revision } = held;
      held = null;
      await writeKeptValue(api, name, { value: { ...lease, until: 0 }, revision });
    },
  };
}
