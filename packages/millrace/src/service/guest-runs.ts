/** Flow runs that engines of others execute: their proposals, the slots of their deployments, and the steps they stand for. */

import type { FlowRun } from "../contract/flow-run.ts";
import type { FlowRunProposal, FlowRunTransition } from "../contract/record.ts";
import type { Decision, State, StateType } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";
import { uuidv7 } from "../kit/ids.ts";
import { decideForced, decideGuestTransition, guestEffects, type SlotFact } from "../rules/guest-run-transitions.ts";
import { recordObserved } from "./observed-task-runs.ts";

/** The slots of deployments' limits. */
export interface DeploymentSlots {
  /** Takes one for the run under a lease, or says why not. */
  take(run: FlowRun): Promise<{ readonly fact: SlotFact; readonly leaseId?: string }>;
  /** Makes sure that the run still has the one of this lease; takes another if it has not. */
  keep(run: FlowRun, leaseId: string): Promise<{ readonly fact: SlotFact; readonly leaseId?: string }>;
  giveBack(leaseId: string): Promise<void>;
}

export interface GuestDecision {
  readonly decision: Decision;
  /** The state to write; null for none. */
  readonly next: State | null;
  /** Gives back what was taken for a state that was not written after all. */
  readonly undo: () => Promise<void>;
}

const holdsNone: ReadonlySet<StateType> = new Set([
  "SCHEDULED",
  "PAUSED",
  "COMPLETED",
  "FAILED",
  "CRASHED",
  "CANCELLED",
]);

export function isGuest(proposal: FlowRunProposal, run: FlowRun): boolean {
  return proposal.guest === true && run.ownerId === null;
}

export async function decideGuest(
  proposal: FlowRunProposal,
  run: FlowRun,
  { now, slots }: { readonly now: number; readonly slots: DeploymentSlots },
): Promise<GuestDecision> {
  const { force } = proposal;
  const given: State = { ...proposal.state, at: proposal.state.at ?? now };
  const forced = force === undefined ? {} : { details: { ...given.details, forcedBy: force } };
  const slot = force === undefined ? await takeSlot(run, given, slots) : ({ fact: "not-needed" } as const);
  const lease = slot.leaseId === undefined ? {} : { details: { ...given.details, slotLeaseId: slot.leaseId } };
  const proposed: State = { ...given, ...forced, ...lease };
  const decision =
    force === undefined
      ? decideGuestTransition({ run, proposed, now, slot: slot.fact })
      : decideForced({ run, proposed });
  const state = decision.answer === "ACCEPT" || decision.answer === "REJECT" ? decision.state : null;
  const next = state === null || state === run.state ? null : { ...state, id: state.id ?? uuidv7() };
  const undo = async (): Promise<void> => {
    if (slot.leaseId !== undefined && slot.leaseId !== run.state.details?.slotLeaseId)
      await slots.giveBack(slot.leaseId);
  };
  if (next?.details?.slotLeaseId !== slot.leaseId) await undo();
  return { decision: next === null || !("state" in decision) ? decision : { ...decision, state: next }, next, undo };
}

async function takeSlot(
  run: FlowRun,
  proposed: State,
  slots: DeploymentSlots,
): Promise<{ readonly fact: SlotFact; readonly leaseId?: string }> {
  if (run.deploymentId === null) return { fact: "not-needed" };
  const leaseId = run.state.details?.slotLeaseId;
  if (proposed.type === "PENDING" && holdsNone.has(run.state.type)) return slots.take(run);
  if (proposed.type === "RUNNING" && run.state.type === "PENDING" && leaseId !== undefined) {
    return slots.keep(run, leaseId);
  }
  return { fact: "not-needed" };
}

/** What the transition changes beside the state. */
export function toGuestEffects(run: FlowRun, next: State): Omit<FlowRunTransition, "id" | "expected" | "state"> {
  return guestEffects(run, next);
}

/** After a state was written: the slot goes back, and the step of the parent that stands for the run has its state. */
export async function afterGuestState(
  store: Store,
  { before, after, slots }: { readonly before: FlowRun; readonly after: FlowRun; readonly slots: DeploymentSlots },
): Promise<void> {
  const held = before.state.details?.slotLeaseId;
  const isHeld = after.state.details?.slotLeaseId === held && !holdsNone.has(after.state.type);
  if (held !== undefined && !isHeld && after.state.name !== "AwaitingRetry") await slots.giveBack(held);
  if (after.parentTaskRunId !== null) await mirror(store, after, after.parentTaskRunId);
}

/**
 * The same for a run that our own engine executes, and that a client of another asked for: only its deployment and the step
 * that waits for it say so. Most runs have neither, and cost nothing.
 */
export async function tellWaitingStep(store: Store, run: FlowRun | null): Promise<void> {
  if (run === null || run.deploymentId === null || run.parentTaskRunId === null) return;
  await mirror(store, run, run.parentTaskRunId);
}

async function mirror(store: Store, run: FlowRun, taskRunId: string): Promise<void> {
  const [step] = (await store.findTaskRuns({ ids: [taskRunId] }, { limit: 1 })).items;
  // A step of our own engine is told by it.
  if (step === undefined || step.extra === null) return;
  const { state } = run;
  await recordObserved(store, [
    {
      id: step.id,
      flowRunId: step.flowRunId,
      taskName: step.taskName,
      name: step.name,
      key: step.key,
      tags: step.tags,
      inputs: step.inputs,
      attempt: run.runCount,
      kind: "flow",
      childFlowRunId: run.id,
      extra: step.extra,
      state: { ...state, id: uuidv7(), details: { ...state.details, childFlowRunId: run.id } },
    },
  ]);
}
