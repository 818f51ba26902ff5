/** I1, I2 and I4: a run ends once a tenure, by transitions that the rules list; its row is the last of its history. */

import type { FlowRun } from "../../../packages/millrace/src/contract/flow-run.ts";
import { isTerminal, type State } from "../../../packages/millrace/src/contract/states.ts";
import { decideFlowRunTransition } from "../../../packages/millrace/src/rules/flow-run-transitions.ts";
import { decideGuestTransition } from "../../../packages/millrace/src/rules/guest-run-transitions.ts";
import type { Evidence } from "./evidence.ts";

export function flowRunHistories({ runs }: Pick<Evidence, "runs">): readonly string[] {
  return runs.flatMap(checkRun);
}

function checkRun(run: FlowRun): readonly string[] {
  const { history, state, epoch, ownerId } = run;
  const problems = [
    ...history.flatMap((next, at) => {
      const from = history[at - 1];
      return from === undefined || mayFollow(run, from, next) ? [] : [`goes from ${from.name} to ${next.name}`];
    }),
    ...history.flatMap((next, at) =>
      (history[at - 1]?.at ?? 0) < next.at ? [] : [`has no growing time at ${next.name}`],
    ),
    ...(history.at(-1)?.at === state.at && history.at(-1)?.type === state.type ? [] : ["is not as its history ends"]),
    ...(ownerId !== null && isTerminal(state.type) ? ["has an owner although it has ended"] : []),
    ...(epoch === countClaims(history) ? [] : [`has token ${epoch} after ${countClaims(history)} claims`]),
  ];
  const path = history.map(({ name }) => name).join(" > ");
  return problems.map((problem) => `I1/I2: flow run ${run.id} ${problem}: ${path}`);
}

/** Two times between which each rule that goes by the clock changes its mind: clocks here are not true. */
const anyTime = [0, Number.MAX_SAFE_INTEGER];

function mayFollow(run: FlowRun, from: State, to: State): boolean {
  if (isTerminal(from.type)) return from.type !== "COMPLETED" && (isClaim(from, to) || to.type === "SCHEDULED");
  if (isClaim(from, to)) return true;
  return anyTime.some((now) => {
    const facts = { current: from, proposed: to, owned: true, epoch: 1, proposerEpoch: 1, now };
    const own = decideFlowRunTransition(facts);
    if (own.answer === "ACCEPT") return true;
    const before = { ...run, state: from, history: run.history.slice(0, run.history.indexOf(to)) };
    const guest = decideGuestTransition({ run: before, proposed: to, now, slot: "taken" });
    return guest.answer === "ACCEPT" || (guest.answer === "REJECT" && guest.state.type === to.type);
  });
}

/** A claim begins a run from the top, whatever a dead process left. */
function isClaim(from: State | undefined, to: State): boolean {
  if (to.type !== "RUNNING") return false;
  if (to.name === "Resuming") return true;
  if (to.name === "Retrying") return from?.name !== "AwaitingRetry";
  return to.name === "Running" && (from === undefined || from.type === "PENDING" || from.type === "SCHEDULED");
}

function countClaims(history: readonly State[]): number {
  return history.filter((state, at) => isClaim(history[at - 1], state)).length;
}
