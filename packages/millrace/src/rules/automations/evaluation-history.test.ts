import { describe, expect, test } from "vitest";
import type { KeptEvaluation } from "../../contract/evaluations.ts";
import { addToHistory, boundHistory, dropOldEvaluations } from "./evaluation-history.ts";

type Told = readonly [outcome: KeptEvaluation["outcome"], text: string, key?: string];

/** Told a second each. */
function historyOf(told: readonly Told[]): readonly KeptEvaluation[] {
  return told.reduce<readonly KeptEvaluation[]>((history, [outcome, text, key], index) => {
    const evaluation = { path: "trigger", key: key === undefined ? [] : [key], outcome, text, at: index * 1000 };
    return addToHistory(history, evaluation).history;
  }, []);
}

const shown = (history: readonly KeptEvaluation[]): readonly string[] =>
  history.map(({ outcome, text, key, count, at }) => [outcome, ...key, text, `${count}x`, `at ${at / 1000}`].join(" "));

describe("a history of evaluations", () => {
  test("counts what comes to the same as before, with the newest text", () => {
    const history = historyOf([
      ["counted", "1 of 3"],
      ["counted", "2 of 3"],
      ["fired", "3 of 3"],
      ["counted", "1 of 3"],
    ]);
    expect(shown(history)).toEqual(["counted 2 of 3 2x at 1", "fired 3 of 3 1x at 2", "counted 1 of 3 1x at 3"]);
    expect(history[0]?.firstAt).toBe(0);
  });

  test("has a row for each firing, and for each failure that is another one", () => {
    const history = historyOf([
      ["fired", "1 of 1"],
      ["fired", "1 of 1"],
      ["failed", "no disk"],
      ["failed", "no disk"],
      ["failed", "no net"],
    ]);
    expect(shown(history)).toEqual([
      "fired 1 of 1 1x at 0",
      "fired 1 of 1 1x at 1",
      "failed no disk 2x at 3",
      "failed no net 1x at 4",
    ]);
  });

  test("tells the values of for-each apart, the one that was last touched last", () => {
    const history = historyOf([
      ["counted", "1 of 9", "a"],
      ["counted", "1 of 9", "b"],
      ["counted", "2 of 9", "a"],
    ]);
    expect(shown(history)).toEqual(["counted b 1 of 9 1x at 1", "counted a 2 of 9 2x at 2"]);
  });

  test("leaves each value of for-each its newest rows when there are too many", () => {
    const busy = Array.from({ length: 20 }, (): Told => ["fired", "1 of 1", "busy"]);
    const history = historyOf([["expired", "0 of 1", "quiet"], ["counted", "1 of 2", "quiet"], ...busy]);
    expect(shown(boundHistory(history, 4))).toEqual([
      "expired quiet 0 of 1 1x at 0",
      "counted quiet 1 of 2 1x at 1",
      "fired busy 1 of 1 1x at 20",
      "fired busy 1 of 1 1x at 21",
    ]);
    expect(boundHistory(history, 22)).toBe(history);
  });

  test("drops the oldest values when there are more of them than rows", () => {
    const history = historyOf(["a", "b", "c"].map((key): Told => ["counted", "1 of 2", key]));
    expect(shown(boundHistory(history, 2))).toEqual(["counted b 1 of 2 1x at 1", "counted c 1 of 2 1x at 2"]);
  });

  test("drops what is old", () => {
    const history = historyOf([
      ["fired", "1 of 1"],
      ["fired", "1 of 1"],
    ]);
    expect(shown(dropOldEvaluations(history, 500))).toEqual(["fired 1 of 1 1x at 1"]);
    expect(dropOldEvaluations(history, 0)).toBe(history);
  });
});
