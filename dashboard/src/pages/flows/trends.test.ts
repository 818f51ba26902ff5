import type { RunHistoryCell } from "millrace/client";
import { expect, it } from "vitest";
import { toDurationTrend, toSuccessRates } from "./trends.ts";

it("puts runs and intervals on one axis", () => {
  const runs = [0, 1000, 4000].map((at, index) => ({ id: `r${index}`, startedAt: at, endedAt: at + 10 * (index + 1) }));
  const cells = [
    { bucket: 0, count: 900, p50Ms: 10, p95Ms: 20 },
    { bucket: 2, count: 1, p50Ms: 30, p95Ms: 30 },
  ];
  const history = { from: 0, bucketMs: 1500, cells };
  const trend = toDurationTrend([...runs, { id: "open", startedAt: 5000, endedAt: null }].toReversed(), history);
  expect(trend.times).toEqual([0, 750, 1000, 3750, 4000]);
  expect(trend.runIds).toEqual(["r0", null, "r1", null, "r2"]);
  expect(trend.durations).toEqual([10, null, 20, null, 30]);
  expect(trend.p50).toEqual([null, 10, null, 30, null]);
  expect(trend.p95).toEqual([null, 20, null, 30, null]);
  expect(toDurationTrend([], { ...history, cells: [] }).times).toEqual([]);
});

it("counts successes of what has ended", () => {
  const cell = (bucket: number, stateType: string, count: number) => ({ bucket, stateType, count }) as RunHistoryCell;
  const cells = [cell(0, "COMPLETED", 3), cell(0, "FAILED", 1), cell(0, "RUNNING", 5), cell(2, "CRASHED", 1)];
  expect(toSuccessRates(cells, 3)).toEqual([75, null, 0]);
});
