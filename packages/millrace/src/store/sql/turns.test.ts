import { expect, test } from "vitest";
import type { StateType } from "../../contract/states.ts";
import { toTurns } from "./turns.ts";

const states = (...all: readonly [StateType, number][]) => all.map(([type, at]) => ({ type, at }));

test("what ran once has no turns", () => {
  expect(toTurns(states(["PENDING", 90], ["RUNNING", 100], ["FAILED", 130]), 100)).toEqual([]);
  expect(toTurns([], 100)).toEqual([]);
});

test("between attempts it stops, and goes on", () => {
  const retried = states(["PENDING", 90], ["RUNNING", 100], ["SCHEDULED", 110.4], ["RUNNING", 140.6]);
  expect(toTurns(retried, 100)).toEqual([10, 41]);
  expect(toTurns([...retried, ...states(["COMPLETED", 150])], 100)).toEqual([10, 41]);
  expect(toTurns([...retried, ...states(["SCHEDULED", 150])], 100)).toEqual([10, 41, 50]);
});

test("what is paused is not tried again", () => {
  expect(toTurns(states(["RUNNING", 100], ["PAUSED", 110], ["RUNNING", 500], ["PAUSED", 510]), 100)).toEqual([]);
});

test("what ended and was begun again stopped there", () => {
  const reopened = states(["RUNNING", 100], ["FAILED", 110], ["PENDING", 500], ["RUNNING", 510], ["COMPLETED", 520]);
  expect(toTurns(reopened, 100)).toEqual([10, 410]);
  expect(toTurns(reopened, 510)).toEqual([]);
});

test("of very many the last ones are told, from a stop on", () => {
  const flapping = Array.from(
    { length: 401 },
    (_, at) => ({ type: at % 2 === 0 ? "RUNNING" : "SCHEDULED", at }) as const,
  );
  const turns = toTurns(flapping, 0);
  expect(turns).toHaveLength(200);
  expect([turns[0], turns.at(-1)]).toEqual([201, 400]);
  expect(toTurns([...flapping, { type: "SCHEDULED", at: 401 }], 0).slice(0, 1)).toEqual([203]);
});
