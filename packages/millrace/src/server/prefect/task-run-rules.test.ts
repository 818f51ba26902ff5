import { describe, expect, test } from "vitest";
import { defaultStateNames, type State, type StateType, stateTypes } from "../../contract/states.ts";
import { decideTaskRunState, type TaskRunFacts, taskRunRules } from "./task-run-rules.ts";

const now = 1_800_000_000_000;

const aState = (type: StateType, more: Partial<State> = {}): State => ({
  type,
  name: defaultStateNames[type],
  at: now,
  ...more,
});

const facts = (current: State, proposed: StateType | State, more: Partial<TaskRunFacts> = {}): TaskRunFacts => ({
  run: { state: current, attempt: 0 },
  proposed: typeof proposed === "string" ? aState(proposed) : proposed,
  now,
  flowRun: null,
  flowRunCount: 1,
  retries: { count: null, delaysMs: [0], jitterFactor: 0, isWorthIt: true },
  chance: 0,
  isDeferred: false,
  slots: { are: "free" },
  ...more,
});

const decide = (...given: Parameters<typeof facts>) => decideTaskRunState(facts(...given));
const flowIn = (state: State, runCount = 1) => ({ flowRun: { id: "flow-run", state, runCount } });

test("each rule has a name of its own, and each proposal an answer", () => {
  expect(new Set(taskRunRules.map(({ name }) => name)).size).toBe(taskRunRules.length);
  for (const from of stateTypes) {
    for (const to of stateTypes) expect(decide(aState(from), to).answer).toMatch(/^(ACCEPT|REJECT|WAIT|ABORT)$/);
  }
});

describe("a task that has ended", () => {
  test.each(["CANCELLING", "PAUSED", "CRASHED"] as const)("is not %s then", (type) => {
    expect(decide(aState("FAILED"), type)).toEqual({ answer: "ABORT", reason: "Run is already FAILED." });
  });

  test("stays completed where its result is kept, and runs again where it is not", () => {
    const kept = aState("COMPLETED", { details: { hasResult: true } });
    expect(decide(kept, "RUNNING")).toEqual({
      answer: "REJECT",
      state: kept,
      reason: "This run is already completed.",
    });
    const run = { state: aState("COMPLETED"), attempt: 3 };
    expect(decide(run.state, "RUNNING", { run })).toMatchObject({ answer: "ACCEPT", state: { name: "Running" } });
  });

  test("is tried again with its flow", () => {
    const more = { ...flowIn(aState("RUNNING"), 2), flowRunCount: 1 };
    expect(decide(aState("FAILED"), "RUNNING", more)).toMatchObject({ state: { name: "Retrying" } });
    expect(decide(aState("FAILED"), "RUNNING", { ...more, flowRunCount: 2 })).toMatchObject({
      state: { name: "Running" },
    });
  });
});

describe("a task of a flow", () => {
  test("runs while that runs", () => {
    expect(decide(aState("PENDING"), "RUNNING", flowIn(aState("RUNNING"))).answer).toBe("ACCEPT");
    expect(decide(aState("PENDING"), "COMPLETED", flowIn(aState("CANCELLED"))).answer).toBe("ACCEPT");
  });

  test.each(["PENDING", "CANCELLING", "COMPLETED", "FAILED"] as const)("does not while that is %s", (type) => {
    expect(decide(aState("PENDING"), "RUNNING", flowIn(aState(type)))).toEqual({
      answer: "ABORT",
      reason: "The enclosing flow must be running to begin task execution.",
    });
  });

  test("is not ready while that is paused, for as long", () => {
    const paused = aState("PAUSED", { details: { pauseTimeoutAt: now + 5000, pauseKey: "1" } });
    expect(decide(aState("PENDING"), "RUNNING", flowIn(paused))).toMatchObject({
      answer: "REJECT",
      state: { type: "PAUSED", name: "NotReady", details: { pauseTimeoutAt: now + 5000 } },
    });
  });
});

