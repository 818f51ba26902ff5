/** How a flow's durations and its part of successes have gone: bins of time over its newest runs. */

import type { FlowRun, RunHistoryCell } from "millrace/client";

export interface DurationTrend {
  /** Of each run, in ms, the oldest first; and of each bin, in its middle. */
  readonly times: readonly number[];
  readonly durations: readonly (number | null)[];
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  /** Of the run at each place; null at those of bins. */
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

/** @param bins in how many parts the time from the first run to the last is cut */
export function toDurationTrend(runs: readonly TrendRun[], bins: number): DurationTrend {
  const ended = runs.flatMap(({ id, startedAt, endedAt }) =>
    startedAt === null || endedAt === null ? [] : [{ id, at: startedAt, duration: Math.max(0, endedAt - startedAt) }],
  );
  const first = Math.min(...ended.map(({ at }) => at));
  const last = Math.max(...ended.map(({ at }) => at));
  const binMs = Math.max(1, (last - first) / bins);
  const binOf = (at: number): number => Math.min(bins - 1, Math.floor((at - first) / binMs));
  const points: Point[] = ended.map(({ id, at, duration }) => ({ at, duration, p50: null, p95: null, runId: id }));
  for (const [bin, group] of Map.groupBy(ended, ({ at }) => binOf(at))) {
    const sorted = group.map(({ duration }) => duration).toSorted((a, b) => a - b);
    points.push({
      at: first + (bin + 0.5) * binMs,
      duration: null,
      p50: quantileOf(sorted, 0.5),
      p95: quantileOf(sorted, 0.95),
      runId: null,
    });
  }
  points.sort((a, b) => a.at - b.at);
  return {
    times: points.map(({ at }) => at),
    durations: points.map(({ duration }) => duration),
    p50: points.map(({ p50 }) => p50),
    p95: points.map(({ p95 }) => p95),
    runIds: points.map(({ runId }) => runId),
  };
}

/** The smallest value that is at least as large as this part of them. @param sorted from the smallest */
export function quantileOf(sorted: readonly number[], part: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? null;
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
