import type { FlowRun } from "../contract/flow-run.ts";
import type { FlowRunProposal } from "../contract/record.ts";

/** Whether a proposal is decided by the rules of guests: no process of ours owns the run. */
export function isGuest(proposal: FlowRunProposal, run: FlowRun): boolean {
  return proposal.guest === true && run.ownerId === null;
}

/**
 * Whether a step of another engine may wait for this run, which ours executes: only its deployment and that step say so. Most
 * runs have neither, and cost nothing.
 */
export function mayHaveWaitingStep(run: FlowRun | null): run is FlowRun & { readonly parentTaskRunId: string } {
  return run !== null && run.deploymentId !== null && run.parentTaskRunId !== null;
}
