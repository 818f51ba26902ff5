import { describe, expect, test } from "vitest";
import { defaultStateNames, isTerminal, type State, type StateType, stateTypes } from "../contract/states.ts";
import { decideTaskRunChange, type TaskRunChangeFacts, taskRunRules } from "./task-run-changes.ts";

const aState = (type: StateType, at: number): State => ({ type, name: defaultStateNames[type], at });

const plain: Omit<TaskRunChangeFacts, "current" | "proposed"> = { newStates: 1, reopens: false, epoch: 1, runEpoch: 1 };

/** The answers to each change of a row that is in a state, in the order of the states. */
function answersOf(from: StateType, at: number, more: Partial<TaskRunChangeFacts> = {}): string {
  const current = aState(from, 10);
  return stateTypes
    .map((to) => decideTaskRunChange({ ...plain, current, proposed: aState(to, at), ...more }))
    .join(" ");
}

const all = (answer: string): string => stateTypes.map(() => answer).join(" ");

describe.each(stateTypes)("a task run that is %s", (from) => {
  test("gets any later state while it has not ended, and none after", () => {
    expect(answersOf(from, 11)).toBe(all(isTerminal(from) ? "keep" : "write"));
  });

  test("gets any later state of a change that begins it again", () => {
    expect(answersOf(from, 11, { reopens: true })).toBe(all("write"));
  });

  test("gets no earlier state", () => {
    expect(answersOf(from, 9)).toBe(all("keep"));
    expect(answersOf(from, 9, { reopens: true })).toBe(all("keep"));
  });

  test("keeps its state when that is told again, with what the change adds to it", () => {
    const same = aState(from, 10);
    expect(decideTaskRunChange({ ...plain, current: same, proposed: same })).toBe("keep");
    expect(decideTaskRunChange({ ...plain, current: same, proposed: same, newStates: 0 })).toBe("write");
  });

  test("is refused to a process that has lost the flow run, and not to one of no flow", () => {
    expect(answersOf(from, 11, { epoch: 0 })).toBe(all("refuse"));
    expect(answersOf(from, 11, { epoch: 0, runEpoch: null, reopens: true })).toBe(all("write"));
  });
});

test("a task run begins in any state", () => {
  for (const type of stateTypes) {
    expect(decideTaskRunChange({ ...plain, current: null, proposed: aState(type, 1) })).toBe("write");
  }
});

test("each rule has a name and a reason of its own", () => {
  for (const { why } of taskRunRules) expect(why.length).toBeGreaterThan(10);
  expect(new Set(taskRunRules.map(({ name }) => name)).size).toBe(taskRunRules.length);
});
