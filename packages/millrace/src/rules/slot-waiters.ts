/** Who of the runs that wait for slots of a limit is next. */

import type { FlowRun } from "../contract/flow-run.ts";

export interface Waiter {
  readonly run: Pick<FlowRun, "id" | "expectedAt" | "createdAt" | "dueAt" | "state">;
  /** Of its queue; 1 comes first, and what has no queue comes before. */
  readonly priority: number;
}

interface KeptSlot {
  readonly now: number;
  /** How long a slot is kept for a run that was woken, in ms. */
  readonly keptForMs: number;
}

/** By priority, and then in the order in which they came. */
export function rankWaiters(waiters: readonly Waiter[]): readonly Waiter[] {
  return waiters.toSorted(
    (one, other) =>
      one.priority - other.priority ||
      one.run.expectedAt - other.run.expectedAt ||
      one.run.createdAt - other.run.createdAt ||
      (one.run.id < other.run.id ? -1 : 1),
  );
}

/** Whether a slot is kept for it: it was woken, and not long ago. */
export function isPromised({ run }: Waiter, { now, keptForMs }: KeptSlot): boolean {
  return run.dueAt !== null && run.dueAt <= now && run.dueAt > now - keptForMs;
}

/** Those to wake now, the first one first. Who was woken and did not ask for its slot in time keeps nobody else waiting. */
export function decideWoken({
  waiters,
  free,
  ...promise
}: KeptSlot & { readonly waiters: readonly Waiter[]; readonly free: number }): readonly Waiter["run"][] {
  const counting = rankWaiters(waiters).filter(
    (waiter) => isPromised(waiter, promise) || (waiter.run.dueAt ?? 0) > promise.now,
  );
  return counting
    .slice(0, free)
    .filter((waiter) => !isPromised(waiter, promise))
    .map(({ run }) => run);
}
