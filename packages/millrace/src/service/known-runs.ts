import type { FlowRun } from "../contract/flow-run.ts";
import { isTerminal } from "../contract/states.ts";

/** What a transition of a run is decided on. */
export type DecidedRun = Pick<
  FlowRun,
  "id" | "state" | "ownerId" | "epoch" | "startedAt" | "runCount" | "parentRunId" | "deploymentId"
>;

/** Of those that were written first the oldest gives way. */
const maxKnown = 1000;

export interface KnownRuns {
  get(id: string): DecidedRun | undefined;
  /** As it was just written. */
  note(run: FlowRun): void;
  forget(id: string): void;
}

/**
 * Runs with an owner as this process has last written them: what their owner says next is decided on that, without reading it
 * again. A decision is written only if the run is as it was decided on, so that what others have written since is seen then.
 */
export function createKnownRuns(): KnownRuns {
  const known = new Map<string, DecidedRun>();
  return {
    get: (id) => known.get(id),
    note({ id, state, ownerId, epoch, startedAt, runCount, parentRunId, deploymentId }) {
      known.delete(id);
      if (ownerId === null || isTerminal(state.type)) return;
      known.set(id, { id, state, ownerId, epoch, startedAt, runCount, parentRunId, deploymentId });
      const [oldest] = known.keys();
      if (known.size > maxKnown && oldest !== undefined) known.delete(oldest);
    },
    forget: (id) => void known.delete(id),
  };
}
