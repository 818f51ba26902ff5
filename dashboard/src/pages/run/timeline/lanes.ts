/** Task runs packed side by side: each lane has one at a time, so that the number of lanes is how many ran at once. */

import type { Columns } from "./columns.ts";

/** A lane is empty this long before it is taken again, as a part of the whole: neighbours can be told apart. */
const gapPart = 0.0005;

/** Rows of each lane by their beginnings. The lane that became free first is taken first, so that idle capacity is seen. */
export function toLanes(columns: Columns, now: number): readonly (readonly number[])[] {
  const order = Array.from({ length: columns.length }, (_, index) => index).sort(
    (a, b) => (columns.starts[a] ?? 0) - (columns.starts[b] ?? 0),
  );
  const first = columns.starts[order[0] ?? 0] ?? 0;
  let last = first;
  for (let index = 0; index < columns.length; index++) last = Math.max(last, Math.min(columns.ends[index] ?? 0, now));
  const gap = (last - first) * gapPart;
  const lanes: number[][] = [];
  const free: Heap = createHeap();
  for (const index of order) {
    const start = columns.starts[index] ?? 0;
    const lane = free.takeUpTo(start) ?? lanes.length;
    if (lanes[lane] === undefined) lanes.push([]);
    lanes[lane]?.push(index);
    free.put((columns.ends[index] ?? 0) + gap, lane);
  }
  return lanes;
}

interface Heap {
  put(at: number, lane: number): void;
  /** The lane that was free first, if it is free at this time; null when none is. */
  takeUpTo(at: number): number | null;
}

/** A binary heap of lanes by the time at which each is free. */
function createHeap(): Heap {
  const times: number[] = [];
  const lanes: number[] = [];
  const swap = (a: number, b: number): void => {
    [times[a], times[b]] = [times[b] ?? 0, times[a] ?? 0];
    [lanes[a], lanes[b]] = [lanes[b] ?? 0, lanes[a] ?? 0];
  };
  const timeAt = (index: number): number => times[index] ?? Number.POSITIVE_INFINITY;
  return {
    put(at, lane) {
      let index = times.push(at) - 1;
      lanes.push(lane);
      while (index > 0) {
        const above = (index - 1) >> 1;
        if (timeAt(above) <= timeAt(index)) break;
        swap(above, index);
        index = above;
      }
    },
    takeUpTo(at) {
      if (times.length === 0 || timeAt(0) > at) return null;
      const lane = lanes[0] ?? 0;
      swap(0, times.length - 1);
      times.pop();
      lanes.pop();
      for (let index = 0; ; ) {
        const left = 2 * index + 1;
        const least = timeAt(left + 1) < timeAt(left) ? left + 1 : left;
        if (timeAt(least) >= timeAt(index)) break;
        swap(least, index);
        index = least;
      }
      return lane;
    },
  };
}
