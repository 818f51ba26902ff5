import type { RunHistoryCell } from "millrace/client";
import { expect, it } from "vitest";
import { quantileOf, toDurationTrend, toSuccessRates } from "./trends.ts";

it("finds quantiles by rank", () => {
  const sorted = Array.from({ length: 20 }, (_, index) => index + 1);
  expect([quantileOf(sorted, 0.5), quantileOf(sorted, 0.95), quantileOf([], 0.5)]).toEqual([10, 19, null]);
});

it("puts runs and bins on one axis", () => {
  const runs = [0, 1000, 2000, 4000].map((at, index) => ({
    id: `r${index}`,
    startedAt: at,
    endedAt: at + 10 * (index + 1),
  }));
  const trend = toDurationTrend([...runs, { id: "open", startedAt: 5000, endedAt: null }].toReversed(), 2);
  expect(trend.times).toEqual([0, 1000, 1000, 2000, 3000, 4000]);
  expect(trend.runIds.filter((id) => id !== null)).toEqual(["r0", "r1", "r2", "r3"]);
  expect(trend.p50.filter((value) => value !== null)).toEqual([10, 30]);
  expect(trend.p95.filter((value) => value !== null)).toEqual([20, 40]);
  expect(toDurationTrend([], 10).times).toEqual([]);
});

it("counts successes of what has ended", () => {
  const cell = (bucket: number, stateType: string, count: number) => ({ bucket, stateType, count }) as RunHistoryCell;
  const cells = [cell(0, "COMPLETED", 3), cell(0, "FAILED", 1), cell(0, "RUNNING", 5), cell(2, "CRASHED", 1)];
  expect(toSuccessRates(cells, 3)).toEqual([75, null, 0]);
});
