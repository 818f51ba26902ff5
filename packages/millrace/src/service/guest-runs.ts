/** Flow runs that engines of others execute: their proposals, the slots of their deployments, and the steps they stand for. */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { FlowRunProposal, FlowRunTransition, ProposalOutcome } from "../contract/record.ts";
import { type Decision, defaultStateNames, type State, type StateType } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { decideForced, decideGuestTransition, guestEffects, type SlotFact } from "../rules/guest-run-transitions.ts";
import type { ConcurrencyLimits } from "./concurrency-limits.ts";
import { createDeploymentSlots } from "./deployment-slots.ts";
import { emptyBatch } from "./empty-batch.ts";
import { hasLeftRoom, takesRoom } from "./is-guest.ts";
import { recordObserved } from "./observed-task-runs.ts";
import { withStartedVersion } from "./started-version.ts";
import { findRoom, isThereRoom, tellOfRoom } from "./pool-room.ts";
import { createSlotWaiters } from "./slot-waiters.ts";
import { later, toClaim, toTransition } from "./transition-of.ts";

/** The slots of deployments' limits. */
export interface DeploymentSlots {
  /** Takes one for the run under a lease, or says why not. */
  take(run: FlowRun): Promise<SlotTaken>;
  /**
   * Makes sure that the run still has the one of this lease; takes another if it has not.
   *
   * @param options.isForGood nobody renews it: the run has it until it is given back
   */
  keep(run: FlowRun, options: { readonly leaseId: string; readonly isForGood: boolean }): Promise<SlotTaken>;
  giveBack(leaseId: string): Promise<void>;
  /** Wakes the runs that may have a slot of the run's limit now. */
  wakeFor(run: FlowRun): Promise<void>;
}

