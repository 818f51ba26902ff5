/** One change of many flow runs: each by the same rules as if it were changed alone. */

import type { Api } from "../contract/api.ts";
import type { FlowRunAction, FlowRunsChange, FlowRunsChanged } from "../contract/bulk.ts";
import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { FlowRunProposal } from "../contract/record.ts";
import type { Decision, StateType } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { decideFlowRunTransition } from "../rules/flow-run-transitions.ts";
import { decideGuestTransition } from "../rules/guest-run-transitions.ts";
import { toFailureCondition } from "./failures.ts";
import { isGuest } from "./is-guest.ts";
import { type ResumeOptions, resumePaused, whyNotResumed } from "./resume-paused.ts";

export interface BulkOptions {
  readonly store: Pick<Store, "findFailures"> & ResumeOptions["store"];
  readonly api: Pick<Api, "listFlowRuns" | "count" | "proposeFlowRunState" | "deleteFlowRun">;
  readonly answer: Api["answerPause"];
  readonly clock: Clock;
}

/** Those that are one proposal of a state. */
type Proposed = Exclude<FlowRunAction, "delete" | "resume">;

const defaultMax = 200;
const maxMax = 1000;

/** The states that an action may lead to. */
const aims: Readonly<Record<Proposed, ReadonlySet<StateType>>> = {
  cancel: new Set(["CANCELLING", "CANCELLED"]),
  retry: new Set(["SCHEDULED"]),
};

const retried: ReadonlySet<StateType> = new Set(["FAILED", "CRASHED", "CANCELLED"]);
const running: ReadonlySet<StateType> = new Set(["RUNNING", "CANCELLING"]);

/** What a run comes to: nothing is in its way, or this is. */
type Outcome = { readonly isChanged: true } | { readonly isChanged: false; readonly reason: string };

const changed: Outcome = { isChanged: true };

export async function changeFlowRuns(options: BulkOptions, change: FlowRunsChange): Promise<FlowRunsChanged> {
  const { store, api } = options;
  const { failure, isDryRun = false, max = defaultMax, cursor = null } = change;
  if (!Number.isInteger(max) || max < 1 || max > maxMax) {
    const reason = `one call changes 1 to ${maxMax} flow runs, not ${max}`;
    throw new MillraceError("USAGE", { reason, advice: "Call again with the cursor that was answered." });
  }
  const where = failure === undefined ? change.where : await toFailureCondition(store, failure, change.where);
  const matched = await api.count("flow-run", where);
  const page = await api.listFlowRuns({ where }, "created-asc", { limit: max, cursor });
  const done: string[] = [];
  const refused: { id: string; name: string; reason: string }[] = [];
  for (const run of page.items) {
    const outcome = isDryRun ? await foresee(options, run, change) : await act(options, run, change);
    if (outcome.isChanged) done.push(run.id);
    else refused.push({ id: run.id, name: run.name, reason: outcome.reason });
  }
  return { matched, changed: done, refused, next: page.next };
}

/** What `act` would do if nobody comes between. */
async function foresee(options: BulkOptions, run: FlowRun, { action, caller }: FlowRunsChange): Promise<Outcome> {
  if (action === "resume") return unless(await whyNotResumed(options, run, caller));
  const fault = faultOf(run, action);
  if (fault !== null) return unless(fault);
  if (action === "delete") return changed;
  const now = options.clock.now();
  const proposal = toProposal(run, action, now);
  const proposed = { ...proposal.state, at: now };
  const decision = isGuest(proposal, run)
    ? decideGuestTransition({ run, proposed, now, slot: "not-needed" })
    : decideFlowRunTransition({
        current: run.state,
        proposed,
        owned: run.ownerId !== null,
        epoch: run.epoch,
        proposerEpoch: null,
        now,
      });
  return toOutcome(decision, run, action);
}

async function act(options: BulkOptions, run: FlowRun, { action, caller }: FlowRunsChange): Promise<Outcome> {
  const { api, clock } = options;
  if (action === "resume") return unless(await resumePaused(options, run, caller));
  const fault = faultOf(run, action);
  if (fault !== null) return unless(fault);
  if (action === "delete") return unless((await api.deleteFlowRun(run.id)) ? null : "It is gone.");
  const { decision } = await api.proposeFlowRunState(toProposal(run, action, clock.now()));
  return toOutcome(decision, run, action);
}

function unless(reason: string | null): Outcome {
  return reason === null ? changed : { isChanged: false, reason };
}

/** What the rules of states do not say: they let a person do with one run what nobody means to do with many. */
function faultOf({ state }: FlowRun, action: Exclude<FlowRunAction, "resume">): string | null {
  switch (action) {
    case "cancel":
      return null;
    case "retry":
      return retried.has(state.type) ? null : `It is ${state.name}: only what has failed or was cancelled is retried.`;
    case "delete":
      return running.has(state.type) ? `It is ${state.name}: cancel it first.` : null;
  }
}

function toProposal({ id }: FlowRun, action: Proposed, now: number): FlowRunProposal {
  const state =
    action === "cancel"
      ? ({ type: "CANCELLING", name: "Cancelling" } as const)
      : ({ type: "SCHEDULED", name: "AwaitingRetry", details: { scheduledAt: now } } as const);
  return { id, state, guest: true };
}

function toOutcome(decision: Decision, before: FlowRun, action: Proposed): Outcome {
  if ("state" in decision && decision.state.at !== before.state.at && aims[action].has(decision.state.type)) {
    return changed;
  }
  return { isChanged: false, reason: "reason" in decision ? decision.reason : `It is ${before.state.name}.` };
}
