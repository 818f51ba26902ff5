import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Duration, formatDuration, toMs } from "./duration.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test.each<[unknown, number]>([
  [0, 0],
  [1500, 1500],
  [0.5, 0.5],
  ["250ms", 250],
  ["10s", 10 * second],
  ["1.1s", 1100],
  ["1.005s", 1005],
  [".5s", 500],
  ["5m", 5 * minute],
  ["1.5h", 90 * minute],
  ["2 days", 2 * day],
  ["1 week", 7 * day],
  ["1m30s", 90 * second],
  ["1h 30m", 90 * minute],
  ["1d 2h 3m", day + 2 * hour + 3 * minute],
  [" 10 S ", 10 * second],
  ["3m 04s", 184 * second],
  ["1 hour 1 minute 1 second 1 millisecond", hour + minute + second + 1],
])("%j is %d ms", (duration, ms) => {
  expect(toMs(duration as Duration)).toBe(ms);
});

test.each<[unknown, RegExp]>([
  ["", /it is empty/],
  ["10", /the unit is missing/],
  ["-5s", /it is negative/],
  [-5, /cannot be negative/],
  [Number.NaN, /cannot be NaN/],
  [Infinity, /cannot be Infinity/],
  ["5 parsecs", /"parsecs" is not a unit/],
  ["5 constructor", /"constructor" is not a unit/],
  ["1s 1m", /from large to small/],
  ["1s1s", /from large to small/],
  ["1s and more", /"and more" is not a number with a unit/],
  ["s", /is not a number/],
  ["1e3s", /"e" is not a unit/],
  [`${"9".repeat(400)}s`, /it is too large/],
  [null, /not null/],
  [{}, /not an object/],
  [true, /not boolean/],
])("%j is refused", (duration, reason) => {
  expect(() => toMs(duration as Duration)).toThrow(RangeError);
  expect(() => toMs(duration as Duration)).toThrow(reason);
});

describe("for people", () => {
  test.each<[number, string]>([
    [0, "0ms"],
    [0.04, "0ms"],
    [0.44, "0.4ms"],
    [1.4, "1ms"],
    [850, "850ms"],
    [999.4, "999ms"],
    [999.6, "1s"],
    [1234, "1.2s"],
    [59_949, "59.9s"],
    [59_950, "1m 00s"],
    [184 * second, "3m 04s"],
    [hour - 1, "1h 00m"],
    [2 * hour + 11 * minute, "2h 11m"],
    [day - 1, "1d 00h"],
    [5 * day + 3 * hour, "5d 03h"],
    [400 * day, "400d 00h"],
    [-1500, "-1.5s"],
    [Infinity, "∞"],
    [-Infinity, "-∞"],
    [Number.NaN, "?"],
  ])("%d ms is %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test("what is written is read as about the same time", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1000 * day, noNaN: true }), (ms) => {
        const stepMs =
          ms < 1 ? 0.1 : ms < second ? 1 : ms < minute ? 100 : ms < hour ? second : ms < day ? minute : hour;
        const back = toMs(formatDuration(ms) as Duration);
        expect(Math.abs(back - ms)).toBeLessThanOrEqual(stepMs / 2 + 1e-6);
      }),
    );
  });
});
