import type { State } from "millrace/client";
import { expect, test } from "vitest";
import { toAttempts, toFacts, toTransitions } from "./transitions.ts";

const state = (type: State["type"], at: number, name: string = type): State => ({ type, name, at });

test("a state lasts until the next one", () => {
  const transitions = toTransitions([state("PENDING", 0), state("RUNNING", 5), state("COMPLETED", 25)]);
  expect(transitions.map(({ lastedMs, isNow }) => [lastedMs, isNow])).toEqual([
    [5, false],
    [20, false],
    [null, false],
  ]);
  expect(toTransitions([state("RUNNING", 5)])[0]?.isNow).toBe(true);
});

test("attempts have what they ended with, and the delay between them", () => {
  const attempts = toAttempts([
    state("PENDING", 0),
    state("RUNNING", 10),
    state("SCHEDULED", 20, "AwaitingRetry"),
    state("RUNNING", 320, "Retrying"),
    state("PAUSED", 330),
    state("RUNNING", 400),
    state("FAILED", 420),
  ]);
  expect(
    attempts.map(({ number, startedAt, endedAt, delayMs, outcome }) => [
      number,
      startedAt,
      endedAt,
      delayMs,
      outcome?.name,
    ]),
  ).toEqual([
    [1, 10, 20, null, "AwaitingRetry"],
    [2, 320, 420, 300, "FAILED"],
  ]);
  expect(toAttempts([state("COMPLETED", 3, "Cached")])).toEqual([]);
});

test("who forced a state is said", () => {
  expect(toFacts({ ...state("COMPLETED", 1), details: { forcedBy: "ann" } })).toEqual([["forced by", "ann"]]);
});
