/** Every proposal from every state, as a table: what the rules for guests come to when nothing but the states counts. */

import { describe, expect, test } from "vitest";
import type { FlowRun } from "../contract/flow-run.ts";
import { defaultStateNames, type State, type StateType, stateTypes } from "../contract/states.ts";
import { aFlowRun } from "./a-flow-run.testsuite.ts";
import { decideGuestTransition } from "./guest-run-transitions.ts";
import { toRow, type TransitionTable } from "./transition-table.testsuite.ts";

const now = 1_790_000_000_000;

function aState(type: StateType, at = now - 10_000): State {
  return { type, name: defaultStateNames[type], at };
}

const ofNothing: TransitionTable = {
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
const ofDeployment: TransitionTable = {
  ...ofNothing,
  SCHEDULED: "yes yes yes yes yes yes yes yes stays",
  COMPLETED: "yes yes yes yes yes no no yes no",
  FAILED: "yes yes yes yes yes no no yes no",
  CRASHED: "yes yes yes yes yes no no yes no",
  CANCELLED: "yes no yes yes yes no no yes no",
};

const places: readonly (readonly [string, TransitionTable, Partial<FlowRun>])[] = [
  ["a run of no deployment, without a process", ofNothing, {}],
  ["a run of a deployment, in a process", ofDeployment, { deploymentId: "d", extra: { infrastructurePid: "7" } }],
];

describe.each(places)("%s", (_, table, more) => {
  test.each(stateTypes)("that is %s", (from) => {
    const facts = { run: aFlowRun(aState(from), more), now, slot: "not-needed" } as const;
    const row = toRow(from, (to) => decideGuestTransition({ ...facts, proposed: aState(to, now) }));
    expect(row).toBe(table[from]);
  });
});
