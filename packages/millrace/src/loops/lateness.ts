/** Marks the runs that should have started by now. */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Condition } from "../contract/query.ts";
import type { Clock } from "../kit/clock.ts";

/** How long after its due time a run is late, in ms, where nothing else is said. */
export const defaultLateAfterMs = 15_000;

/** What a run that may be late has in common, beside its time. */
export const notYetLate: readonly Condition[] = [
  { field: "stateType", in: ["SCHEDULED"] },
  { field: "stateName", in: ["Scheduled"] },
];

/** Runs in one tick, and those that are written at the same time. */
const maxRuns = 400;
const atOnce = 10;

export interface LatenessLoop {
  /** How many runs are late now that were not before. Several servers may do it at once: each is marked once. */
  readonly tick: () => Promise<number>;
}

export function createLatenessLoop(options: {
  readonly api: Pick<Api, "listFlowRuns" | "proposeFlowRunState">;
  readonly clock: Clock;
  /** How long after its due time a run is late, in ms. */
  readonly lateAfterMs?: number;
}): LatenessLoop {
  const { api, clock, lateAfterMs = defaultLateAfterMs } = options;

  /** What has been claimed since it was found is late no more. */
  async function mark(run: Pick<FlowRun, "id" | "dueAt" | "state">): Promise<boolean> {
    const details = run.dueAt === null ? {} : { details: { scheduledAt: run.dueAt } };
    const state = { type: "SCHEDULED", name: "Late", ...details } as const;
    const { decision } = await api.proposeFlowRunState({ id: run.id, state, stateAt: run.state.at, guest: true });
    return decision.answer === "ACCEPT";
  }

  return {
    async tick() {
      const where: Condition = { all: [...notYetLate, { field: "dueAt", atMost: clock.now() - lateAfterMs }] };
      const { items } = await api.listFlowRuns({ where }, "due-asc", { limit: maxRuns });
      let late = 0;
      for (let from = 0; from < items.length; from += atOnce) {
        const marked = await Promise.all(items.slice(from, from + atOnce).map(mark));
        late += marked.filter(Boolean).length;
      }
      return late;
    },
  };
}
