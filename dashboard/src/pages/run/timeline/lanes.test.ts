import fc from "fast-check";
import { expect, test } from "vitest";
import { columnsOf } from "./columns-for-tests.ts";
import { toLanes } from "./lanes.ts";

const runs = fc.array(
  fc.record({ from: fc.integer({ min: 0, max: 1000 }), tookMs: fc.integer({ min: 1, max: 400 }) }),
  { maxLength: 60 },
);

test("each task run is in one lane, and in a lane there is one at a time", () => {
  fc.assert(
    fc.property(runs, (given) => {
      const columns = columnsOf(given.map(({ from, tookMs }, index) => ({ id: `${index}`, from, to: from + tookMs })));
      const lanes = toLanes(columns, 2000);
      expect(lanes.flat().toSorted((a, b) => a - b)).toEqual(given.map((_, index) => index));
      for (const lane of lanes) {
        const isFree = lane.every(
          (row, at) => at === 0 || (columns.starts[row] ?? 0) >= (columns.ends[lane[at - 1] ?? row] ?? 0),
        );
        expect(isFree).toBe(true);
      }
    }),
  );
});

test("there are no more lanes than ran at once, but for the room between neighbours", () => {
  fc.assert(
    fc.property(runs, (given) => {
      const columns = columnsOf(given.map(({ from, tookMs }, index) => ({ id: `${index}`, from, to: from + tookMs })));
      // Less than a thousandth of 1,400 ms is kept free: two that follow within 1 ms may be in two lanes.
      const atOnce = given.map(
        ({ from }) => given.filter((it) => it.from <= from && it.from + it.tookMs + 1 > from).length,
      );
      expect(toLanes(columns, 2000).length).toBeLessThanOrEqual(Math.max(0, ...atOnce));
    }),
  );
});

test("the lane that was free first is taken first, and what goes on keeps its own", () => {
  const columns = columnsOf([
    { id: "goes on", from: 0 },
    { id: "long", from: 0, to: 500 },
    { id: "short", from: 0, to: 100 },
    { id: "after both", from: 600, to: 700 },
    { id: "later", from: 650, to: 700 },
  ]);
  expect(toLanes(columns, 1000)).toEqual([[0], [1, 4], [2, 3]]);
  expect(toLanes(columnsOf([]), 1000)).toEqual([]);
});
