import type { FlowRun } from "../contract/flow-run.ts";
import type { FlowRunProposal } from "../contract/record.ts";
import type { ConcurrencyLimit } from "../contract/objects.ts";
import { isTerminal, type StateType } from "../contract/states.ts";

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

/** Whether a run in this state counts against the limits of its work pool and queue. */
export function takesRoom(type: StateType | undefined): boolean {
  return type === "PENDING" || type === "RUNNING";
}

/** Whether its last state has left room in its work pool for another run. */
export function hasLeftRoom({ workQueueId, state, history }: FlowRun): boolean {
  return workQueueId !== null && !takesRoom(state.type) && takesRoom(history.at(-2)?.type);
}

/** The lease of the slot that a run under way was claimed with: our engine's states do not repeat it. Null where there is none. */
export function slotOfActive({ state, history }: FlowRun): string | null {
  if (state.details?.slotLeaseId !== undefined) return state.details.slotLeaseId;
  const claimedAt = history.findLastIndex(({ type }) => type === "PENDING");
  // One that has ended since has given it back, and was gone on with without.
  const hasEnded = history.slice(claimedAt + 1).some(({ type }) => isTerminal(type));
  return hasEnded ? null : (history[claimedAt]?.details?.slotLeaseId ?? null);
}

/**
 * The lease of the slot that a run which has ended was claimed with; null where there is none. Whoever claimed it gives the
 * slot back too, if that lives.
 */
export function slotOfEnded({ deploymentId, state, history }: FlowRun): string | null {
  if (deploymentId === null || !isTerminal(state.type)) return null;
  return history.findLast(({ type }) => type === "PENDING")?.details?.slotLeaseId ?? null;
}

/** Whether runs of deployments may wait for the limit, as far as its name and who held a slot of it can tell. */
export function mayBeWaitedFor({ name }: Pick<ConcurrencyLimit, "name">, holder: string): boolean {
  return name.startsWith("deployment:") || holder.startsWith("flow-run:");
}
