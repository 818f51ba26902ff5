/** Transitions as the store takes them: guarded by the state that they were decided on. */

import type { FlowRun } from "../contract/flow-run.ts";
import type { FlowRunProposal, FlowRunTransition } from "../contract/record.ts";
import { isTerminal, type State } from "../contract/states.ts";
import { beginsAt } from "../rules/claims.ts";
import { transitionEffects } from "../rules/flow-run-transitions.ts";
import type { DecidedRun } from "./known-runs.ts";

/** State times are unique and grow in a run's history, whatever the clock does. */
export function later(run: Pick<FlowRun, "state">, at: number): number {
  return at > run.state.at ? at : run.state.at + 0.001;
}

export function guard(run: Pick<FlowRun, "id" | "state" | "epoch">): Pick<FlowRunTransition, "id" | "expected"> {
  return { id: run.id, expected: { stateTypes: [run.state.type], stateAt: run.state.at, epoch: run.epoch } };
}

/** A process takes the run, to execute it from the top. That counts as a start, whatever state a dead process has left behind. */
export function toClaim(
  run: FlowRun,
  { processId, stateName, now }: { readonly processId: string; readonly stateName: string; readonly now: number },
): FlowRunTransition {
  const state: State = { type: "RUNNING", name: stateName, at: later(run, beginsAt(run, now)) };
  return {
    ...guard(run),
    state,
    startedAt: run.startedAt ?? state.at,
    endedAt: null,
    runCount: run.runCount + 1,
    claimFor: processId,
    result: null,
    error: null,
  };
}

export function toTransition(run: DecidedRun, decided: State, proposal: FlowRunProposal): FlowRunTransition {
  const state: State = { ...decided, at: later(run, decided.at) };
  return {
    ...guard(run),
    state,
    ...transitionEffects(run, state),
    ...(proposal.result === undefined ? {} : { result: proposal.result }),
    ...(proposal.error === undefined ? {} : { error: proposal.error }),
    ...(proposal.environment === undefined ? {} : { environment: proposal.environment }),
    ...(proposal.name === undefined ? {} : { name: proposal.name }),
    ...(isTerminal(state.type) || state.details?.suspended === true ? { releases: true } : {}),
  };
}
