import fc from "fast-check";
import { expect, test } from "vitest";
import { clampTo, foldIdle, openFold, ticksOf, type TimeScale, toTime, toX, zoomAt } from "./time-scale.ts";

const scale = (change: Partial<TimeScale> = {}): TimeScale => ({
  from: 0,
  to: 1000,
  width: 500,
  fold: openFold(5000),
  ...change,
});

test("times are places, and places times", () => {
  expect(toX(scale(), 5000)).toBe(0);
  expect(toX(scale(), 5500)).toBe(250);
  expect(toTime(scale(), 250)).toBe(5500);
});

test("zooming keeps what is under the pointer there", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 500, noNaN: true }),
      fc.double({ min: 0.2, max: 5, noNaN: true }),
      (x, factor) => {
        const before = scale();
        expect(toTime(zoomAt(before, x, factor), x)).toBeCloseTo(toTime(before, x), 5);
      },
    ),
  );
});

test("a window stays within the extent", () => {
  expect(clampTo(scale({ from: -200, to: 800 }), { from: 0, to: 2000 })).toMatchObject({ from: 0, to: 1000 });
  expect(clampTo(scale({ from: 1500, to: 2500 }), { from: 0, to: 2000 })).toMatchObject({ from: 1000, to: 2000 });
  expect(clampTo(scale({ from: -500, to: 9000 }), { from: 0, to: 2000 })).toMatchObject({ from: 0, to: 2000 });
});

test("long idle times are folded, short ones stay", () => {
  const fold = foldIdle(
    [
      [0, 100],
      [102, 200],
      [10_000, 10_100],
    ],
    0,
  );
  expect(fold.gaps.map(({ ms }) => ms)).toEqual([9800]);
  expect(fold.toBusy(102) - fold.toBusy(100)).toBe(2);
  expect(fold.toBusy(10_100)).toBeLessThan(400);
});

test("folding loses no time: it is a way there and back, and keeps the order", () => {
  const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 1, max: 500 })), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(
      spans,
      fc.array(fc.integer({ min: 0, max: 101_000 }), { minLength: 2, maxLength: 20 }),
      (given, times) => {
        const fold = foldIdle(
          given.map(([from, ms]) => [from, from + ms] as const).sort((a, b) => a[0] - b[0]),
          0,
        );
        const sorted = times.toSorted((a, b) => a - b);
        const busies = sorted.map((time) => fold.toBusy(time));
        expect(busies.toSorted((a, b) => a - b)).toEqual(busies);
        for (const time of sorted) expect(fold.fromBusy(fold.toBusy(time))).toBeCloseTo(time, 3);
      },
    ),
  );
});

test("ticks are whole steps and neither crowded nor lonely", () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 1e10, noNaN: true }), (span) => {
      const { stepMs, ticks } = ticksOf(scale({ from: 0, to: span, width: 1000 }));
      expect(ticks.length).toBeLessThanOrEqual(11);
      expect(ticks.every((tick) => Math.abs(tick / stepMs - Math.round(tick / stepMs)) < 1e-6)).toBe(true);
    }),
  );
});
