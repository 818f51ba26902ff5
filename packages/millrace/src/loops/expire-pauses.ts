/**
 * Ends the pauses that nobody has answered in the time that was given: with the answer that was agreed on for that, or by
 * failing the run. Runs whose process lives do it themselves.
 */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Page } from "../contract/records.ts";
import type { Condition } from "../contract/query.ts";
import type { Clock } from "../kit/clock.ts";

/** Paused runs looked at in one tick, and how many are asked for at once. */
const maxRuns = 2000;
const pageRuns = 200;

const pausedWithoutProcess: Condition = {
  all: [
    { field: "stateType", in: ["PAUSED"] },
    { field: "ownerId", isNull: true },
  ],
};

export interface ExpirePausesLoop {
  /** How many pauses it has ended. Several servers may do it at once: each ends once. */
  tick(): Promise<number>;
}

export function createExpirePausesLoop({
  api,
  clock,
}: {
  readonly api: Pick<Api, "listFlowRuns" | "expirePause">;
  readonly clock: Clock;
}): ExpirePausesLoop {
  const isOver = ({ state }: FlowRun): boolean => (state.details?.pauseTimeoutAt ?? Infinity) < clock.now();

  return {
    async tick() {
      const failures: unknown[] = [];
      let ended = 0;
      let cursor: string | null = null;
      for (let looked = 0; looked < maxRuns; looked += pageRuns) {
        const page: Page<FlowRun> = await api.listFlowRuns({ where: pausedWithoutProcess }, "created-asc", {
          limit: pageRuns,
          cursor,
        });
        for (const run of page.items.filter(isOver)) {
          try {
            if (await api.expirePause(run.id)) ended++;
          } catch (error) {
            failures.push(error);
          }
        }
        cursor = page.next;
        if (cursor === null) break;
      }
      if (failures.length > 0) throw failures[0];
      return ended;
    },
  };
}
