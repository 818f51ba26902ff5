/**
 * The transition rules of flow runs that engines of others execute: clients of Prefect's API, which hold no fencing token and
 * ask the orchestrator for what our engine decides itself (retries, pauses, re-runs). One ordered list, read from top to
 * bottom; the first rule that has an answer decides. A proposal that no rule answers is accepted. This list is the
 * specification; it follows Prefect 3's behaviour.
 */

import type { FlowRun, FlowRunExtra } from "../contract/flow-run.ts";
import { type Decision, isTerminal, type State, type StateType } from "../contract/states.ts";
import { asks } from "./flow-run-transitions.ts";

/** What became of the slot that the run needs: of its deployment's limit, and room in its work pool and queue. */
export type SlotFact =
  /** It needs none, or holds it. */
  | "not-needed"
  | "taken"
  /** The limit has no slots at all. */
  | "never"
  /** All are taken: the run waits, or is cancelled. */
  | "full-wait"
  | "full-cancel"
  /** A newer run of the deployment waits, and only the newest does. */
  | "skipped"
  /** The run's work pool or queue has as many runs under way as it may. */
  | "no-room"
  /** The run had one, lost it before it started, and there is no other. */
  | "lost";

/** What the rules look at: nothing else decides. */
export interface GuestFacts {
  readonly run: FlowRun;
  readonly proposed: State;
  readonly now: number;
  readonly slot: SlotFact;
}

interface Rule {
  readonly name: string;
  readonly why: string;
  decide(facts: GuestFacts): Decision | null;
}

/** How long a run waits before it asks for a slot again, in ms. */
export const slotWaitMs = 30_000;

const reject = (state: State, reason: string): Decision => ({ answer: "REJECT", state, reason });
const abort = (reason: string): Decision => ({ answer: "ABORT", reason });

const unpausable: ReadonlySet<StateType> = new Set(["CANCELLING", "PAUSED", "CRASHED"]);
const goesOn: ReadonlySet<StateType> = new Set(["SCHEDULED", "RUNNING", "COMPLETED"]);
const claimed: ReadonlySet<StateType> = new Set(["PENDING", "RUNNING", "CANCELLING", "CANCELLED"]);

