import { expect, test } from "vitest";
import { stepOf, toBuckets } from "./event-buckets.ts";

test("a time is divided into parts that people count in", () => {
  expect(stepOf(3_600_000, 60)).toBe(60_000);
  expect(stepOf(86_400_000, 60)).toBe(1_800_000);
  expect(stepOf(1, 60)).toBe(1000);
});

test("each event is in one part, and the parts cover the time", () => {
  const hour = 3_600_000;
  const events = [0, 1, hour / 2, hour].map((at) => ({ at, name: at === 1 ? "millrace.flow-run.Failed" : "x" }));
  const buckets = toBuckets(events, { from: 0, to: hour });
  expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(4);
  expect(buckets.reduce((sum, { bad }) => sum + bad, 0)).toBe(1);
  expect(buckets[0]).toMatchObject({ from: 0, count: 2, bad: 1 });
  expect(buckets.length).toBeLessThanOrEqual(60);
  expect(buckets.at(-1)?.to).toBeGreaterThan(hour);
});

test("what is out of the time is not of it, and no time is one part", () => {
  expect(toBuckets([{ at: -1, name: "x" }], { from: 0, to: 0 })).toEqual([{ from: 0, to: 1000, count: 0, bad: 0 }]);
});
