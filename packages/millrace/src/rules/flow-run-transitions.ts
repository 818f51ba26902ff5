/**
 * The transition rules of flow runs: one ordered list, read from top to bottom; the first rule that has an answer
 * decides. A proposal that no rule answers is accepted. This list is the specification.
 */

import type { FlowRun } from "../contract/flow-run.ts";
import { type Decision, isTerminal, type State } from "../contract/states.ts";

/** What the rules look at: nothing else decides. */
export interface TransitionFacts {
  readonly current: State;
  /** True when a process holds the run's lease. */
  readonly owned: boolean;
  readonly epoch: number;
  readonly proposed: State;
  /** The proposer's fencing token; null for somebody who is not the owner. */
  readonly proposerEpoch: number | null;
  readonly now: number;
}

interface Rule {
  readonly name: string;
  readonly why: string;
  decide(facts: TransitionFacts): Decision | null;
}

const reject = (state: State, reason: string): Decision => ({ answer: "REJECT", state, reason });
const abort = (reason: string): Decision => ({ answer: "ABORT", reason });

export const flowRunRules: readonly Rule[] = [
  {
    name: "a stale owner is refused",
    why: "the run was taken by another process, whose word counts",
    decide: ({ proposerEpoch, epoch }) =>
      proposerEpoch !== null && proposerEpoch < epoch
        ? abort(`the lease of this process ended (its token ${proposerEpoch}, now ${epoch})`)
        : null,
  },
  {
    name: "a repeated transition is accepted once",
    why: "a client that did not hear the answer asks again; the state of an owner whose clock is behind has a later time than it said",
    decide: ({ current, proposed, proposerEpoch }) => {
      if (current.type !== proposed.type || current.name !== proposed.name) return null;
      const isOwnLater = proposerEpoch !== null && proposed.at < current.at && current.details?.forcedBy === undefined;
      const isRepeated = current.at === proposed.at || isOwnLater;
      return isRepeated ? { answer: "ACCEPT", state: current } : null;
    },
  },
  {
    name: "a terminal state stays",
    why: "a run ends once; starting it again is a claim, setting another state is a recorded force",
    decide: ({ current }) => (isTerminal(current.type) ? abort(`the run has ended ${current.name}`) : null),
  },
  {
    name: "a run being cancelled only ends",
    why: "what runs was told to stop; nothing may turn that round",
    decide: ({ current, proposed }) => {
      if (current.type !== "CANCELLING") return null;
      return proposed.type === "CANCELLED" ? null : reject(current, "the run is being cancelled");
    },
  },
  {
    name: "cancelling a run that nobody executes cancels it",
    why: "there is no process to wait for",
    decide: ({ owned, proposed }) =>
      proposed.type === "CANCELLING" && !owned
        ? reject({ ...proposed, type: "CANCELLED", name: "Cancelled" }, "no process executes the run")
        : null,
  },
  {
    name: "a run pauses only while it runs",
    why: "a pause is a step of running code",
    decide: ({ current, proposed }) =>
      proposed.type === "PAUSED" && current.type !== "RUNNING" && current.type !== "PAUSED"
        ? abort(`a run that is ${current.name} cannot pause`)
        : null,
  },
  {
    name: "the same pause is not entered twice",
    why: "a resumed function passes the pause it has been let through",
    decide: ({ current, proposed }) =>
      proposed.type === "PAUSED" &&
      current.type === "PAUSED" &&
      current.details?.pauseKey !== proposed.details?.pauseKey
        ? reject(current, "the run is paused already")
        : null,
  },
  {
    name: "a paused run past its time fails",
    why: "nobody answered in the time that was given, and no answer was agreed on for that",
    decide: ({ current, proposed, now }) => {
      const { pauseTimeoutAt: timeoutAt, timeoutAnswer } = (current.type === "PAUSED" && current.details) || {};
      if (timeoutAt === undefined || now < timeoutAt || proposed.type !== "RUNNING") return null;
      if (timeoutAnswer !== undefined) return null;
      return reject(
        { type: "FAILED", name: "Failed", at: proposed.at, message: "The pause timed out" },
        "the pause has timed out",
      );
    },
  },
  {
    name: "a run waits for its time",
    why: "a scheduled run does not start early; the time of its own next attempt an owner tells by its own clock",
    decide: ({ current, proposed, proposerEpoch, now: decidedAt }) => {
      const now = proposerEpoch === null ? decidedAt : Math.max(decidedAt, proposed.at);
      const dueAt =
        current.type === "SCHEDULED" || current.type === "PENDING" ? current.details?.scheduledAt : undefined;
      if (dueAt === undefined || proposed.type !== "RUNNING" || dueAt <= now) return null;
      return { answer: "WAIT", forMs: dueAt - now, reason: "the run is not due yet" };
    },
  },
  {
    name: "two do not claim one run",
    why: "PENDING is the claim: the second one loses",
    decide: ({ current, proposed }) =>
      proposed.type === "PENDING" &&
      current.type !== "SCHEDULED" &&
      !(current.type === "PENDING" && current.name !== proposed.name)
        ? abort(`the run is ${current.name} already`)
        : null,
  },
];

/** What becomes of a proposed state. The state in the answer has its time unique in the run's history. */
export function decideFlowRunTransition(facts: TransitionFacts): Decision {
  for (const rule of flowRunRules) {
    const decision = rule.decide(facts);
    if (decision !== null) return decision;
  }
  return { answer: "ACCEPT", state: facts.proposed };
}

/** What entering a state does to the run's times and counters. */
export function transitionEffects(
  run: FlowRun,
  next: State,
): { readonly startedAt: number | null; readonly endedAt: number | null; readonly runCount: number } {
  const beginsBody =
    next.type === "RUNNING" &&
    run.state.type !== "RUNNING" &&
    (run.state.type !== "PAUSED" || run.state.details?.suspended === true);
  return {
    startedAt: next.type === "RUNNING" ? (run.startedAt ?? next.at) : run.startedAt,
    endedAt: isTerminal(next.type) ? next.at : null,
    runCount: run.runCount + (beginsBody ? 1 : 0),
  };
}
