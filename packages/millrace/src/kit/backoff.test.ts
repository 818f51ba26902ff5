import fc from "fast-check";
import { expect, test } from "vitest";
import { exponential, jittered } from "./backoff.ts";

const attempts = (delay: (attempt: number) => number): number[] => [1, 2, 3, 4, 5].map(delay);

test("delays double from a second on, up to an hour, unless told otherwise", () => {
  expect(attempts(exponential())).toEqual([1000, 2000, 4000, 8000, 16_000]);
  expect(exponential()(100)).toBe(3_600_000);
  expect(attempts(exponential({ initial: "100ms", factor: 3, max: "1s" }))).toEqual([100, 300, 900, 1000, 1000]);
  expect(attempts(exponential({ initial: 5, factor: 1 }))).toEqual([5, 5, 5, 5, 5]);
});

test("any attempt has a delay between its base and its base with all the jitter", () => {
  fc.assert(
    fc.property(
      fc.record({
        initial: fc.nat({ max: 10_000 }),
        factor: fc.double({ min: 1, max: 1000, noNaN: true }),
        max: fc.nat({ max: 100_000 }),
        jitter: fc.double({ min: 0, max: 5, noNaN: true }),
        chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      }),
      fc.integer({ min: 1, max: 100_000 }),
      ({ chance, ...options }, attempt) => {
        const delay = exponential({ ...options, random: () => chance })(attempt);
        const base = exponential({ ...options, jitter: 0 })(attempt);
        expect(base).toBeLessThanOrEqual(options.max);
        expect(delay).toBeGreaterThanOrEqual(base);
        expect(delay).toBeLessThanOrEqual(base * (1 + options.jitter) + 1e-6);
      },
    ),
  );
});

test("jitter takes its chance from where it is told to", () => {
  expect(jittered(100, 0.5, () => 0.5)).toBe(125);
  expect(exponential({ jitter: 0.2, random: () => 0 })(1)).toBe(1000);
  expect(exponential({ jitter: 0.2, random: () => 0.999_999 })(1)).toBeCloseTo(1200, 1);
});

test.each([{ factor: 0.5 }, { factor: Number.NaN }, { jitter: -1 }, { initial: -1 }, { max: "soon" as never }])(
  "refuses %j",
  (options) => {
    expect(() => exponential(options)).toThrow(RangeError);
  },
);
