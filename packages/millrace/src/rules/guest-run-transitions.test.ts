import { describe, expect, test } from "vitest";
import type { FlowRun } from "../contract/flow-run.ts";
import { defaultStateNames, type State, type StateType } from "../contract/states.ts";
import { aFlowRun } from "./a-flow-run.testsuite.ts";
import {
  decideForced,
  decideGuestTransition,
  guestEffects,
  guestRunRules,
  type SlotFact,
} from "./guest-run-transitions.ts";

const now = 1_790_000_000_000;

function aState(type: StateType, more: Partial<State> = {}): State {
  return { type, name: defaultStateNames[type], at: now - 10_000, ...more };
}

function decide(run: FlowRun, type: StateType, more: Partial<State> = {}, slot: SlotFact = "not-needed") {
  return decideGuestTransition({ run, proposed: aState(type, { at: now, ...more }), now, slot });
}

const deployed = { deploymentId: "d" };
const kept = { details: { hasResult: true } };

describe("what becomes of a proposal of a guest", () => {
  const cases: readonly [string, FlowRun, [StateType, Partial<State>?, SlotFact?], object][] = [
    ["a run starts", aFlowRun(aState("PENDING")), ["RUNNING"], { answer: "ACCEPT", state: { type: "RUNNING" } }],
    [
      "the same proposal again",
      aFlowRun(aState("RUNNING", { details: { transitionId: "t" } })),
      ["RUNNING", { details: { transitionId: "t" } }],
      { answer: "REJECT", state: { type: "RUNNING", at: now - 10_000 } },
    ],
    ["cancelling what has ended", aFlowRun(aState("FAILED")), ["CANCELLING"], { answer: "ABORT" }],
    ["crashing what has ended", aFlowRun(aState("COMPLETED")), ["CRASHED"], { answer: "ABORT" }],
    ["running again what failed", aFlowRun(aState("FAILED")), ["RUNNING"], { answer: "ACCEPT" }],
    [
      "running again what completed with a kept result",
      aFlowRun(aState("COMPLETED", kept)),
      ["RUNNING"],
      { answer: "REJECT" },
    ],
    ["running again what completed without", aFlowRun(aState("COMPLETED")), ["RUNNING"], { answer: "ACCEPT" }],
    ["losing a kept result", aFlowRun(aState("COMPLETED", kept)), ["COMPLETED"], { answer: "REJECT" }],
    ["scheduling again without a deployment", aFlowRun(aState("FAILED")), ["SCHEDULED"], { answer: "ABORT" }],
    ["scheduling again with one", aFlowRun(aState("FAILED"), deployed), ["SCHEDULED"], { answer: "ACCEPT" }],
    ["ending what is being cancelled", aFlowRun(aState("CANCELLING")), ["COMPLETED"], { answer: "REJECT" }],
    ["cancelled at last", aFlowRun(aState("CANCELLING")), ["CANCELLED"], { answer: "ACCEPT" }],
    [
      "cancelling what waits for its time",
      aFlowRun(aState("SCHEDULED")),
      ["CANCELLING"],
      { answer: "REJECT", state: { type: "CANCELLED" } },
    ],
    [
      "cancelling a retry whose process waits",
      aFlowRun(aState("SCHEDULED", { name: "AwaitingRetry" }), { extra: { infrastructurePid: "7" } }),
      ["CANCELLING"],
      { answer: "ACCEPT", state: { type: "CANCELLING" } },
    ],
    [
      "cancelling what is suspended",
      aFlowRun(aState("PAUSED", { details: { suspended: true } })),
      ["CANCELLING"],
      { answer: "REJECT", state: { type: "CANCELLED" } },
    ],
    ["cancelling what is paused in its process", aFlowRun(aState("PAUSED")), ["CANCELLING"], { answer: "ACCEPT" }],
    ["a second claim", aFlowRun(aState("PENDING")), ["PENDING"], { answer: "ABORT" }],
    ["a claim of what runs", aFlowRun(aState("RUNNING")), ["PENDING"], { answer: "ABORT" }],
    ["a step within PENDING", aFlowRun(aState("PENDING")), ["PENDING", { name: "Submitting" }], { answer: "ACCEPT" }],
    [
      "a claim carries the due time on",
      aFlowRun(aState("SCHEDULED", { details: { scheduledAt: now - 5 } })),
      ["PENDING"],
      { answer: "ACCEPT", state: { details: { scheduledAt: now - 5 } } },
    ],
    ["no slot ever", aFlowRun(aState("SCHEDULED"), deployed), ["PENDING", {}, "never"], { answer: "ABORT" }],
    [
      "no slot now",
      aFlowRun(aState("SCHEDULED"), deployed),
      ["PENDING", {}, "full-wait"],
      { answer: "REJECT", state: { name: "AwaitingConcurrencySlot", details: { scheduledAt: now + 30_000 } } },
    ],
    [
      "no slot, and it is not to wait",
      aFlowRun(aState("SCHEDULED"), deployed),
      ["PENDING", {}, "full-cancel"],
      { answer: "REJECT", state: { type: "CANCELLED" } },
    ],
    [
      "no slot for it, because a newer run waits",
      aFlowRun(aState("SCHEDULED"), deployed),
      ["PENDING", {}, "skipped"],
      { answer: "REJECT", state: { type: "CANCELLED", name: "Skipped" } },
    ],
    [
      "the slot is lost before the start",
      aFlowRun(aState("PENDING"), deployed),
      ["RUNNING", {}, "lost"],
      { answer: "REJECT", state: { type: "CANCELLED" } },
    ],
    ["late", aFlowRun(aState("SCHEDULED")), ["SCHEDULED", { name: "Late" }], { answer: "ACCEPT" }],
    [
      "late twice",
      aFlowRun(aState("SCHEDULED", { name: "Late" })),
      ["SCHEDULED", { name: "Late" }],
      { answer: "REJECT" },
    ],
    ["late while it runs", aFlowRun(aState("RUNNING")), ["SCHEDULED", { name: "Late" }], { answer: "REJECT" }],
    ["pausing what does not run", aFlowRun(aState("PENDING")), ["PAUSED"], { answer: "REJECT" }],
    [
      "the same pause again",
      aFlowRun(aState("RUNNING"), { extra: { pauseKeys: ["k"] } }),
      ["PAUSED", { details: { pauseKey: "k" } }],
      { answer: "REJECT", state: { type: "RUNNING" } },
    ],
    [
      "suspending a subflow",
      aFlowRun(aState("RUNNING"), { parentTaskRunId: "t", ...deployed }),
      ["PAUSED", { details: { suspended: true } }],
      { answer: "ABORT" },
    ],
    [
      "suspending without a deployment",
      aFlowRun(aState("RUNNING")),
      ["PAUSED", { details: { suspended: true } }],
      { answer: "ABORT" },
    ],
    [
      "suspending with one",
      aFlowRun(aState("RUNNING"), deployed),
      ["PAUSED", { details: { suspended: true } }],
      { answer: "ACCEPT" },
    ],
    ["a pause is over", aFlowRun(aState("PAUSED")), ["RUNNING"], { answer: "ACCEPT" }],
    ["a pause is not claimed", aFlowRun(aState("PAUSED")), ["PENDING"], { answer: "REJECT" }],
    [
      "a pause past its time",
      aFlowRun(aState("PAUSED", { details: { pauseTimeoutAt: now - 1 } })),
      ["RUNNING"],
      { answer: "REJECT", state: { type: "FAILED" } },
    ],
    [
      "before its time",
      aFlowRun(aState("SCHEDULED", { details: { scheduledAt: now + 2600 } })),
      ["RUNNING"],
      { answer: "WAIT", forMs: 3000 },
    ],
    [
      "a failure that is tried again",
      aFlowRun(aState("RUNNING", { details: { slotLeaseId: "l" } }), {
        runCount: 1,
        extra: { retries: 1, retryDelayMs: 5000 },
      }),
      ["FAILED", { message: "no" }],
      {
        answer: "REJECT",
        state: { name: "AwaitingRetry", message: "no", details: { scheduledAt: now + 5000, slotLeaseId: "l" } },
      },
    ],
    [
      "a failure after the last retry",
      aFlowRun(aState("RUNNING"), {
        runCount: 2,
        extra: { retries: 1 },
        history: [aState("RUNNING"), aState("SCHEDULED", { name: "AwaitingRetry" }), aState("RUNNING")],
      }),
      ["FAILED"],
      { answer: "ACCEPT" },
    ],
    [
      "a crash is not tried again",
      aFlowRun(aState("RUNNING"), { runCount: 1, extra: { retries: 1 } }),
      ["CRASHED"],
      { answer: "ACCEPT" },
    ],
  ];

  test.each(cases)("%s", (_, run, [type, more, slot], expected) => {
    expect(decide(run, type, more, slot)).toMatchObject(expected);
  });

  test("a lease goes along until the end", () => {
    const held = aFlowRun(aState("PENDING", { details: { slotLeaseId: "l" } }), deployed);
    expect(decide(held, "RUNNING")).toMatchObject({ state: { details: { slotLeaseId: "l" } } });
    const running = aFlowRun(aState("RUNNING", { details: { slotLeaseId: "l" } }), deployed);
    expect(decide(running, "COMPLETED")).toEqual({ answer: "ACCEPT", state: aState("COMPLETED", { at: now }) });
  });

  test("each rule has a name of its own, and a reason", () => {
    expect(new Set(guestRunRules.map(({ name }) => name)).size).toBe(guestRunRules.length);
    expect(guestRunRules.every(({ why }) => why.length > 0)).toBe(true);
  });

  test("a forced state is set, and cancelling what nothing executes still cancels it", () => {
    expect(decideForced({ run: aFlowRun(aState("COMPLETED")), proposed: aState("RUNNING") })).toMatchObject({
      answer: "ACCEPT",
    });
    const proposed = aState("CANCELLING");
    expect(decideForced({ run: aFlowRun(aState("SCHEDULED")), proposed })).toMatchObject({
      state: { type: "CANCELLED" },
    });
  });
});

