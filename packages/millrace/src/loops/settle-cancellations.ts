/**
 * Ends what a cancellation leaves behind: runs that nobody confirms as stopped in time, and the steps and subflows of runs
 * that are cancelled, which nobody will end any more. What the worker of an unconfirmed run started may still be there: an order
 * to tear it down comes with its end.
 */

import type { Api } from "../contract/api.ts";
import { isMillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Condition } from "../contract/query.ts";
import type { StateType } from "../contract/states.ts";
import type { TaskRun } from "../contract/task-run.ts";
import { toTeardownOrder } from "../contract/teardown-orders.ts";
import type { Clock } from "../kit/clock.ts";
import { uuidFromHash } from "../kit/ids.ts";

/** Things ended in one tick, of each kind. */
const maxEnded = 200;

const ended: readonly StateType[] = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];
const unfinished: readonly StateType[] = ["SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING"];

/** A run of a deployment has a process of its own, which is told to stop first. */
const endsWithParent: Condition = {
  any: [{ field: "deploymentId", isNull: true }, { not: { field: "stateType", in: ["CANCELLING"] } }],
};

/** What an index holds by itself. */
const unendedChild: Condition = {
  all: [
    { field: "parentRunId", isNull: false },
    { field: "endedAt", isNull: true },
  ],
};
const byGuests: Condition = { field: "ownerId", isNull: true };
const ofCancelled: Condition = {
  related: "flow-run",
  where: { all: [{ field: "stateType", in: ["CANCELLED"] }, byGuests] },
};

export interface SettleCancellationsLoop {
  /** How many runs and steps it has ended, or told to stop. Several servers may do it at once: each ends once. */
  tick(): Promise<number>;
}

export function createSettleCancellationsLoop({
  api,
  clock,
  cancelWithinMs,
}: {
  readonly api: Pick<Api, "listFlowRuns" | "listTaskRuns" | "proposeFlowRunState" | "record" | "createObject">;
  readonly clock: Clock;
  /** How long a run may be CANCELLING before it counts as stopped, in ms. Those whose process lives say it themselves. */
  readonly cancelWithinMs: number;
}): SettleCancellationsLoop {
  async function endUnconfirmed(): Promise<number> {
    const where: Condition = {
      all: [
        byGuests,
        { field: "stateType", in: ["CANCELLING"] },
        { field: "stateAt", below: clock.now() - cancelWithinMs },
      ],
    };
    const { items } = await api.listFlowRuns({ where }, "created-asc", { limit: maxEnded });
    return endEach(items, async (run) => {
      await order(run);
      return cancel(run, "Nobody has confirmed in time that the run has stopped.");
    });
  }

  /** Before the run's end is written, lest it be lost between the two. */
  async function order(run: FlowRun): Promise<void> {
    const order = toTeardownOrder(run, cancellationOf(run));
    if (order === null) return;
    try {
      await api.createObject("configuration", order);
    } catch (error) {
      // Another server's, or one of a tick that did not come to its end.
      if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
    }
  }

  /** A subflow's parent is the run that its step belongs to. */
  async function endSubflows(): Promise<number> {
    const where: Condition = {
      all: [unendedChild, byGuests, { not: { field: "stateType", in: ended } }, endsWithParent, ofCancelled],
    };
    const { items } = await api.listFlowRuns({ where }, "created-asc", { limit: maxEnded });
    const message = "The parent workflow was cancelled.";
    return endEach(items, (run) => (run.deploymentId === null ? cancel(run, message) : tellToStop(run, message)));
  }

  /** One that has not begun is CANCELLED by that. */
  async function tellToStop({ id }: FlowRun, message: string): Promise<boolean> {
    const state = { type: "CANCELLING", name: "Cancelling", message } as const;
    const { decision } = await api.proposeFlowRunState({ id, state, guest: true });
    return decision.answer === "ACCEPT" || (decision.answer === "REJECT" && decision.state.type === "CANCELLED");
  }

  async function cancel(run: FlowRun, message: string): Promise<boolean> {
    const details = { transitionId: cancellationOf(run) };
    const state = { type: "CANCELLED", name: "Cancelled", message, details } as const;
    const { decision } = await api.proposeFlowRunState({ id: run.id, stateAt: run.state.at, state, guest: true });
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

/** Names the end of the state that the run is in: whoever ends it, it ends once. */
function cancellationOf({ id, state }: FlowRun): string {
  return uuidFromHash(`cancelled ${id} ${state.at}`);
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
