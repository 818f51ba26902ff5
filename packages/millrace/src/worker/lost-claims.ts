/** Runs that somebody claimed and never started: a worker that died between the two. Nobody else would end them. */

import type { Api } from "../contract/api.ts";
import type { Condition } from "../contract/query.ts";
import type { Clock } from "../kit/clock.ts";
import type { Infrastructure } from "./infrastructure.ts";

const maxRuns = 100;

export interface LostClaimsOptions {
  readonly api: Pick<Api, "listFlowRuns" | "readObject" | "proposeFlowRunState">;
  readonly clock: Clock;
  readonly infrastructure: Pick<Infrastructure, "canRun">;
  /** The runs that are for this worker, and others like it. */
  readonly where: Condition;
  /** Whether this worker is about to start it, however long that takes: a server may have been away meanwhile. */
  readonly isUnderWay: (id: string) => boolean;
  /** A process that executes a run is started in much less, in ms. */
  readonly startWithinMs: number;
}

/**
 * Ends them as crashed, so that they can be gone on with, or as cancelled where that was asked for. How many there were. One that
 * is started in this moment is let be.
 */
export async function endLostClaims({
  api,
  clock,
  infrastructure,
  where,
  isUnderWay,
  startWithinMs,
}: LostClaimsOptions): Promise<number> {
  const isLost: Condition = {
    all: [
      where,
      { field: "stateType", in: ["PENDING", "CANCELLING"] },
      { field: "ownerId", isNull: true },
      { field: "stateAt", below: clock.now() - startWithinMs },
    ],
  };
  const { items } = await api.listFlowRuns({ where: isLost }, "created-asc", { limit: maxRuns });
  let ended = 0;
  for (const { id, deploymentId, state } of items) {
    if (isUnderWay(id)) continue;
    const deployment = deploymentId === null ? null : await api.readObject("deployment", deploymentId);
    // Another kind of worker may take as long as it likes.
    if (deployment === null || !infrastructure.canRun(deployment)) continue;
    const message = "it was claimed, and whoever claimed it has not started it";
    const end =
      state.type === "CANCELLING"
        ? ({ type: "CANCELLED", name: "Cancelled", message } as const)
        : ({ type: "CRASHED", name: "Crashed", message } as const);
    const { decision } = await api.proposeFlowRunState({ id, stateAt: state.at, state: end, guest: true });
    if (decision.answer === "ACCEPT") ended++;
  }
  return ended;
}
