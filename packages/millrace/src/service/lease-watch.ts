/**
 * When the lease of a process that cannot be seen from here has ended, for a server, which looks at all leases again and again.
 *
 * The end of a lease is a time of somebody's wall clock. A server whose clock is set, or whose database did not answer for a
 * while, or that was stopped, would find all of them ended at once, though nobody had a chance to renew. So it takes from the
 * end of a lease only how long it has still to go when it is first seen, counts on by a clock that is never set, and starts
 * anew after a time in which it did not look.
 */

import type { ExecutorProcess } from "../contract/records.ts";
import type { Clock } from "../kit/clock.ts";

export interface LeaseWatch {
  /** Takes a look at all leases, as `read` reads them. What it throws is thrown on. */
  look(read: () => Promise<readonly ExecutorProcess[]>): Promise<readonly ExecutorProcess[]>;
  /** Whether this lease, as it was read, has ended. */
  hasEnded(process: Pick<ExecutorProcess, "id" | "leaseExpiresAt">): boolean;
  /** Whether it has looked for long enough that whoever is alive has renewed meanwhile. */
  readonly isSettled: boolean;
}

/** Of a lease: who renews three times in it has two tries in so much. */
const graceShare = 2 / 3;
/** A look that comes later after the last one is the first again: two that a server's loop left out, in ms. */
const leastGapMs = 15_000;
/** A wall clock that differs by more from the other one than before was set, in ms. */
const stepMs = 1000;

interface Seen {
  readonly leaseExpiresAt: number;
  /** By the monotonic clock. */
  readonly endsAt: number;
}

export function createLeaseWatch({ clock, leaseMs }: { readonly clock: Clock; readonly leaseMs: number }): LeaseWatch {
  const graceMs = leaseMs * graceShare;
  const maxGapMs = Math.max(leaseMs / 2, leastGapMs);
  let seen = new Map<string, Seen>();
  let lookedAt: number | null = null;
  /** Since when it has looked without a gap. */
  let since: number | null = null;
  let offsetMs = clock.now() - clock.monotonic();

  function beginAnew(): void {
    seen.clear();
    since = null;
  }

  function note(processes: readonly ExecutorProcess[], at: number): void {
    const wall = clock.now();
    const next = new Map<string, Seen>();
    for (const { id, leaseExpiresAt } of processes) {
      const known = seen.get(id);
      const endsAt = at + Math.max(leaseExpiresAt - wall, graceMs);
      next.set(id, known?.leaseExpiresAt === leaseExpiresAt ? known : { leaseExpiresAt, endsAt });
    }
    seen = next;
    const offset = wall - at;
    if (Math.abs(offset - offsetMs) > stepMs) since = null;
    offsetMs = offset;
    since ??= at;
    lookedAt = at;
  }

  return {
    async look(read) {
      const begunAt = clock.monotonic();
      if (lookedAt !== null && begunAt - lookedAt > maxGapMs) beginAnew();
      try {
        const processes = await read();
        const at = clock.monotonic();
        // A database that answers so late has let nobody renew in time.
        if (at - begunAt > leaseMs / 3) beginAnew();
        note(processes, at);
        return processes;
      } catch (error) {
        beginAnew();
        throw error;
      }
    },
    hasEnded({ id, leaseExpiresAt }) {
      const known = seen.get(id);
      if (known?.leaseExpiresAt !== leaseExpiresAt) return leaseExpiresAt <= clock.now();
      return known.endsAt <= clock.monotonic();
    },
    get isSettled() {
      return since !== null && clock.monotonic() - since >= graceMs;
    },
  };
}
