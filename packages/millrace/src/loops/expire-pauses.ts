/** Fails the runs whose pause nobody has ended in the time that was given. Those whose process lives do it themselves. */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Page } from "../contract/records.ts";
import type { Condition } from "../contract/query.ts";
import type { Clock } from "../kit/clock.ts";
import { uuidFromHash } from "../kit/ids.ts";

/** Paused runs looked at in one tick, and how many are asked for at once. */
const maxRuns = 2000;
const pageRuns = 200;

const pausedByGuests: Condition = {
  all: [
    { field: "stateType", in: ["PAUSED"] },
    { field: "ownerId", isNull: true },
  ],
};

export interface ExpirePausesLoop {
  /** How many runs it has failed. Several servers may do it at once: each fails once. */
  tick(): Promise<number>;
}

export function createExpirePausesLoop({
  api,
  clock,
}: {
  readonly api: Pick<Api, "listFlowRuns" | "proposeFlowRunState">;
  readonly clock: Clock;
}): ExpirePausesLoop {
  const isOver = ({ state }: FlowRun): boolean => (state.details?.pauseTimeoutAt ?? Infinity) < clock.now();

  async function fail({ id, state: paused }: FlowRun): Promise<boolean> {
    const message = "The flow was paused and never resumed.";
    const details = { transitionId: uuidFromHash(`pause over ${id} ${paused.at}`) };
    const state = { type: "FAILED", name: "Failed", message, details } as const;
    const { decision } = await api.proposeFlowRunState({ id, state, guest: true });
    return decision.answer === "ACCEPT";
  }

  return {
    async tick() {
      const failures: unknown[] = [];
      let failed = 0;
      let cursor: string | null = null;
      for (let looked = 0; looked < maxRuns; looked += pageRuns) {
        const page: Page<FlowRun> = await api.listFlowRuns({ where: pausedByGuests }, "created-asc", {
          limit: pageRuns,
          cursor,
        });
        for (const run of page.items.filter(isOver)) {
          try {
            if (await fail(run)) failed++;
          } catch (error) {
            failures.push(error);
          }
        }
        cursor = page.next;
        if (cursor === null) break;
      }
      if (failures.length > 0) throw failures[0];
      return failed;
    },
  };
}
