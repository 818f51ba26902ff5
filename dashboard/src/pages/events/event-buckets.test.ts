import { expect, test } from "vitest";
import { divide, stepOf, toBuckets } from "./event-buckets.ts";

const hour = 3_600_000;

test("a time is divided into parts that people count in", () => {
  expect(stepOf(hour, 60)).toBe(60_000);
  expect(stepOf(24 * hour, 60)).toBe(1_800_000);
  expect(stepOf(1, 60)).toBe(1000);
});

test("the parts cover the time, and begin where a clock does", () => {
  const division = divide(90_000, hour + 90_000);
  expect(division).toEqual({ from: 0, to: hour + 120_000, bucketMs: 120_000 });
  expect(divide(0, 0)).toEqual({ from: 0, to: 1000, bucketMs: 1000 });
});

test("a part that nothing is in is there too", () => {
  const cells = [{ bucket: 1, count: 4, failures: 1 }];
  expect(toBuckets({ from: 0, to: 3000, bucketMs: 1000 }, cells)).toEqual([
    { from: 0, to: 1000, count: 0, failures: 0 },
    { from: 1000, to: 2000, count: 4, failures: 1 },
    { from: 2000, to: 3000, count: 0, failures: 0 },
  ]);
});
