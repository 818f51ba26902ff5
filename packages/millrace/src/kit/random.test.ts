import { expect, test } from "vitest";
import { createRandom, createUint32s, pick, randomInt } from "./random.ts";

test("a seed gives the same numbers in each run, for ever", () => {
  const draw = (seed: number | string): number[] => {
    const next = createUint32s(seed);
    const drawn = Array.from({ length: 100 }, next);
    return [...drawn.slice(0, 3), drawn.at(-1) ?? 0];
  };
  expect(draw(1)).toEqual([393288148, 2174103013, 3814759091, 2801455995]);
  expect(draw("a")).toEqual([2783172105, 2500600375, 3100606774, 2258644198]);
  expect(draw("a")).not.toEqual(draw("b"));
  expect(draw(0.5)).not.toEqual(draw(0));
  expect(draw(2 ** 32)).not.toEqual(draw(0));
});

test("numbers are spread evenly over [0, 1)", () => {
  const random = createRandom("even");
  const buckets = Array.from({ length: 20 }, () => 0);
  for (let count = 0; count < 200_000; count++) {
    const at = Math.floor(random() * 20);
    buckets[at] = (buckets[at] ?? Number.NaN) + 1;
  }
  expect(buckets).toHaveLength(20);
  // Chi-squared with 19 degrees of freedom: above 43.8 once in a thousand seeds, and this one is fixed.
  const chi = buckets.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  expect(chi).toBeLessThan(43.8);
});

test("the lowest bits are random too", () => {
  const next = createUint32s(3);
  let odd = 0;
  for (let count = 0; count < 10_000; count++) odd += next() & 1;
  expect(Math.abs(odd - 5000)).toBeLessThan(200);
});

test("whole numbers and picks stay in their range", () => {
  const random = createRandom(1);
  const drawn = new Set(Array.from({ length: 200 }, () => randomInt(random, 3)));
  expect(drawn).toEqual(new Set([0, 1, 2]));
  expect(new Set(Array.from({ length: 200 }, () => pick(random, ["a", "b"])))).toEqual(new Set(["a", "b"]));
  expect(pick(() => 1 - 2 ** -53, ["a", "b"])).toBe("b");
  expect(() => pick(random, [])).toThrow(RangeError);
});
