/** How a time is divided to count events in it. */

import type { EventHistoryCell } from "millrace/client";

export interface Bucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Those that tell of a failure or a crash. */
  readonly failures: number;
}

/** Parts of a time that are as long as people count in. */
export interface Division {
  readonly from: number;
  readonly to: number;
  readonly bucketMs: number;
}

/** Lengths that people count in, in ms. */
const steps = [
  1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000, 1_800_000, 3_600_000,
  7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 604_800_000,
];
const maxBuckets = 60;

/** The shortest of them that divides the time into no more parts than this. */
export function stepOf(spanMs: number, most: number): number {
  return steps.find((step) => spanMs / step <= most) ?? Math.ceil(spanMs / most);
}

/** The parts begin at whole multiples of their length, so that the first and the last may be beyond the time. */
export function divide(from: number, to: number): Division {
  const bucketMs = stepOf(Math.max(1, to - from), maxBuckets - 1);
  const start = Math.floor(from / bucketMs) * bucketMs;
  return { from: start, to: start + (Math.floor((to - start) / bucketMs) + 1) * bucketMs, bucketMs };
}

export function toBuckets({ from, to, bucketMs }: Division, cells: readonly EventHistoryCell[]): readonly Bucket[] {
  const found = new Map(cells.map((cell) => [cell.bucket, cell]));
  return Array.from({ length: Math.round((to - from) / bucketMs) }, (_, index) => ({
    from: from + index * bucketMs,
    to: from + (index + 1) * bucketMs,
    count: found.get(index)?.count ?? 0,
    failures: found.get(index)?.failures ?? 0,
  }));
}