export const guestRunRules: readonly Rule[] = [
  {
    name: "a repeated proposal changes nothing",
    why: "a client that did not hear the answer asks again",
    decide: ({ run, proposed }) =>
      proposed.details?.transitionId !== undefined && proposed.details.transitionId === run.state.details?.transitionId
        ? reject(run.state, "This run has already made this state transition.")
        : null,
  },
  {
    name: "a run that has ended is not cancelled, paused or crashed",
    why: "there is nothing left to stop",
    decide: ({ run, proposed }) =>
      isTerminal(run.state.type) && unpausable.has(proposed.type)
        ? abort(`Run is already in terminal state ${run.state.type}.`)
        : null,
  },
  {
    name: "a completed run whose result is kept does not run again",
    why: "what others may have read stays as it is",
    decide: ({ run, proposed }) =>
      run.state.type === "COMPLETED" && hasResult(run.state) && !isTerminal(proposed.type)
        ? reject(run.state, "Run is already COMPLETED.")
        : null,
  },
  {
    name: "a kept result is not overwritten by none",
    why: "the way to the result would be lost",
    decide: ({ run, proposed }) =>
      run.state.type === "COMPLETED" && proposed.type === "COMPLETED" && hasResult(run.state) && !hasResult(proposed)
        ? reject(run.state, "The run is COMPLETED with a kept result; a state without one does not replace it.")
        : null,
  },
  {
    name: "a run that has ended is scheduled again only if it has a deployment",
    why: "nobody else would pick it up",
    decide: ({ run, proposed }) =>
      isTerminal(run.state.type) && proposed.type === "SCHEDULED" && run.deploymentId === null
        ? abort("Cannot reschedule a run without an associated deployment.")
        : null,
  },
  {
    name: "a run being cancelled only ends cancelled",
    why: "what runs was told to stop; nothing may turn that round",
    decide: ({ run, proposed }) =>
      run.state.type === "CANCELLING" && proposed.type !== "CANCELLED"
        ? reject(run.state, "Cannot transition flows that are cancelling to a state other than Cancelled.")
        : null,
  },
  {
    name: "cancelling a run that nothing executes cancels it",
    why: "there is no process to wait for",
    decide({ run, proposed }) {
      if (proposed.type !== "CANCELLING" || !isWithoutProcess(run)) return null;
      const kind = run.state.type === "PAUSED" ? "Suspended" : "Scheduled";
      const reason = `${kind} flow run has no infrastructure to terminate.`;
      return reject({ type: "CANCELLED", name: "Cancelled", at: proposed.at }, reason);
    },
  },
  {
    name: "two do not claim one run",
    why: "PENDING is the claim: the second one loses; only a step further within PENDING is none",
    decide: ({ run, proposed }) =>
      proposed.type === "PENDING" && claimed.has(run.state.type) && !isStepWithinPending(run.state, proposed)
        ? abort(`This run is in a ${run.state.type} state and cannot transition to a PENDING state.`)
        : null,
  },
  {
    name: "a run starts only with the slot that it needs",
    why: "the deployment's limit holds whoever runs it",
    decide({ slot, proposed }) {
      switch (slot) {
        case "not-needed":
        case "taken":
          return null;
        case "no-room":
          return abort("The work pool or queue of the run has as many runs under way as it may.");
        case "never":
          return abort("The deployment concurrency limit is 0. The flow will deadlock if submitted again.");
        case "full-wait": {
          const details = { scheduledAt: proposed.at + slotWaitMs };
          return reject(
            { type: "SCHEDULED", name: "AwaitingConcurrencySlot", at: proposed.at, details },
            "Deployment concurrency limit reached.",
          );
        }
        case "full-cancel": {
          const message = "Deployment concurrency limit reached.";
          return reject({ type: "CANCELLED", name: "Cancelled", at: proposed.at, message }, message);
        }
        case "skipped": {
          const message = "A newer run of the deployment waits for the slot.";
          return reject({ type: "CANCELLED", name: "Skipped", at: proposed.at, message }, message);
        }
        case "lost": {
          const message = "Deployment concurrency slot lost during provisioning: none is free to go on with.";
          return reject({ type: "CANCELLED", name: "Cancelled", at: proposed.at, message }, message);
        }
      }
    },
  },
  {
    name: "only a scheduled run is late, and once",
    why: "the loop that marks them may be behind",
    decide({ run, proposed }) {
      if (proposed.type !== "SCHEDULED" || proposed.name !== "Late") return null;
      if (run.state.type !== "SCHEDULED") return reject(run.state, "Only scheduled flows can be marked late.");
      return run.state.name === "Late" ? reject(run.state, "This flow run is already marked late.") : null;
    },
  },
  {
    name: "a run pauses only while it runs",
    why: "a pause is a step of running code",
    decide: ({ run, proposed }) =>
      proposed.type === "PAUSED" && run.state.type !== "RUNNING"
        ? reject(run.state, `Cannot ${verbOf(proposed)} flows that are not currently running.`)
        : null,
  },
  {
    name: "the same pause is not entered twice",
    why: "a function that runs again passes the pause it has been let through",
    decide: ({ run, proposed }) =>
      proposed.type === "PAUSED" &&
      proposed.details?.pauseKey !== undefined &&
      run.extra.pauseKeys?.includes(proposed.details.pauseKey) === true
        ? reject(run.state, `This ${verbOf(proposed)} has already fired.`)
        : null,
  },
  {
    name: "only a run that can be started again gives up its process",
    why: "a subflow lives in its parent's process, and without a deployment nobody starts it",
    decide({ run, proposed }) {
      if (proposed.type !== "PAUSED" || proposed.details?.suspended !== true) return null;
      if (run.parentTaskRunId !== null) return abort(`Cannot ${verbOf(proposed)} subflows.`);
      return run.deploymentId === null ? abort(`Cannot ${verbOf(proposed)} flows without a deployment.`) : null;
    },
  },
  {
    name: "a paused run goes on, is cancelled, or ends",
    why: "no other state follows from a pause",
    decide: ({ run, proposed }) =>
      run.state.type === "PAUSED" && proposed.type === "PENDING"
        ? reject(run.state, "This run cannot transition to the PENDING state from the PAUSED state.")
        : null,
  },
  {
    name: "a run of ours that asks goes on with its answer",
    why: "it looks for that, and would ask again; who may give it is looked at where answers are given",
    decide({ run: { state, extra }, proposed }) {
      const key = state.type === "PAUSED" && extra.pauseKeys === undefined ? state.details?.pauseKey : undefined;
      return key !== undefined && (proposed.type === "RUNNING" || proposed.type === "SCHEDULED")
        ? abort(asks(key))
        : null;
    },
  },
  {
    name: "a paused run past its time fails",
    why: "nobody answered in the time that was given",
    decide({ run, proposed, now }) {
      const timeoutAt = run.state.type === "PAUSED" ? run.state.details?.pauseTimeoutAt : undefined;
      if (timeoutAt === undefined || now <= timeoutAt || !goesOn.has(proposed.type)) return null;
      const message = "The flow was paused and never resumed.";
      return reject(
        { type: "FAILED", name: "Failed", at: proposed.at, message },
        "The flow run pause has timed out and can no longer resume.",
      );
    },
  },
  {
    name: "a run waits for its time",
    why: "a scheduled run does not start early",
    decide({ run, proposed, now }) {
      const { type, details } = run.state;
      const dueAt = type === "SCHEDULED" || type === "PENDING" ? details?.scheduledAt : undefined;
      if (dueAt === undefined || proposed.type !== "RUNNING") return null;
      // Its clients wait whole seconds.
      const forMs = Math.round((dueAt - now) / 1000) * 1000;
      return forMs > 0 ? { answer: "WAIT", forMs, reason: "Scheduled time is in the future" } : null;
    },
  },
  {
    name: "a failure is tried again as often as was asked",
    why: "its client leaves retries to the orchestrator",
    decide({ run, proposed, now }) {
      const { retries = 0, retryDelayMs = 0 } = run.extra;
      if (run.state.type !== "RUNNING" || proposed.type !== "FAILED" || retriesOf(run) >= retries) return null;
      const details = { scheduledAt: now + retryDelayMs, ...leaseOf(run.state) };
      const message = proposed.message;
      return reject(
        {
          type: "SCHEDULED",
          name: "AwaitingRetry",
          at: proposed.at,
          details,
          ...(message === undefined ? {} : { message }),
          ...(proposed.extra === undefined ? {} : { extra: proposed.extra }),
        },
        "Retrying",
      );
    },
  },
];

