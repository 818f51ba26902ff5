import { expect, test } from "vitest";
import { openFold } from "../../../canvas/time-scale.ts";
import { families } from "../../../states/families.ts";
import { spreadDensity, sumDensities, toDensities } from "./density.ts";

test("counts states by what they are called: what timed out is no failure", () => {
  const [load] = toDensities(
    {
      from: 0,
      bucketMs: 10,
      buckets: [0, 0, 2],
      tasks: [0, 0, 0],
      stateTypes: ["FAILED", "FAILED", "COMPLETED"],
      stateNames: ["Failed", "TimedOut", "Completed"],
      counts: [1, 4, 2],
    },
    ["load"],
  );
  const countOf = (family: (typeof families)[number]) => load?.counts[families.indexOf(family)];
  expect([countOf("failed"), countOf("crashed"), countOf("completed"), load?.total]).toEqual([1, 4, 2, 7]);
  expect([...(load?.byFamily[families.indexOf("crashed")] ?? [])]).toEqual([4, 0, 0]);
});

const cells = {
  from: 1000,
  bucketMs: 100,
  buckets: [3, 0, 1, 1],
  tasks: [1, 0, 0, 1],
  stateTypes: ["COMPLETED", "COMPLETED", "COMPLETED", "FAILED"],
  stateNames: ["Completed", "Completed", "Completed", "Failed"],
  counts: [4, 10, 2, 1],
} as const;
const completed = families.indexOf("completed");

test("tasks come in the order in which they first began, and those of which there are none do not", () => {
  const densities = toDensities(cells, ["load", "check", "never"]);
  expect(densities.map(({ taskName, total }) => [taskName, total])).toEqual([
    ["load", 12],
    ["check", 5],
  ]);
  const sum = sumDensities(densities);
  expect([...(sum?.byFamily[completed] ?? [])]).toEqual([10, 2, 0, 4]);
  expect(sumDensities([])).toBeNull();
});

test("an interval is spread evenly over the places that it covers, and none of it is lost within the window", () => {
  const [load] = toDensities(cells, ["load", "check"]);
  if (load === undefined) throw new Error("There is one.");
  const spread = (from: number, to: number, width: number) =>
    spreadDensity(load, { scale: { from, to, width, fold: openFold(1000) }, place: 2 });
  // 400 ms over 8 places: two an interval.
  const whole = spread(0, 400, 16);
  expect([...(whole.byFamily[completed] ?? [])]).toEqual([5, 5, 1, 1, 0, 0, 0, 0]);
  expect(whole.most).toBe(5);
  // Intervals that are narrower than a place come together in it.
  expect([...(spread(0, 400, 4).byFamily[completed] ?? [])]).toEqual([12, 0]);
  // Nearer, only what is in the window is there.
  expect([...(spread(100, 200, 8).byFamily[completed] ?? [])]).toEqual([0.5, 0.5, 0.5, 0.5]);
  expect(spread(300, 400, 8).most).toBe(0);
});
