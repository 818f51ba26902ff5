/** Runs of more task runs than a page holds: how many of each task began when, as the server has counted them. */

import type { TimelineDensity } from "millrace/client";
import { type TimeScale, toX } from "../../../canvas/time-scale.ts";
import { families, lookOf } from "../../../states/families.ts";
import type { Concurrency } from "./concurrency.ts";

export interface TaskDensity {
  readonly taskName: string;
  /** How many are in each family, in the order of `families`. */
  readonly counts: readonly number[];
  readonly total: number;
  /** In ms since the epoch. */
  readonly from: number;
  readonly bucketMs: number;
  /** How many began in each interval, one list a family. */
  readonly byFamily: readonly Float32Array[];
}

/** One for each task, in the order in which they first began. */
export function toDensities(density: TimelineDensity, taskNames: readonly string[]): readonly TaskDensity[] {
  const length = density.buckets.reduce((most, bucket) => Math.max(most, bucket + 1), 1);
  const byTask = taskNames.map((taskName) => ({
    taskName,
    counts: families.map(() => 0),
    total: 0,
    from: density.from,
    bucketMs: density.bucketMs,
    byFamily: families.map(() => new Float32Array(length)),
  }));
  for (const [cell, bucket] of density.buckets.entries()) {
    const task = byTask[density.tasks[cell] ?? -1];
    const state = { type: density.stateTypes[cell] ?? "PENDING", name: density.stateNames[cell] ?? "" } as const;
    const family = families.indexOf(lookOf(state).family);
    const count = density.counts[cell] ?? 0;
    if (task === undefined) continue;
    task.total += count;
    task.counts[family] = (task.counts[family] ?? 0) + count;
    const counts = task.byFamily[family];
    if (counts !== undefined) counts[bucket] = (counts[bucket] ?? 0) + count;
  }
  const firstOf = ({ byFamily }: TaskDensity): number => {
    for (let at = 0; at < length; at++) if (byFamily.some((counts) => (counts[at] ?? 0) > 0)) return at;
    return length;
  };
  return byTask.filter(({ total }) => total > 0).sort((a, b) => firstOf(a) - firstOf(b));
}

/** All tasks as one. */
export function sumDensities(densities: readonly TaskDensity[]): TaskDensity | null {
  const [first] = densities;
  if (first === undefined) return null;
  const byFamily = first.byFamily.map((counts) => new Float32Array(counts.length));
  for (const density of densities) {
    for (const [family, counts] of density.byFamily.entries()) {
      const sum = byFamily[family];
      if (sum !== undefined) for (let at = 0; at < counts.length; at++) sum[at] = (sum[at] ?? 0) + (counts[at] ?? 0);
    }
  }
  return { ...first, taskName: "", total: 0, byFamily };
}

/** Spread over the places of a canvas: each interval evenly over those that it covers. */
export function spreadDensity(
  density: TaskDensity,
  { scale, place }: { readonly scale: TimeScale; readonly place: number },
): Concurrency {
  const length = Math.max(1, Math.ceil(scale.width / place));
  const byFamily = density.byFamily.map(() => new Float32Array(length));
  const intervals = density.byFamily[0]?.length ?? 0;
  for (let bucket = 0; bucket < intervals; bucket++) {
    const from = toX(scale, density.from + bucket * density.bucketMs) / place;
    const to = toX(scale, density.from + (bucket + 1) * density.bucketMs) / place;
    const first = Math.max(0, Math.floor(from));
    const last = Math.min(length - 1, Math.ceil(to) - 1);
    for (const [family, counts] of density.byFamily.entries()) {
      const count = counts[bucket] ?? 0;
      const spread = byFamily[family];
      if (count === 0 || spread === undefined) continue;
      for (let at = first; at <= last; at++) {
        const covered = Math.min(at + 1, to) - Math.max(at, from);
        spread[at] = (spread[at] ?? 0) + (count * covered) / (to - from);
      }
    }
  }
  let most = 0;
  for (let at = 0; at < length; at++) {
    let sum = 0;
    for (const counts of byFamily) sum += counts[at] ?? 0;
    most = Math.max(most, sum);
  }
  return { length, byFamily, most };
}
