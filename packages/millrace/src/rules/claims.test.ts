import { describe, expect, test } from "vitest";
import type { FlowRun } from "../contract/flow-run.ts";
import { defaultStateNames, type StateType, stateTypes } from "../contract/states.ts";
import { aFlowRun } from "./a-flow-run.testsuite.ts";
import { beginsAt, decideClaim } from "./claims.ts";

const run = (type: StateType): FlowRun => aFlowRun({ type, name: defaultStateNames[type], at: 1 });

const modes = ["start", "resume", "retry"] as const;

/** The specification as a table: what a claim of a run that nobody executes makes of its state; null where it is refused. */
const allowed: Readonly<Record<StateType, Readonly<Record<(typeof modes)[number], string | null>>>> = {
  SCHEDULED: { start: "Running", resume: "Resuming", retry: "Retrying" },
  PENDING: { start: "Running", resume: "Resuming", retry: "Retrying" },
  RUNNING: { start: null, resume: "Resuming", retry: "Retrying" },
  PAUSED: { start: null, resume: "Resuming", retry: "Retrying" },
  CANCELLING: { start: null, resume: "Resuming", retry: "Retrying" },
  FAILED: { start: null, resume: "Resuming", retry: "Retrying" },
  CRASHED: { start: null, resume: "Resuming", retry: "Retrying" },
  CANCELLED: { start: null, resume: "Resuming", retry: "Retrying" },
  COMPLETED: { start: null, resume: null, retry: null },
};

describe.each(stateTypes)("a run that is %s", (type) => {
  test.each(modes)("asked to %s", (mode) => {
    const stateName = allowed[type][mode];
    const decision = decideClaim(run(type), mode, false);
    expect(decision).toMatchObject(stateName === null ? { claim: "refused" } : { claim: "allowed", stateName });
  });

  test.each(modes)("asked to %s while a process executes it", (mode) => {
    expect(decideClaim(run(type), mode, true)).toEqual({ claim: "owned" });
  });
});

test("a run that is taken a little before its time begins at its time", () => {
  const due = { ...run("PENDING"), expectedAt: 5000 };
  expect(beginsAt(due, 4900)).toBe(5000);
  expect(beginsAt(due, 5001)).toBe(5001);
  // One that somebody wanted long before its time begins now.
  expect(beginsAt(due, 3000)).toBe(3000);
});

test("a refusal says why, and what to do", () => {
  expect(decideClaim(run("RUNNING"), "start", false)).toEqual({
    claim: "refused",
    reason: "it was started already",
    advice: "`millrace flow-run resume 0190b5c8-0000-7000-8000-0000000000aa` continues it.",
  });
  expect(decideClaim(run("COMPLETED"), "retry", false)).toMatchObject({ reason: "there is nothing left to do" });
});