interface GuestDecision {
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

export interface GuestRuns {
  /** Null when somebody else was faster. */
  propose(proposal: FlowRunProposal, before: FlowRun): Promise<ProposalOutcome | null>;
  /** Gives the step of another engine that stands for a run of ours the run's state. */
  tellWaitingStep(run: FlowRun, taskRunId: string): Promise<void>;
  /** Tells of the room that a run has left in its work pool. */
  tellOfRoom(run: FlowRun): Promise<void>;
  /** Wakes the runs that wait for a slot of these limits. */
  wakeWaiters(limitIds: readonly string[]): Promise<void>;
}

export function createGuestRuns({
  store,
  clock,
  limits,
  register,
  propose,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: ConcurrencyLimits;
  readonly register: Api["registerProcess"];
  readonly propose: Api["proposeFlowRunState"];
}): GuestRuns {
  const waiters = createSlotWaiters({ store, clock, propose });
  const slots = createDeploymentSlots({ store, clock, limits, waiters, propose });

  /** The process that will execute the run takes it with the same write; null where it does not, or not this version. */
  async function claimAtOnce(
    { start }: FlowRunProposal,
    { before, transition }: { readonly before: FlowRun; readonly transition: FlowRunTransition },
  ): Promise<FlowRunTransition | null> {
    const { state, extra } = transition;
    if (start === undefined || state.type !== "PENDING" || (extra?.startedVersion ?? null) !== start.version)
      return null;
    const { id: processId } = await register(start.process);
    return toClaim({ ...before, state }, { processId, stateName: defaultStateNames.RUNNING, now: clock.now() });
  }

  return {
    async propose(proposal, before) {
      const room = isClaim(proposal, before) ? await findRoom(store, before) : null;
      const isFull = room !== null && !(await isThereRoom(store, room));
      const { decision, next, undo } = await decideGuest(proposal, before, { now: clock.now(), slots, isFull });
      if (next === null) return { decision, run: before };
      const state: State = { ...next, at: later(before, next.at) };
      const effects = guestEffects(before, state);
      const extra = await withStartedVersion(store, before, { next: state.type, extra: effects.extra });
      const transition: FlowRunTransition = {
        ...toTransition(before, state, proposal),
        ...effects,
        extra,
        ...(room !== null && takesRoom(state.type) ? { room } : {}),
        ...(isStart(before.state, state) ? { mayBeLost: true } : {}),
      };
      const start = await claimAtOnce(proposal, { before, transition });
      const { transitions } = await store.record({
        ...emptyBatch,
        transitions: start === null ? [transition] : [transition, start],
      });
      const after = transitions.findLast((written) => written !== null) ?? null;
      if (after === null) {
        await undo();
        return null;
      }
      const isRetry = decision.answer === "REJECT" && after.state.name === "AwaitingRetry";
      await afterGuestState(store, { before, after, slots, keepsSlot: isRetry });
      // A slot may have come back after this run was refused it, and before it waited to be woken.
      if (after.state.name === "AwaitingConcurrencySlot" && (after.dueAt ?? 0) > state.at) await slots.wakeFor(after);
      if (hasLeftRoom(after)) await tellOfRoom({ store, clock }, after);
      return { decision: "state" in decision ? { ...decision, state } : decision, run: after };
    },
    tellWaitingStep: (run, taskRunId) => mirror(store, run, taskRunId),
    tellOfRoom: (run) => tellOfRoom({ store, clock }, run),
    wakeWaiters: (limitIds) => waiters.wake(limitIds),
  };
}

async function decideGuest(
  proposal: FlowRunProposal,
  run: FlowRun,
  { now, slots, isFull }: { readonly now: number; readonly slots: DeploymentSlots; readonly isFull: boolean },
): Promise<GuestDecision> {
  const { force } = proposal;
  async function takeSlot(): Promise<SlotTaken> {
    if (force !== undefined) return { fact: "not-needed" };
    if (isFull) return { fact: "no-room" };
    return takeSlotFor(run, { proposed: given, slots, isForGood: proposal.renewsNoSlot === true });
  }
  const given: State = { ...proposal.state, at: proposal.state.at ?? now };
  const forced = force === undefined ? {} : { details: { ...given.details, forcedBy: force } };
  const slot = await takeSlot();
  const lease = slot.leaseId === undefined ? {} : { details: { ...given.details, slotLeaseId: slot.leaseId } };
  const proposed: State = { ...given, ...forced, ...lease };
  const decision =
    force === undefined
      ? decideGuestTransition({ run, proposed, now, slot: slot.fact })
      : decideForced({ run, proposed });
  const state = decision.answer === "ACCEPT" || decision.answer === "REJECT" ? decision.state : null;
  const next = state === run.state ? null : state;
  const undo = async (): Promise<void> => {
    if (slot.leaseId !== undefined && slot.leaseId !== run.state.details?.slotLeaseId)
      await slots.giveBack(slot.leaseId);
  };
  if (next?.details?.slotLeaseId !== slot.leaseId) await undo();
  return { decision, next, undo };
}

/** Whether it takes room in the run's pool that the run does not have. Who sets a state by force asks nobody. */
function isClaim({ state, force }: FlowRunProposal, run: FlowRun): boolean {
  return force === undefined && state.type === "PENDING" && holdsNone.has(run.state.type);
}

interface SlotTaken {
  readonly fact: SlotFact;
  readonly leaseId?: string;
}

async function takeSlotFor(
  run: FlowRun,
  {
    proposed,
    slots,
    isForGood,
  }: { readonly proposed: State; readonly slots: DeploymentSlots; readonly isForGood: boolean },
): Promise<SlotTaken> {
  if (run.deploymentId === null) return { fact: "not-needed" };
  const leaseId = run.state.details?.slotLeaseId;
  if (proposed.type === "PENDING" && holdsNone.has(run.state.type)) return slots.take(run);
  if (proposed.type === "RUNNING" && run.state.type === "PENDING" && leaseId !== undefined) {
    return slots.keep(run, { leaseId, isForGood });
  }
  return { fact: "not-needed" };
}

/**
 * After a state was written: the slot goes back, and the step of the parent that stands for the run has its state.
 *
 * @param options.keepsSlot whether the process of the run goes on holding it, though the state holds none
 */
async function afterGuestState(
  store: Store,
  {
    before,
    after,
    slots,
    keepsSlot,
  }: {
    readonly before: FlowRun;
    readonly after: FlowRun;
    readonly slots: DeploymentSlots;
    readonly keepsSlot: boolean;
  },
): Promise<void> {
  const held = before.state.details?.slotLeaseId;
  const isHeld = after.state.details?.slotLeaseId === held && !holdsNone.has(after.state.type);
  if (held !== undefined && !isHeld && !keepsSlot) await slots.giveBack(held);
  if (after.parentTaskRunId !== null) await mirror(store, after, after.parentTaskRunId);
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
      state: { ...state, details: { ...state.details, childFlowRunId: run.id } },
    },
  ]);
}

/** No process of ours has the run, so nobody holds a token that would be given out again if the start were lost. */
function isStart(from: State, to: State): boolean {
  return to.type === "RUNNING" && (from.type === "SCHEDULED" || from.type === "PENDING");
}