test("a task waits for its time, and takes it along when it is claimed", () => {
  const scheduled = aState("SCHEDULED", { details: { scheduledAt: now + 2600 } });
  const claimed = decide(scheduled, "PENDING");
  expect(claimed).toMatchObject({ answer: "ACCEPT", state: { details: { scheduledAt: now + 2600 } } });
  const reason = "Scheduled time is in the future";
  expect(decide(scheduled, "RUNNING")).toEqual({ answer: "WAIT", forMs: 3000, reason });
  expect(decide(aState("SCHEDULED", { details: { scheduledAt: now } }), "RUNNING").answer).toBe("ACCEPT");
});

describe("a failure", () => {
  const running = (attempt: number) => ({ run: { state: aState("RUNNING"), attempt } });
  const retries = { count: 2, delaysMs: [1000, 3000], jitterFactor: 0.5, isWorthIt: true };
  const failed = aState("FAILED", { message: "no", extra: { data: 1 } });

  test("is tried again as often as was asked, after the delay of that time, with jitter", () => {
    const dueAfter = [1, 2].map((attempt) => {
      const decision = decide(aState("RUNNING"), failed, { ...running(attempt), retries, chance: 1 });
      expect(decision).toMatchObject({
        answer: "REJECT",
        state: { type: "SCHEDULED", name: "AwaitingRetry", message: "no", extra: { data: 1 } },
      });
      return "state" in decision ? (decision.state.details?.scheduledAt ?? 0) - now : 0;
    });
    expect(dueAfter).toEqual([1500, 4500]);
    expect(decide(aState("RUNNING"), failed, { ...running(3), retries }).answer).toBe("ACCEPT");
  });

  test("is the end where nothing was asked, or the client says that trying again is of no use", () => {
    expect(decide(aState("RUNNING"), failed, running(1)).answer).toBe("ACCEPT");
    const more = { ...running(1), retries: { ...retries, isWorthIt: false } };
    expect(decide(aState("RUNNING"), failed, more).answer).toBe("ACCEPT");
  });

  test("that is tried again is a retry, and any other run again a rerun", () => {
    const again = (name: string) => {
      const state = aState("SCHEDULED", { name });
      return decide(state, "RUNNING", { run: { state, attempt: 1 } });
    };
    expect(again("AwaitingRetry")).toMatchObject({ state: { name: "Retrying" } });
    expect(again("Scheduled")).toMatchObject({ state: { name: "Rerunning" } });
  });
});

describe("the slots of its tags", () => {
  test("are waited for, or never had", () => {
    const full = { are: "full", tags: ["a", "b"], forMs: 4000 } as const;
    expect(decide(aState("PENDING"), "RUNNING", { slots: full })).toEqual({
      answer: "WAIT",
      forMs: 4000,
      reason: "Concurrency limit reached for tags: a, b",
    });
    const never = decide(aState("PENDING"), "RUNNING", { slots: { are: "never", tags: ["a"] } });
    expect(never).toMatchObject({ answer: "ABORT", reason: expect.stringContaining('tag "a" is 0') });
  });
});

describe("a background task", () => {
  const deferred = { isDeferred: true };

  test("is claimed by one", () => {
    expect(decide(aState("SCHEDULED"), "PENDING", deferred).answer).toBe("ACCEPT");
    for (const type of ["PENDING", "RUNNING", "CANCELLING", "CANCELLED"] as const) {
      expect(decide(aState(type), "PENDING", deferred).answer).toBe("ABORT");
    }
    expect(decide(aState("PENDING"), aState("PENDING", { name: "Submitting" }), deferred).answer).toBe("ACCEPT");
  });

  test("runs whatever becomes of the flow that asked for it", () => {
    expect(decide(aState("PENDING"), "RUNNING", { ...deferred, ...flowIn(aState("COMPLETED")) }).answer).toBe("ACCEPT");
  });
});
