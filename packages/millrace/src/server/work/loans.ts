/** Which worker was told of a run, so that the others are not told of it too, for as long as that one may take to claim it. */

import type { FlowRun } from "../../contract/flow-run.ts";
import type { Clock } from "../../kit/clock.ts";

/** How long a run that is due is kept for who was told of it, in ms: a busy server may take a while to take its claim. */
const keptMs = 3000;
/** Above so many, loans are looked through for those that are over. */
const manyLoans = 1000;

export interface Loans {
  lend(run: FlowRun, to: string): void;
  /** Null for a run that is free. */
  holderOf(run: FlowRun): string | null;
  /** How long until the next of these is free that is not, in ms; null where all are. */
  untilNext(runs: readonly FlowRun[]): number | null;
}

export function createLoans(clock: Pick<Clock, "now" | "monotonic">): Loans {
  /** `until` is by the monotonic clock. */
  const loans = new Map<string, { readonly to: string; readonly until: number }>();
  let manyAt = manyLoans;

  function sweep(): void {
    const now = clock.monotonic();
    for (const [key, { until }] of loans) if (until <= now) loans.delete(key);
    manyAt = Math.max(manyLoans, loans.size * 2);
  }

  return {
    lend(run, to) {
      const aheadMs = Math.max(0, (run.dueAt ?? 0) - clock.now());
      loans.set(keyOf(run), { to, until: clock.monotonic() + aheadMs + keptMs });
      if (loans.size > manyAt) sweep();
    },
    holderOf(run) {
      const loan = loans.get(keyOf(run));
      return loan === undefined || loan.until <= clock.monotonic() ? null : loan.to;
    },
    untilNext(runs) {
      const now = clock.monotonic();
      const ends = runs.flatMap((run) => loans.get(keyOf(run))?.until ?? []).filter((until) => until > now);
      return ends.length === 0 ? null : Math.min(...ends) - now;
    },
  };
}

/** A run that was scheduled anew is told of anew. */
function keyOf({ id, state }: FlowRun): string {
  return `${id} ${state.at}`;
}
