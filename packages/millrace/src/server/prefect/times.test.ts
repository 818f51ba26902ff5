import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromPrefectDuration, fromPrefectTime, toPrefectTime, toPrefectTimeOrNull } from "./times.ts";

describe("times", () => {
  test.each([
    [0, "1970-01-01T00:00:00Z"],
    [1_764_088_740_123.456, "2025-11-25T16:39:00.123456Z"],
    [1_764_088_740_000, "2025-11-25T16:39:00Z"],
    [-0.001, "1969-12-31T23:59:59.999999Z"],
    [1_764_088_740_999.9998, "2025-11-25T16:39:01Z"],
  ])("%d is written as %s", (ms, text) => {
    expect(toPrefectTime(ms)).toBe(text);
  });

  test("that are missing are null", () => {
    expect([toPrefectTimeOrNull(null), toPrefectTimeOrNull(undefined), toPrefectTimeOrNull(0)]).toEqual([
      null,
      null,
      "1970-01-01T00:00:00Z",
    ]);
  });

  test.each([
    ["2025-11-25T16:39:00.123456Z", 1_764_088_740_123.456],
    ["2025-11-25T16:39:00.123456+00:00", 1_764_088_740_123.456],
    ["2025-11-25 16:39:00+00:00", 1_764_088_740_000],
    ["2025-11-25T17:39:00+0100", 1_764_088_740_000],
    ["2025-11-25T11:09:00-05:30", 1_764_088_740_000],
    ["2025-11-25T16:39:00.1", 1_764_088_740_100],
    ["2025-11-25T16:39Z", 1_764_088_740_000],
    ["2025-11-25", 1_764_028_800_000],
    ["1764088740.5", 1_764_088_740_500],
    ["0001-01-01T00:00:00Z", -62_135_596_800_000],
  ])("%s is read as %d", (text, ms) => {
    expect(fromPrefectTime(text)).toBe(ms);
  });

  test("that are numbers are Unix time, in seconds or in ms", () => {
    expect(fromPrefectTime(1_764_088_740.25)).toBe(1_764_088_740_250);
    expect(fromPrefectTime(1_764_088_740_250)).toBe(1_764_088_740_250);
  });

  test.each(["", "soon", "2025-02-30T00:00:00Z", "2025-11-25T24:00:00Z", "2025-11-25T16:39:00+1", Number.NaN, 1e300])(
    "%s is none",
    (text) => {
      expect(fromPrefectTime(text)).toBe(null);
    },
  );

  test("before 2109 come back as they were, to the microsecond", () => {
    const max = 2 ** 42 * 1000;
    const microseconds = fc.integer({ min: -max, max });
    fc.assert(
      fc.property(microseconds, (us) => {
        const read = fromPrefectTime(toPrefectTime(us / 1000));
        expect(Math.round((read ?? Number.NaN) * 1000)).toBe(us);
      }),
    );
  });
});

test.each([
  [3600.5, 3600.5],
  ["90", 90],
  ["PT5M", 300],
  ["P1DT2H3M4.5S", 93_784.5],
  ["-P1W", -604_800],
  ["1 day, 02:30:00", 95_400],
  ["00:00:01.25", 1.25],
  ["P", null],
  ["PT", null],
  ["five minutes", null],
])("the duration %s is %s s", (given, seconds) => {
  expect(fromPrefectDuration(given)).toBe(seconds);
});
