/** Every proposal from every state, as a table: what the rules for guests come to when nothing but the states counts. */

import { describe, expect, test } from "vitest";
import type { FlowRun } from "../contract/flow-run.ts";
import { type Decision, defaultStateNames, type State, type StateType, stateTypes } from "../contract/states.ts";
import { aFlowRun } from "./a-flow-run.testsuite.ts";
import { decideGuestTransition } from "./guest-run-transitions.ts";

const now = 1_790_000_000_000;

function aState(type: StateType, at = now - 10_000): State {
  return { type, name: defaultStateNames[type], at };
}

/** Rows: the state that a run is in. Columns: what is proposed, in the order of the rows. */
type Table = Readonly<Record<StateType, string>>;

/** `yes`: accepted. `no`: aborted. `stays`: the client is told the state that the run is in. Else the state that it gets. */
const ofNothing: Table = {
  SCHEDULED: "yes yes yes yes yes yes CANCELLED yes stays",
  PENDING: "yes no yes yes yes yes yes yes stays",
  RUNNING: "yes no yes yes yes yes yes yes yes",
  COMPLETED: "no yes yes yes yes no no yes no",
  FAILED: "no yes yes yes yes no no yes no",
  CRASHED: "no yes yes yes yes no no yes no",
  CANCELLING: "stays stays stays stays stays stays stays yes stays",
  CANCELLED: "no no yes yes yes no no yes no",
  PAUSED: "yes stays yes yes yes yes yes yes stays",
};

/** It may be scheduled again, and a process is there that hears of a cancellation. */
const ofDeployment: Table = {
  ...ofNothing,
  SCHEDULED: "yes yes yes yes yes yes yes yes stays",
  COMPLETED: "yes yes yes yes yes no no yes no",
  FAILED: "yes yes yes yes yes no no yes no",
  CRASHED: "yes yes yes yes yes no no yes no",
  CANCELLED: "yes no yes yes yes no no yes no",
};

function toWord(decision: Decision, { from, to }: { readonly from: StateType; readonly to: StateType }): string {
  switch (decision.answer) {
    case "ACCEPT":
      return decision.state.type === to ? "yes" : decision.state.type;
    case "REJECT":
      return decision.state.type === from ? "stays" : decision.state.type;
    case "ABORT":
      return "no";
    case "WAIT":
      return "waits";
  }
}

const places: readonly (readonly [string, Table, Partial<FlowRun>])[] = [
  ["a run of no deployment, without a process", ofNothing, {}],
  ["a run of a deployment, in a process", ofDeployment, { deploymentId: "d", extra: { infrastructurePid: "7" } }],
];

describe.each(places)("%s", (_, table, more) => {
  test.each(stateTypes)("that is %s", (from) => {
    const words = stateTypes.map((to) => {
      const run = aFlowRun(aState(from), more);
      return toWord(decideGuestTransition({ run, proposed: aState(to, now), now, slot: "not-needed" }), { from, to });
    });
    expect(words.join(" ")).toBe(table[from]);
  });
});
