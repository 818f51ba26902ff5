import { describe, expect, test } from "vitest";
import type { FlowRun } from "../contract/flow-run.ts";
import { answerId, isAnswerId, refusalKey, type RunInput } from "../contract/records.ts";
import type { State } from "../contract/states.ts";
import { hasGoneOn, readAnswers } from "./pause-answers.ts";

const input = (key: string, id: string, value = "1"): RunInput => ({
  flowRunId: "run",
  key,
  id,
  value,
  sender: null,
  createdAt: 1,
});

describe("the answers to a pause", () => {
  test("are none at first", () => {
    expect(readAnswers([input("other", "answer-0")], "go")).toEqual({ refused: [], given: null });
  });

  test("the first that was not refused counts", () => {
    const [wrong, first, second] = [input("go", "answer-0"), input("go", "answer-1"), input("go", "x")];
    const refusal = input(refusalKey("go"), "answer-0", '"too small"');
    expect(readAnswers([wrong, first, refusal, second], "go")).toEqual({
      refused: [{ input: wrong, reason: "too small" }],
      given: first,
    });
  });

  test("a reason that is no JSON text is told as it is", () => {
    const inputs = [input("go", "a"), input(refusalKey("go"), "a", "not JSON")];
    expect(readAnswers(inputs, "go").refused[0]?.reason).toBe("not JSON");
  });

  test("have an id for each that was refused before", () => {
    expect([answerId(0), answerId(2)]).toEqual(["answer-0", "answer-2"]);
  });
});

describe("a run has gone on from a pause", () => {
  const run = (...states: readonly Partial<State>[]) => ({ history: states }) as unknown as FlowRun;
  const at = (pauseKey: string): Partial<State> => ({ type: "PAUSED", details: { pauseKey } });

  test("when it has run since it last waited there", () => {
    expect(hasGoneOn(run({ type: "RUNNING" }, at("go"), { type: "RUNNING" }, at("next")), "go")).toBe(true);
    expect(hasGoneOn(run({ type: "RUNNING" }, at("go"), { type: "COMPLETED" }), "go")).toBe(true);
  });

  test("not while it waits, is scheduled, or has ended otherwise", () => {
    expect(hasGoneOn(run({ type: "RUNNING" }, at("go")), "go")).toBe(false);
    expect(hasGoneOn(run(at("go"), { type: "RUNNING" }, at("go")), "go")).toBe(false);
    expect(hasGoneOn(run(at("go"), { type: "SCHEDULED" }), "go")).toBe(false);
    expect(hasGoneOn(run(at("go"), { type: "FAILED" }), "go")).toBe(false);
  });
});

test("an answer is known by its id", () => {
  const ids = [
    answerId(0),
    answerId(12),
    `${answerId(1)}-1790000000000.001`,
    "",
    "1",
    "answer",
    "answer-",
    "my answer-0",
  ];
  expect(ids.map(isAnswerId)).toEqual([true, true, true, false, false, false, false, false]);
});