/** What becomes of a proposed state. What the run holds or waits for goes along from state to state. */
export function decideGuestTransition(facts: GuestFacts): Decision {
  for (const rule of guestRunRules) {
    const decision = rule.decide(facts);
    if (decision !== null) return decision;
  }
  return { answer: "ACCEPT", state: carryOver(facts.run.state, facts.proposed) };
}

/** Set past the rules: only what would lose something is kept from it. */
export function decideForced({ run, proposed }: Pick<GuestFacts, "run" | "proposed">): Decision {
  if (proposed.type === "CANCELLING" && isWithoutProcess(run)) {
    return { answer: "ACCEPT", state: { ...proposed, type: "CANCELLED", name: "Cancelled" } };
  }
  return { answer: "ACCEPT", state: proposed };
}

function carryOver(current: State, proposed: State): State {
  const lease = isTerminal(proposed.type) ? {} : leaseOf(current);
  const isClaim = current.type === "SCHEDULED" && proposed.type === "PENDING";
  const isStep = current.type === "PENDING" && proposed.type === "PENDING";
  const scheduledAt = current.details?.scheduledAt;
  const due = (isClaim || isStep) && scheduledAt !== undefined ? { scheduledAt } : {};
  const details = { ...lease, ...due, ...proposed.details };
  return Object.keys(details).length === 0 ? proposed : { ...proposed, details };
}

/** How often it has been tried again since it was last begun anew. A pause is none. */
function retriesOf({ history }: FlowRun): number {
  const anew = history.findLastIndex(({ type }) => isTerminal(type)) + 1;
  return history.slice(anew).filter(({ name }) => name === "AwaitingRetry").length;
}

function leaseOf({ details }: State): { readonly slotLeaseId?: string } {
  return details?.slotLeaseId === undefined ? {} : { slotLeaseId: details.slotLeaseId };
}

function hasResult(state: State): boolean {
  return state.details?.hasResult === true;
}

function verbOf(proposed: State): string {
  return proposed.name === "Suspended" ? "suspend" : "pause";
}

function isWithoutProcess({ state, extra }: FlowRun): boolean {
  if (state.type === "SCHEDULED") return extra.infrastructurePid == null || state.name === "Resuming";
  return state.type === "PAUSED" && state.details?.suspended === true;
}

function isStepWithinPending(current: State, proposed: State): boolean {
  return current.type === "PENDING" && proposed.name !== current.name && proposed.name !== "Pending";
}

/** What entering a state does to the run's times, counters and what is kept of its pauses. */
export function guestEffects(
  run: FlowRun,
  next: State,
): {
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly runCount: number;
  readonly extra: FlowRunExtra;
} {
  const begins = next.type === "RUNNING" && run.state.type !== "RUNNING" && run.extra.resuming !== true;
  return {
    startedAt: next.type === "RUNNING" ? (run.startedAt ?? next.at) : run.startedAt,
    endedAt: isTerminal(next.type) ? next.at : null,
    runCount: run.runCount + (begins ? 1 : 0),
    extra: toExtra(run, next),
  };
}

function toExtra(run: FlowRun, next: State): FlowRunExtra {
  const { extra, state } = run;
  if (isTerminal(state.type) && !isTerminal(next.type)) {
    const retryType = next.type === "SCHEDULED" ? "reschedule" : null;
    // Whose pauses nobody keeps account of here, asks by itself.
    const pauseKeys = extra.pauseKeys === undefined ? {} : { pauseKeys: [] };
    return { ...extra, resuming: false, ...pauseKeys, retryType };
  }
  if (next.type === "PAUSED") {
    const key = next.details?.pauseKey;
    return { ...extra, pauseKeys: [...(extra.pauseKeys ?? []), ...(key === undefined ? [] : [key])] };
  }
  if (state.type === "PAUSED" && next.type === "SCHEDULED") {
    // A pause that kept its process and is scheduled all the same begins again from the top: its pauses fire again.
    const isNewAttempt = state.details?.suspended !== true;
    return isNewAttempt ? { ...extra, resuming: false, pauseKeys: [] } : { ...extra, resuming: true };
  }
  if (next.name === "AwaitingRetry") return { ...extra, resuming: false, pauseKeys: [], retryType: "in_process" };
  if (next.type === "RUNNING" && extra.resuming === true) return { ...extra, resuming: false };
  return extra;
}
