/** Runs that somebody claimed and never started: a worker that died between the two. Nobody else would end them. */

import type { Api } from "../contract/api.ts";
import type { Condition } from "../contract/query.ts";
import type { Clock } from "../kit/clock.ts";
import type { Infrastructure } from "./infrastructure.ts";

/** A process that executes a run is started in much less, in ms. */
const startWithinMs = 300_000;
const maxRuns = 100;

export interface LostClaimsOptions {
  readonly api: Pick<Api, "listFlowRuns" | "readObject" | "proposeFlowRunState">;
  readonly clock: Clock;
  readonly infrastructure: Pick<Infrastructure, "canRun">;
  /** The runs that are for this worker, and others like it. */
  readonly where: Condition;
}

/** Ends them as crashed, so that they can be gone on with. How many there were. */
export async function endLostClaims({ api, clock, infrastructure, where }: LostClaimsOptions): Promise<number> {
  const isLost: Condition = {
    all: [
      where,
      { field: "stateType", in: ["PENDING"] },
      { field: "ownerId", isNull: true },
      { field: "stateAt", below: clock.now() - startWithinMs },
    ],
  };
  const { items } = await api.listFlowRuns({ where: isLost }, "created-asc", { limit: maxRuns });
  let ended = 0;
  for (const { id, deploymentId } of items) {
    const deployment = deploymentId === null ? null : await api.readObject("deployment", deploymentId);
    // Another kind of worker may take as long as it likes.
    if (deployment === null || !infrastructure.canRun(deployment)) continue;
    const message = "it was claimed, and whoever claimed it has not started it";
    const { decision } = await api.proposeFlowRunState({
      id,
      state: { type: "CRASHED", name: "Crashed", message },
      guest: true,
    });
    if (decision.answer === "ACCEPT") ended++;
  }
  return ended;
}
