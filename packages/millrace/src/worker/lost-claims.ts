/** Runs that somebody claimed and never started: a worker that died between the two. Nobody else would end them. */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
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

export interface LostClaims {
  /**
   * Takes a look, and ends as crashed, so that they can be gone on with, those that it has seen for so long; or as cancelled where
   * that was asked for. How many there were. One that is started in this moment is let be.
   */
  end(): Promise<number>;
}

/** Counts from when it first saw a claim, by a clock that is never set: this machine's time may not be that of who claimed. */
export function createLostClaims(options: LostClaimsOptions): LostClaims {
  const { api, clock, infrastructure, where, isUnderWay, startWithinMs } = options;
  const isClaimed: Condition = {
    all: [where, { field: "stateType", in: ["PENDING", "CANCELLING"] }, { field: "ownerId", isNull: true }],
  };
  /** By run and the state that it is in. */
  let seen = new Map<string, number>();

  async function isOurs({ deploymentId }: FlowRun): Promise<boolean> {
    const deployment = deploymentId === null ? null : await api.readObject("deployment", deploymentId);
    // Another kind of worker may take as long as it likes.
    return deployment !== null && infrastructure.canRun(deployment);
  }

  async function endOne({ id, state }: FlowRun): Promise<boolean> {
    const message = "it was claimed, and whoever claimed it has not started it";
    const end =
      state.type === "CANCELLING"
        ? ({ type: "CANCELLED", name: "Cancelled", message } as const)
        : ({ type: "CRASHED", name: "Crashed", message } as const);
    const { decision } = await api.proposeFlowRunState({ id, stateAt: state.at, state: end, guest: true });
    return decision.answer === "ACCEPT";
  }

  return {
    async end() {
      const now = clock.monotonic();
      const { items } = await api.listFlowRuns({ where: isClaimed }, "created-asc", { limit: maxRuns });
      const since = (run: FlowRun): number => seen.get(keyOf(run)) ?? now;
      seen = new Map(items.map((run) => [keyOf(run), since(run)]));
      let ended = 0;
      for (const run of items) {
        const isOver = now - since(run) >= startWithinMs && !isUnderWay(run.id);
        if (isOver && (await isOurs(run)) && (await endOne(run))) ended++;
      }
      return ended;
    },
  };
}

function keyOf({ id, state }: FlowRun): string {
  return `${id} ${state.at}`;
}
