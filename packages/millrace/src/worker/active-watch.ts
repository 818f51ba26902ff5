/** What befalls the runs under way from outside, looked for again and again: cancelled, or taken from here; and their slots. */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import { isTerminal } from "../contract/states.ts";
import type { Clock } from "../kit/clock.ts";
import type { Job } from "./infrastructure.ts";

/** How often it is seen whether the runs under way were cancelled, in ms. */
const watchMs = 250;
/** How often it is seen whether they are this worker's still, in ms. */
const lostEveryMs = 2000;
/** A process hears by itself that it has lost its run, or that it has come to its end; one that is still there so long after does not. In ms. */
const goneWithinMs = 5000;
/** The lease of a deployment's slot is renewed for so long, in ms, three times as often. */
const slotLeaseMs = 300_000;

export interface ActiveRun {
  readonly run: FlowRun;
  job: Job | null;
  isCancelled: boolean;
  slotLeaseId: string | null;
  /** When its lease was last renewed, by the monotonic clock in ms; null before. */
  slotRenewedAt: number | null;
  /** Since when the run has ended, or is another's, by the monotonic clock in ms; null while it is this worker's. */
  lostAt: number | null;
}

export function toActiveRun(run: FlowRun): ActiveRun {
  return { run, job: null, isCancelled: false, slotLeaseId: null, slotRenewedAt: null, lostAt: null };
}

export interface ActiveWatch {
  /** A run has begun; as long as there is one it is watched. */
  begin(): void;
}

export function createActiveWatch(options: {
  readonly api: Pick<Api, "listFlowRuns" | "renewSlots">;
  readonly clock: Clock;
  /** By the ids of the runs. */
  readonly active: ReadonlyMap<string, ActiveRun>;
}): ActiveWatch {
  const { api, clock, active } = options;
  let isWatching = false;
  let lookedAt = Number.NEGATIVE_INFINITY;

  function watchSoon(): void {
    clock.setTimer(watchMs, () => void watch(), { background: true });
  }

  async function watch(): Promise<void> {
    try {
      await cancelThoseThatWere();
      await renewSlots();
      await stopThoseThatAreLost();
    } catch {
      // The orchestrator does not answer now; the next look tells.
    }
    isWatching = active.size > 0;
    if (isWatching) watchSoon();
  }

  async function cancelThoseThatWere(): Promise<void> {
    const ids = [...active.values()]
      .filter(({ job, isCancelled }) => job !== null && !isCancelled)
      .map(({ run }) => run.id);
    if (ids.length === 0) return;
    const page = { limit: ids.length };
    const { items } = await api.listFlowRuns({ ids, stateTypes: ["CANCELLING"] }, "created-asc", page);
    for (const { id } of items) {
      const entry = active.get(id);
      if (entry === undefined) continue;
      entry.isCancelled = true;
      entry.job?.cancel();
    }
  }

  /** The first time as soon as it has started: until then the slot is held for as long as that may take. */
  async function renewSlots(): Promise<void> {
    for (const entry of active.values()) {
      const { slotLeaseId, slotRenewedAt, job } = entry;
      const isFresh = slotRenewedAt !== null && clock.monotonic() - slotRenewedAt < slotLeaseMs / 3;
      if (slotLeaseId === null || job === null || isFresh) continue;
      await api.renewSlots(slotLeaseId, slotLeaseMs);
      entry.slotRenewedAt = clock.monotonic();
    }
  }

  /**
   * A process whose code blocks it does not hear that its run counts as crashed, or that another has it: what it says is refused, and
   * it would go on for ever.
   */
  async function stopThoseThatAreLost(): Promise<void> {
    const now = clock.monotonic();
    if (now - lookedAt < lostEveryMs) return;
    lookedAt = now;
    const ids = [...active.keys()];
    if (ids.length === 0) return;
    const { items } = await api.listFlowRuns({ ids }, "created-asc", { limit: ids.length });
    for (const run of items) {
      const entry = active.get(run.id);
      if (entry === undefined) continue;
      if (!isLost(run, entry.job)) entry.lostAt = null;
      else if (entry.lostAt === null) entry.lostAt = now;
      else if (now - entry.lostAt >= goneWithinMs) entry.job?.interrupt();
    }
  }

  return {
    begin() {
      if (isWatching) return;
      isWatching = true;
      watchSoon();
    },
  };
}

/** Of a process that has not told yet who it is, nothing is known. */
function isLost({ state, ownerId }: FlowRun, job: Job | null): boolean {
  const processId = job?.processId() ?? null;
  if (processId === null) return false;
  return isTerminal(state.type) || (ownerId !== null && ownerId !== processId);
}
