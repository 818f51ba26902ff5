/** I1, I2 and I10: each run ends once, passes only through transitions that the rules allow, and does end. */

import { isTerminal, type State } from "../../../packages/millrace/src/contract/states.ts";
import { decideFlowRunTransition } from "../../../packages/millrace/src/rules/flow-run-transitions.ts";
import { flowRetries } from "../plan.ts";
import type { FlowRunRow } from "../rows.ts";
import { type Invariant, short } from "./evidence.ts";

export const flowRunHistories: Invariant = ({ rows }) => rows.flowRuns.flatMap(checkRun);

function checkRun(run: FlowRunRow): readonly string[] {
  const { history } = run;
  const problems = [
    ...history.flatMap((next, at) => {
      const from = history[at - 1];
      return from === undefined || mayFollow(from, next) ? [] : [`goes from ${from.name} to ${next.name}`];
    }),
    ...history.flatMap((next, at) =>
      (history[at - 1]?.at ?? 0) < next.at ? [] : [`has no growing time at ${next.name}`],
    ),
    ...checkTenures(history),
    ...checkRow(run),
  ];
  return problems.map((problem) => `I1/I2: flow run ${short(run.id)} (${run.flowName}) ${problem}: ${path(history)}`);
}

/** A state has the time at which it was proposed, a little before it was decided on. */
const decidesAfterMs = 20;

/** A claim begins a run again, whatever a dead process left; everything else is a proposal, which the rules decide. */
function mayFollow(from: State, to: State): boolean {
  if (isClaim(from, to)) return from.type !== "COMPLETED";
  const decision = decideFlowRunTransition({
    current: from,
    proposed: to,
    owned: true,
    epoch: 1,
    proposerEpoch: 1,
    now: to.at + decidesAfterMs,
  });
  return decision.answer === "ACCEPT" && decision.state === to;
}

function isClaim(from: State, to: State): boolean {
  return to.type === "RUNNING" && (to.name === "Resuming" || (to.name === "Retrying" && from.name !== "AwaitingRetry"));
}

/** The states between two claims. */
function tenuresOf(history: readonly State[]): readonly (readonly State[])[] {
  const tenures: State[][] = [];
  for (const [at, state] of history.entries()) {
    const from = history[at - 1];
    if (from === undefined || isClaim(from, state)) tenures.push([]);
    tenures.at(-1)?.push(state);
  }
  return tenures;
}

function checkTenures(history: readonly State[]): readonly string[] {
  const tenures = tenuresOf(history);
  return tenures.flatMap((tenure, at) => {
    const ends = tenure.filter(({ type }) => isTerminal(type)).length;
    const isLast = at === tenures.length - 1;
    return ends > 1 || (isLast && ends === 0) ? [`has ${ends} ends in tenure ${at + 1} of ${tenures.length}`] : [];
  });
}

function checkRow({ stateType, stateName, history, epoch, ownerId }: FlowRunRow): readonly string[] {
  const last = history.at(-1);
  return [
    ...(last?.type === stateType && last.name === stateName ? [] : [`is ${stateName}, and its history is not`]),
    ...(isTerminal(stateType) ? [] : ["has not ended"]),
    ...(ownerId === null ? [] : ["has an owner although it has ended"]),
    ...(epoch === tenuresOf(history).length ? [] : [`has epoch ${epoch} after ${tenuresOf(history).length} tenures`]),
    ...(mostRetries(history) <= flowRetries ? [] : [`was retried ${mostRetries(history)} times of ${flowRetries}`]),
  ];
}

/** Its retries are spent once, however often it is gone on with; a retry asked for by somebody gives it new ones. */
function mostRetries(history: readonly State[]): number {
  let most = 0;
  let count = 0;
  for (const [at, state] of history.entries()) {
    if (state.name === "AwaitingRetry") count++;
    if (state.name === "Retrying" && history[at - 1]?.name !== "AwaitingRetry") count = 0;
    most = Math.max(most, count);
  }
  return most;
}

function path(history: readonly State[]): string {
  return history.map(({ name }) => name).join(" > ");
}