describe("what entering a state does to the run", () => {
  const enter = (run: FlowRun, type: StateType, more: Partial<State> = {}) =>
    guestEffects(run, aState(type, { at: now, ...more }));

  test("it starts once and counts each time it begins", () => {
    expect(enter(aFlowRun(aState("PENDING")), "RUNNING")).toMatchObject({ startedAt: now, endedAt: null, runCount: 1 });
    const retried = aFlowRun(aState("SCHEDULED"), { startedAt: 5, runCount: 1 });
    expect(enter(retried, "RUNNING")).toMatchObject({ startedAt: 5, runCount: 2 });
    expect(enter(aFlowRun(aState("RUNNING"), { runCount: 1 }), "COMPLETED")).toMatchObject({
      endedAt: now,
      runCount: 1,
    });
  });

  test("going on after a pause in another process is no new beginning", () => {
    const suspended = aFlowRun(aState("PAUSED", { details: { suspended: true } }), { runCount: 1 });
    const { extra } = enter(suspended, "SCHEDULED", { name: "Resuming" });
    expect(extra.resuming).toBe(true);
    const again = enter(aFlowRun(aState("PENDING"), { runCount: 1, extra }), "RUNNING");
    expect([again.runCount, again.extra.resuming]).toEqual([1, false]);
  });

  test("pauses are remembered until it begins anew", () => {
    const { extra } = enter(aFlowRun(aState("RUNNING")), "PAUSED", { details: { pauseKey: "k" } });
    expect(extra.pauseKeys).toEqual(["k"]);
    expect(enter(aFlowRun(aState("RUNNING"), { extra }), "SCHEDULED", { name: "AwaitingRetry" }).extra).toMatchObject({
      pauseKeys: [],
      retryType: "in_process",
    });
    expect(enter(aFlowRun(aState("FAILED"), { extra }), "SCHEDULED").extra).toMatchObject({
      pauseKeys: [],
      retryType: "reschedule",
    });
    expect(enter(aFlowRun(aState("PAUSED"), { extra }), "SCHEDULED").extra.pauseKeys).toEqual([]);
  });
});
