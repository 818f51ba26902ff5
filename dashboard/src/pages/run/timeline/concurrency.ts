/** How many task runs go on at each place of a canvas, by the family of their states. */

import { type TimeScale, toX } from "../../../canvas/time-scale.ts";
import { families } from "../../../states/families.ts";
import { type Columns, endOf } from "./columns.ts";

export interface Concurrency {
  /** Places along the time. */
  readonly length: number;
  /** One list a family, in the order of `families`: how many at each place, on average. */
  readonly byFamily: readonly Float32Array[];
  /** The most at one place. */
  readonly most: number;
}

/**
 * @param rows those of the columns that count
 * @param place pixels that are one place
 */
export function measureConcurrency(
  columns: Columns,
  rows: readonly number[],
  { scale, now, place }: { readonly scale: TimeScale; readonly now: number; readonly place: number },
): Concurrency {
  const length = Math.max(1, Math.ceil(scale.width / place));
  // Of each place what begins in it, as a part of it, and what is added for all that follow.
  const own = families.map(() => new Float32Array(length + 2));
  const after = families.map(() => new Float32Array(length + 2));
  for (const index of rows) {
    const from = toX(scale, columns.starts[index] ?? 0) / place;
    // What is too short to be seen is shown all the same.
    const to = Math.max(toX(scale, endOf(columns, index, now)) / place, from + 1 / place);
    if (to < 0 || from >= length) continue;
    const family = columns.families[index] ?? 0;
    add(own[family], after[family], Math.max(from, 0), Math.min(to, length));
  }
  let most = 0;
  const byFamily = own.map((parts, family) => {
    const rising = after[family] ?? parts;
    const counts = new Float32Array(length);
    let level = 0;
    for (let at = 0; at < length; at++) {
      level += rising[at] ?? 0;
      counts[at] = Math.max(0, level + (parts[at] ?? 0));
    }
    return counts;
  });
  for (let at = 0; at < length; at++) {
    let sum = 0;
    for (const counts of byFamily) sum += counts[at] ?? 0;
    most = Math.max(most, sum);
  }
  return { length, byFamily, most };
}

/** A bar from one place to another, of which the first and the last are covered in part. */
function add(own: Float32Array | undefined, after: Float32Array | undefined, from: number, to: number): void {
  if (own === undefined || after === undefined) return;
  const first = Math.floor(from);
  const last = Math.floor(to);
  if (first === last) {
    own[first] = (own[first] ?? 0) + (to - from);
    return;
  }
  own[first] = (own[first] ?? 0) + (first + 1 - from);
  after[first + 1] = (after[first + 1] ?? 0) + 1;
  after[last] = (after[last] ?? 0) - 1;
  own[last] = (own[last] ?? 0) + (to - last);
}
