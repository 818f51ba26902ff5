/**
 * Ends what a cancellation leaves behind: runs that nobody confirms as stopped in time, and the steps and subflows of runs
 * that are cancelled, which nobody will end any more.
 */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Condition } from "../contract/query.ts";
import type { StateType } from "../contract/states.ts";
import type { TaskRun } from "../contract/task-run.ts";
import type { Clock } from "../kit/clock.ts";
import { uuidFromHash } from "../kit/ids.ts";

/** How long a run may be CANCELLING before it counts as stopped, in ms. Those whose process lives say it themselves. */
const confirmWithinMs = 300_000;
/** Things ended in one tick, of each kind. */
const maxEnded = 200;

const unfinished: readonly StateType[] = ["SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING"];

const byGuests: Condition = { field: "ownerId", isNull: true };
const ofCancelled: Condition = {
  related: "flow-run",
  where: { all: [{ field: "stateType", in: ["CANCELLED"] }, byGuests] },
};

export interface SettleCancellationsLoop {
  /** How many runs and steps it has ended. Several servers may do it at once: each ends once. */
  tick(): Promise<number>;
}

export function createSettleCancellationsLoop({
  api,
  clock,
}: {
  readonly api: Pick<Api, "listFlowRuns" | "listTaskRuns" | "proposeFlowRunState" | "record">;
  readonly clock: Clock;
}): SettleCancellationsLoop {
  async function endUnconfirmed(): Promise<number> {
    const where: Condition = {
      all: [
        byGuests,
        { field: "stateType", in: ["CANCELLING"] },
        { field: "stateAt", below: clock.now() - confirmWithinMs },
      ],
    };
    const { items } = await api.listFlowRuns({ where }, "created-asc", { limit: maxEnded });
    return endEach(items, (run) => cancel(run, "Nobody has confirmed in time that the run has stopped."));
  }

  /** A subflow's parent is the run that its step belongs to. */
  async function endSubflows(): Promise<number> {
    const where: Condition = { all: [byGuests, { field: "stateType", in: unfinished }, ofCancelled] };
    const { items } = await api.listFlowRuns({ where }, "created-asc", { limit: maxEnded });
    return endEach(items, (run) => cancel(run, "The parent workflow was cancelled."));
  }

  async function cancel({ id, state: left }: FlowRun, message: string): Promise<boolean> {
    const details = { transitionId: uuidFromHash(`cancelled ${id} ${left.at}`) };
    const state = { type: "CANCELLED", name: "Cancelled", message, details } as const;
    const { decision } = await api.proposeFlowRunState({ id, state, guest: true });
    return decision.answer === "ACCEPT";
  }

  async function endSteps(): Promise<number> {
    const where: Condition = { all: [{ field: "stateType", in: unfinished }, ofCancelled] };
    const { items } = await api.listTaskRuns({ where }, { limit: maxEnded });
    // Those of our own engine are its own to end.
    const steps = items.filter(({ extra }) => extra !== null);
    if (steps.length > 0) {
      await api.record({ processId: "settle-cancellations", observed: steps.map((step) => toCancelled(step)) });
    }
    return steps.length;
  }

  function toCancelled(step: TaskRun) {
    const at = Math.max(clock.now(), step.state.at + 0.001);
    const id = uuidFromHash(`cancelled with its run ${step.id} ${step.state.at}`);
    const state = { id, type: "CANCELLED", name: "Cancelled", at, message: "The flow run was cancelled." } as const;
    const { flowRunId, taskName, name, key, tags, inputs, attempt, kind, childFlowRunId, cacheKey, extra } = step;
    const fields = { flowRunId, taskName, name, key, tags, inputs, attempt, kind, childFlowRunId, cacheKey };
    return { id: step.id, ...fields, state, ...(extra === null ? {} : { extra }) };
  }

  return {
    async tick() {
      return (await endUnconfirmed()) + (await endSubflows()) + (await endSteps());
    },
  };
}

/** One that fails keeps no other from being ended; it is told of after all of them. */
async function endEach(runs: readonly FlowRun[], end: (run: FlowRun) => Promise<boolean>): Promise<number> {
  const failures: unknown[] = [];
  let ended = 0;
  for (const run of runs) {
    try {
      if (await end(run)) ended++;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return ended;
}
