/**
 * What becomes of a state that a client of Prefect proposes for a task run over REST. Its own engine does not: it decides by itself and
 * reports by events, which are recorded as they are. Programs do that set states themselves, and those that run a background task by
 * hand. One ordered list, read from top to bottom; the first rule that has an answer decides. It follows Prefect 3's order.
 */

import type { FlowRun } from "../../contract/flow-run.ts";
import { type Decision, isTerminal, type State, type StateType } from "../../contract/states.ts";
import type { TaskRun } from "../../contract/task-run.ts";

/** What the rules look at: nothing else decides. */
export interface TaskRunFacts {
  readonly run: Pick<TaskRun, "state" | "attempt">;
  readonly proposed: State;
  readonly now: number;
  /** Of the flow run that it is of; null where it is of none. */
  readonly flowRun: Pick<FlowRun, "id" | "state" | "runCount"> | null;
  /** In which run of its flow run it ran last: 1, 2 … */
  readonly flowRunCount: number;
  readonly retries: TaskRetries;
  /** From 0 to 1, for the jitter of a retry. */
  readonly chance: number;
  /** Whether nobody waits for it in its flow's process: a background task. */
  readonly isDeferred: boolean;
  /** What the limits of its tags say; "free" until they were asked. */
  readonly slots: TagSlots;
}

export interface TaskRetries {
  /** How often a failure is tried again; null: never. */
  readonly count: number | null;
  /** Before each, in ms; the last one goes on. */
  readonly delaysMs: readonly number[];
  /** By how much a delay may grow, as a part of it. */
  readonly jitterFactor: number;
  /** Whether the client says of this failure that trying again is of use. */
  readonly isWorthIt: boolean;
}

export type TagSlots =
  | { readonly are: "free" }
  | { readonly are: "full"; readonly tags: readonly string[]; readonly forMs: number }
  | { readonly are: "never"; readonly tags: readonly string[] };

interface Rule {
  readonly name: string;
  decide(facts: TaskRunFacts): Decision | null;
}

const reject = (state: State, reason: string): Decision => ({ answer: "REJECT", state, reason });
const abort = (reason: string): Decision => ({ answer: "ABORT", reason });

const claimed: ReadonlySet<StateType> = new Set(["PENDING", "RUNNING", "CANCELLING", "CANCELLED"]);
const neverFromAnEnd: ReadonlySet<StateType> = new Set(["CANCELLING", "PAUSED", "CRASHED"]);
const flowMustRun = "The enclosing flow must be running to begin task execution.";

export const taskRunRules: readonly Rule[] = [
  {
    name: "two do not claim one background task",
    decide: ({ run: { state }, proposed, isDeferred }) =>
      isDeferred && proposed.type === "PENDING" && claimed.has(state.type) && !isStepWithinPending(state, proposed)
        ? abort(`This run is in a ${state.type} state and cannot transition to a PENDING state.`)
        : null,
  },
  {
    name: "a task that has ended is not cancelled, paused or crashed",
    decide: ({ run: { state }, proposed }) =>
      isTerminal(state.type) && neverFromAnEnd.has(proposed.type) ? abort(`Run is already ${state.type}.`) : null,
  },
  {
    name: "a completed task whose result is kept stays as it is",
    decide: ({ run: { state } }) =>
      state.type === "COMPLETED" && state.details?.hasResult === true
        ? reject(state, "This run is already completed.")
        : null,
  },
  {
    name: "a task runs only while its flow does",
    decide({ proposed, flowRun, isDeferred }) {
      if (proposed.type !== "RUNNING" || flowRun === null || isDeferred) return null;
      const { id, state } = flowRun;
      if (state.type === "PAUSED") {
        const { pauseTimeoutAt, suspended } = state.details ?? {};
        const details = {
          ...(pauseTimeoutAt === undefined ? {} : { pauseTimeoutAt }),
          ...(suspended === undefined ? {} : { suspended }),
        };
        return reject(
          { type: "PAUSED", name: "NotReady", at: proposed.at, details },
          `The flow is paused, new tasks can execute after resuming flow run: ${id}.`,
        );
      }
      return state.type === "RUNNING" ? null : abort(flowMustRun);
    },
  },
  {
    name: "a task runs only with a slot of each of its tags' limits",
    decide({ slots }) {
      switch (slots.are) {
        case "free":
          return null;
        case "never":
          return abort(
            `The concurrency limit on tag "${slots.tags.join(", ")}" is 0 and will deadlock if the task tries to run again.`,
          );
        case "full":
          return {
            answer: "WAIT",
            forMs: slots.forMs,
            reason: `Concurrency limit reached for tags: ${slots.tags.join(", ")}`,
          };
      }
    },
  },
  {
    name: "a task waits for its time",
    decide({ run: { state }, proposed, now }) {
      const dueAt = state.type === "SCHEDULED" || state.type === "PENDING" ? state.details?.scheduledAt : undefined;
      if (dueAt === undefined || proposed.type !== "RUNNING") return null;
      // Its clients wait whole seconds.
      const forMs = Math.round((dueAt - now) / 1000) * 1000;
      return forMs > 0 ? { answer: "WAIT", forMs, reason: "Scheduled time is in the future" } : null;
    },
  },
  {
    name: "a failure is tried again as often as was asked",
    decide({ run: { state, attempt }, proposed, now, retries, chance }) {
      if (state.type !== "RUNNING" || proposed.type !== "FAILED" || !retries.isWorthIt) return null;
      if (retries.count === null || attempt > retries.count) return null;
      const { delaysMs, jitterFactor } = retries;
      const delayMs = delaysMs[Math.max(0, Math.min(attempt, delaysMs.length) - 1)] ?? 0;
      const details = { scheduledAt: now + delayMs * (1 + jitterFactor * chance) };
      const { message, extra } = proposed;
      return reject(
        {
          type: "SCHEDULED",
          name: "AwaitingRetry",
          at: proposed.at,
          details,
          ...(message === undefined ? {} : { message }),
          ...(extra === undefined ? {} : { extra }),
        },
        "Retrying",
      );
    },
  },
];

/** What becomes of a proposed state. */
export function decideTaskRunState(facts: TaskRunFacts): Decision {
  for (const rule of taskRunRules) {
    const decision = rule.decide(facts);
    if (decision !== null) return decision;
  }
  return { answer: "ACCEPT", state: carryOver(facts) };
}

/** A due time goes along with a claim, and a state that is entered again is named so. */
function carryOver({ run, proposed, flowRun, flowRunCount }: TaskRunFacts): State {
  const { state } = run;
  const dueAt = state.details?.scheduledAt;
  if (proposed.type === "PENDING" && dueAt !== undefined) {
    return { ...proposed, details: { scheduledAt: dueAt, ...proposed.details } };
  }
  if (proposed.type !== "RUNNING") return proposed;
  if (attemptsBefore(run, proposed.type) > 0) {
    return { ...proposed, name: state.name === "AwaitingRetry" ? "Retrying" : "Rerunning" };
  }
  const isOfRetriedFlow = isTerminal(state.type) && flowRun !== null && flowRunCount < flowRun.runCount;
  return isOfRetriedFlow ? { ...proposed, name: "Retrying" } : proposed;
}

/** How often it was begun, where it enters this state: one that had ended is counted anew. */
export function attemptsBefore({ state, attempt }: Pick<TaskRun, "state" | "attempt">, next: StateType): number {
  return isTerminal(state.type) && !isTerminal(next) ? 0 : attempt;
}

function isStepWithinPending(current: State, proposed: State): boolean {
  return current.type === "PENDING" && proposed.name !== current.name && proposed.name !== "Pending";
}
