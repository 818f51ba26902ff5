import type { LoopStatus } from "millrace/client";
import { expect, test } from "vitest";
import { healthOfLoop } from "./loop-health.ts";

const loop: LoopStatus = {
  name: "schedules",
  everyMs: 1000,
  startedAt: 10_000,
  endedAt: 10_010,
  lagMs: 0,
  failures: 0,
  ticks: 3,
  lastError: null,
};

test("a loop that has its turns is fine", () => expect(healthOfLoop(loop).state).toBe("fine"));

test("one that is behind by several turns is late", () => {
  expect(healthOfLoop({ ...loop, lagMs: 4000 }).state).toBe("fine");
  expect(healthOfLoop({ ...loop, lagMs: 6000 }).state).toBe("late");
  expect(healthOfLoop({ ...loop, everyMs: 60_000, lagMs: 6000 }).state).toBe("fine");
});

test("one whose last turn failed is failing, until it has another", () => {
  const failed = { ...loop, failures: 1, lastError: { at: 10_005, message: "the disk is full" } };
  expect(healthOfLoop(failed)).toMatchObject({ state: "failing" });
  expect(healthOfLoop({ ...failed, startedAt: 11_000, endedAt: 11_001 }).state).toBe("fine");
});

test("before its first turn nothing can be said", () => {
  expect(healthOfLoop({ ...loop, startedAt: null, endedAt: null }).state).toBe("waiting");
});
