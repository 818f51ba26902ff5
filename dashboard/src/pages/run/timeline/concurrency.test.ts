import fc from "fast-check";
import { expect, test } from "vitest";
import { openFold } from "../../../canvas/time-scale.ts";
import { families } from "../../../states/families.ts";
import { columnsOf } from "./columns-for-tests.ts";
import { measureConcurrency } from "./concurrency.ts";

/** Ten places of 10 ms each. */
const scale = { from: 0, to: 100, width: 100, fold: openFold(0) };
const options = { scale, now: 100, place: 10 };
const completed = families.indexOf("completed");
const all = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);
const round = (values: Float32Array | undefined): readonly number[] =>
  Array.from(values ?? [], (value) => Math.round(value * 1000) / 1000);

test("counts at each place how many go on, in part where they begin or end in it", () => {
  const columns = columnsOf([
    { id: "a", from: 0, to: 40 },
    { id: "b", from: 15, to: 30 },
    { id: "c", from: 90 },
  ]);
  const { byFamily, most, length } = measureConcurrency(columns, all(3), options);
  expect(length).toBe(10);
  expect(round(byFamily[completed])).toEqual([1, 1.5, 2, 1, 0, 0, 0, 0, 0, 0]);
  // What has not ended goes on until now.
  expect(round(byFamily[families.indexOf("running")])).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(most).toBe(2);
});

test("what is outside of the window does not count, and what reaches into it counts within it", () => {
  const columns = columnsOf([
    { id: "before", from: -50, to: -10 },
    { id: "into", from: -50, to: 20 },
    { id: "out of", from: 80, to: 900 },
    { id: "after", from: 200, to: 300 },
  ]);
  const { byFamily } = measureConcurrency(columns, all(4), options);
  expect(round(byFamily[completed])).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 1, 1]);
});

test("what is too short to be seen is there, and only rows that are asked for count", () => {
  const columns = columnsOf([
    { id: "short", from: 50, to: 50, state: "FAILED" },
    { id: "other", from: 0, to: 100 },
  ]);
  const { byFamily } = measureConcurrency(columns, [0], options);
  expect(byFamily[families.indexOf("failed")]?.[5]).toBeGreaterThan(0);
  expect(round(byFamily[completed])).toEqual(all(10).map(() => 0));
});

test("the sum over all places is the time that ran within the window", () => {
  const run = fc.record({ from: fc.integer({ min: -50, max: 150 }), tookMs: fc.integer({ min: 2, max: 200 }) });
  fc.assert(
    fc.property(fc.array(run, { maxLength: 30 }), (given) => {
      const columns = columnsOf(given.map(({ from, tookMs }, index) => ({ id: `${index}`, from, to: from + tookMs })));
      const { byFamily } = measureConcurrency(columns, all(given.length), options);
      const within = ({ from, tookMs }: (typeof given)[number]): number =>
        Math.max(0, Math.min(from + tookMs, 100) - Math.max(from, 0));
      const expected = given.reduce((sum, each) => sum + within(each), 0);
      const measured = Array.from(byFamily[completed] ?? []).reduce((sum, count) => sum + count * 10, 0);
      expect(Math.abs(measured - expected)).toBeLessThan(0.5);
    }),
  );
});
