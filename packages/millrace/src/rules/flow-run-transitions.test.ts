import { describe, expect, it } from "vitest";
import { defaultStateNames, type State, type StateType } from "../contract/states.ts";
import { decideFlowRunTransition, flowRunRules } from "./flow-run-transitions.ts";

const state = (type: StateType, at: number): State => ({ type, name: defaultStateNames[type], at });

function decide(
  from: StateType,
  to: StateType,
  over: { owned?: boolean; epoch?: number; proposerEpoch?: number | null } = {},
) {
  return decideFlowRunTransition({
    current: state(from, 1),
    proposed: state(to, 2),
    owned: over.owned ?? true,
    epoch: over.epoch ?? 1,
    proposerEpoch: over.proposerEpoch === undefined ? 1 : over.proposerEpoch,
    now: 2,
  });
}

describe("flow run transitions", () => {
  it("lets an owner tell the time of its next attempt by its own clock, and nobody else", () => {
    const current = { ...state("SCHEDULED", 1), name: "AwaitingRetry", details: { scheduledAt: 5000 } };
    const answerOf = (proposerEpoch: number | null, at: number): string =>
      decideFlowRunTransition({
        current,
        proposed: state("RUNNING", at),
        owned: true,
        epoch: 1,
        proposerEpoch,
        now: 2,
      }).answer;
    expect(answerOf(1, 5000)).toBe("ACCEPT");
    expect(answerOf(1, 4999)).toBe("WAIT");
    expect(answerOf(null, 5000)).toBe("WAIT");
  });

  it("knows the word of an owner whose clock is behind when it is repeated, and takes nobody else's for it", () => {
    const current = { ...state("RUNNING", 7), name: "Retrying" };
    const again = (over: { current?: State; proposerEpoch?: number | null; at?: number }) =>
      decideFlowRunTransition({
        current: over.current ?? current,
        proposed: { ...current, at: over.at ?? 5 },
        owned: true,
        epoch: 1,
        proposerEpoch: over.proposerEpoch === undefined ? 1 : over.proposerEpoch,
        now: 8,
      });
    expect(again({})).toEqual({ answer: "ACCEPT", state: current });
    expect(again({ at: 8 })).toMatchObject({ state: { at: 8 } });
    expect(again({ proposerEpoch: null })).toMatchObject({ state: { at: 5 } });
    const forced = { ...current, details: { forcedBy: "ada" } };
    expect(again({ current: forced })).toMatchObject({ state: { at: 5 } });
  });

  it("accepts the same transition again without a change", () => {
    const same = state("COMPLETED", 7);
    const decision = decideFlowRunTransition({
      current: same,
      proposed: same,
      owned: false,
      epoch: 1,
      proposerEpoch: 1,
      now: 9,
    });
    expect(decision).toEqual({ answer: "ACCEPT", state: same });
  });

  it("cancels a run that nobody executes at once", () => {
    const decision = decide("SCHEDULED", "CANCELLING", { owned: false, proposerEpoch: null });
    expect(decision).toMatchObject({ answer: "REJECT", state: { type: "CANCELLED" } });
  });

  it("makes a run wait for its due time", () => {
    const current: State = { ...state("SCHEDULED", 1), details: { scheduledAt: 5000 } };
    const facts = { current, proposed: state("RUNNING", 2), owned: false, epoch: 0, proposerEpoch: null };
    expect(decideFlowRunTransition({ ...facts, now: 2000 })).toMatchObject({ answer: "WAIT", forMs: 3000 });
    expect(decideFlowRunTransition({ ...facts, now: 5000 }).answer).toBe("ACCEPT");
  });

  it("fails a paused run whose time has passed when it is asked to run", () => {
    const current: State = { ...state("PAUSED", 1), details: { pauseTimeoutAt: 100 } };
    const decision = decideFlowRunTransition({
      current,
      proposed: state("RUNNING", 101),
      owned: true,
      epoch: 1,
      proposerEpoch: 1,
      now: 101,
    });
    expect(decision).toMatchObject({ answer: "REJECT", state: { type: "FAILED" } });
  });

  it("lets a paused run go on late with the answer that was agreed on for that", () => {
    const current: State = { ...state("PAUSED", 1), details: { pauseTimeoutAt: 100, timeoutAnswer: "true" } };
    const facts = { current, proposed: state("RUNNING", 101), owned: true, epoch: 1, proposerEpoch: 1, now: 101 };
    expect(decideFlowRunTransition(facts).answer).toBe("ACCEPT");
  });

  it("has a reason for every rule", () => {
    for (const rule of flowRunRules) expect(rule.why.length).toBeGreaterThan(10);
    expect(new Set(flowRunRules.map((rule) => rule.name)).size).toBe(flowRunRules.length);
  });
});
