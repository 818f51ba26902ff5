import { describe, expect, test } from "vitest";
import type { State } from "../contract/states.ts";
import { earlierAttempts } from "./earlier-attempts.ts";

const types: Readonly<Record<string, State["type"]>> = {
  Pending: "PENDING",
  AwaitingRetry: "SCHEDULED",
  Crashed: "CRASHED",
  Failed: "FAILED",
};

/** A history of states by name, one a millisecond. */
function history(...names: readonly string[]): readonly State[] {
  return names.map((name, at) => ({ type: types[name] ?? "RUNNING", name, at }));
}

describe("the attempts before", () => {
  test("are none in a run that has not failed", () => {
    const none = { failures: 0, retriedAt: Number.NEGATIVE_INFINITY };
    expect(earlierAttempts([])).toEqual(none);
    expect(earlierAttempts(history("Pending", "Running", "Crashed", "Resuming"))).toEqual(none);
  });

  test("are those that failed and were tried again, in whichever process", () => {
    expect(earlierAttempts(history("Pending", "Running", "AwaitingRetry", "Retrying"))).toEqual({
      failures: 1,
      retriedAt: 2,
    });
    const twice = history("Running", "AwaitingRetry", "Crashed", "Resuming", "AwaitingRetry", "Crashed", "Resuming");
    expect(earlierAttempts(twice)).toEqual({ failures: 2, retriedAt: 4 });
  });

  test("are forgotten by a retry that somebody asked for, which dropped the failures too", () => {
    const asked = history("Running", "AwaitingRetry", "Retrying", "Failed", "Retrying");
    expect(earlierAttempts(asked)).toEqual({ failures: 0, retriedAt: 4 });
    expect(earlierAttempts([...asked, ...history("Crashed", "Resuming")])).toEqual({ failures: 0, retriedAt: 4 });
  });
});
