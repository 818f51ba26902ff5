/** How many events there were in each part of a time. */

import type { StoredEvent } from "millrace/client";

export interface Bucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Those that tell of a failure or a crash. */
  readonly bad: number;
}

/** Lengths that people count in, in ms. */
const steps = [
  1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000, 1_800_000, 3_600_000,
  7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 604_800_000,
];

/** The shortest of them that divides the time into no more parts than this. */
export function stepOf(spanMs: number, maxBuckets: number): number {
  return steps.find((step) => spanMs / step <= maxBuckets) ?? Math.ceil(spanMs / maxBuckets);
}

export function isBad({ name }: Pick<StoredEvent, "name">): boolean {
  return /\.(Failed|Crashed|TimedOut|action\.failed)$/.test(name);
}

export function toBuckets(
  events: readonly Pick<StoredEvent, "at" | "name">[],
  { from, to, maxBuckets = 60 }: { readonly from: number; readonly to: number; readonly maxBuckets?: number },
): readonly Bucket[] {
  const step = stepOf(Math.max(1, to - from), maxBuckets - 1);
  const start = Math.floor(from / step) * step;
  const length = Math.max(1, Math.floor((to - start) / step) + 1);
  const counts = Array.from({ length }, () => 0);
  const bads = Array.from({ length }, () => 0);
  for (const event of events) {
    const index = Math.floor((event.at - start) / step);
    // Clocks differ: what is a little out of the time is not of it.
    if (index < 0 || index >= length) continue;
    counts[index] = (counts[index] ?? 0) + 1;
    if (isBad(event)) bads[index] = (bads[index] ?? 0) + 1;
  }
  return counts.map((count, index) => ({
    from: start + index * step,
    to: start + (index + 1) * step,
    count,
    bad: bads[index] ?? 0,
  }));
}
