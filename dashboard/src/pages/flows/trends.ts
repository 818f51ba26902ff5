/** How a flow's durations and its part of successes have gone, over intervals of time. */

import type { DurationHistory, FlowRun, RunHistoryCell } from "millrace/client";

export interface DurationTrend {
  /** Of each run, in ms, the oldest first; and of each interval, in its middle. */
  readonly times: readonly number[];
  readonly durations: readonly (number | null)[];
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  /** Of the run at each place; null at those of intervals. */
  readonly runIds: readonly (string | null)[];
}

/** What is shown of a run there. */
export type TrendRun = Pick<FlowRun, "id" | "startedAt" | "endedAt">;

interface Point {
  readonly at: number;
  readonly duration: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly runId: string | null;
}

/** @param history of all runs, though only some are shown one by one */
export function toDurationTrend(
  runs: readonly TrendRun[],
  history: Pick<DurationHistory, "cells"> & { readonly from: number; readonly bucketMs: number },
): DurationTrend {
  const ofRuns = runs.flatMap(({ id, startedAt, endedAt }): Point[] =>
    startedAt === null || endedAt === null
      ? []
      : [{ at: startedAt, duration: Math.max(0, endedAt - startedAt), p50: null, p95: null, runId: id }],
  );
  const ofIntervals = history.cells.map(({ bucket, p50Ms, p95Ms }): Point => {
    const at = history.from + (bucket + 0.5) * history.bucketMs;
    return { at, duration: null, p50: p50Ms, p95: p95Ms, runId: null };
  });
  const points = [...ofRuns, ...ofIntervals].sort((a, b) => a.at - b.at);
  return {
    times: points.map(({ at }) => at),
    durations: points.map(({ duration }) => duration),
    p50: points.map(({ p50 }) => p50),
    p95: points.map(({ p95 }) => p95),
    runIds: points.map(({ runId }) => runId),
  };
}

/** How many of the runs that ended in each interval completed, of 100; null where none ended. */
export function toSuccessRates(cells: readonly RunHistoryCell[], buckets: number): readonly (number | null)[] {
  const ended = new Float64Array(buckets);
  const completed = new Float64Array(buckets);
  for (const { bucket, stateType, count } of cells) {
    if (!["COMPLETED", "FAILED", "CRASHED"].includes(stateType)) continue;
    ended[bucket] = (ended[bucket] ?? 0) + count;
    if (stateType === "COMPLETED") completed[bucket] = (completed[bucket] ?? 0) + count;
  }
  return Array.from(ended, (all, bucket) => (all === 0 ? null : ((completed[bucket] ?? 0) / all) * 100));
}
