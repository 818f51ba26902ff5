import { describe, expect, test } from "vitest";
import type { FlowRun } from "../contract/flow-run.ts";
import { defaultStateNames, type StateType, stateTypes } from "../contract/states.ts";
import { aFlowRun } from "./a-flow-run.testsuite.ts";
import { beginsAt, decideClaim } from "./claims.ts";

const run = (type: StateType): FlowRun => aFlowRun({ type, name: defaultStateNames[type], at: 1 });

const nobody = { ownerAlive: false, hasDeployment: false };

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
    const decision = decideClaim(run(type), { mode, ...nobody });
    expect(decision).toMatchObject(stateName === null ? { claim: "refused" } : { claim: "allowed", stateName });
  });

  test.each(modes)("asked to %s while a process executes it", (mode) => {
    expect(decideClaim(run(type), { mode, ownerAlive: true, hasDeployment: false })).toEqual({ claim: "owned" });
  });
});

describe("a run of a deployment", () => {
  const deployed = (type: StateType): FlowRun => ({ ...run(type), deploymentId: "d", ownerId: null });
  const theirs = { ownerAlive: false, hasDeployment: true };

  test.each(["resume", "retry"] as const)("that a worker starts is not taken to %s it", (mode) => {
    expect(decideClaim(deployed("PENDING"), { mode, ...theirs })).toEqual({
      claim: "refused",
      reason: "a worker has taken it, and is starting it",
      advice:
        "If that worker is gone: `millrace flow-run cancel 0190b5c8-0000-7000-8000-0000000000aa --force`, and then again.",
    });
    expect(decideClaim(deployed("PENDING"), { mode, ...nobody }).claim).toBe("refused");
    expect(decideClaim(deployed("SCHEDULED"), { mode, ...theirs })).toEqual({
      claim: "refused",
      reason: "its deployment starts it",
      advice: "`millrace flow-run why 0190b5c8-0000-7000-8000-0000000000aa` says what it waits for.",
    });
  });

  test.each(["resume", "retry"] as const)("that nobody else starts may be taken to %s it", (mode) => {
    expect(decideClaim(deployed("SCHEDULED"), { mode, ...nobody }).claim).toBe("allowed");
    // Its process died while it waited for its next attempt.
    expect(decideClaim({ ...deployed("SCHEDULED"), ownerId: "gone" }, { mode, ...theirs }).claim).toBe("allowed");
    expect(decideClaim(deployed("CRASHED"), { mode, ...theirs }).claim).toBe("allowed");
  });

  test("that a worker starts is taken by its process", () => {
    for (const type of ["SCHEDULED", "PENDING"] as const) {
      expect(decideClaim(deployed(type), { mode: "start", ...theirs }).claim).toBe("allowed");
    }
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
  expect(decideClaim(run("RUNNING"), { mode: "start", ...nobody })).toEqual({
    claim: "refused",
    reason: "it was started already",
    advice: "`millrace flow-run resume 0190b5c8-0000-7000-8000-0000000000aa` continues it.",
  });
  expect(decideClaim(run("COMPLETED"), { mode: "retry", ...nobody })).toMatchObject({
    reason: "there is nothing left to do",
  });
});
