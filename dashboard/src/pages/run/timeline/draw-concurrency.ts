/** How many task runs go on at a time, as stacked areas. */

import type { Inks } from "../../../canvas/inks.ts";
import { families } from "../../../states/families.ts";
import type { Concurrency } from "./concurrency.ts";

/** Pixels that are one place of a concurrency. */
export const place = 2;

/** From the bottom up what is normal first, so that what needs a person is on top and never hidden. */
const bottomUp = families.map((_, index) => families.length - 1 - index);
/** So high is the least of what needs a person, in pixels. */
const leastBad = 2;

export function drawConcurrency(
  context: CanvasRenderingContext2D,
  { length, byFamily, most }: Concurrency,
  { y, height, inks }: { readonly y: number; readonly height: number; readonly inks: Inks },
): void {
  if (most === 0) return;
  const levels = new Float32Array(length);
  const bottom = y + height;
  for (const family of bottomUp) {
    const counts = byFamily[family];
    const name = families[family];
    if (counts === undefined || name === undefined) continue;
    const isBad = family < 3;
    context.beginPath();
    let isAny = false;
    for (let at = 0; at < length; at++) {
      const count = counts[at] ?? 0;
      if (count <= 0.0005) continue;
      isAny = true;
      const tall = Math.max((count / most) * height, isBad ? leastBad : 1);
      const level = levels[at] ?? 0;
      // What is bad stays within the row, whatever it stands on.
      const above = Math.min(level, height - tall);
      context.rect(at * place, bottom - above - tall, place, tall);
      levels[at] = above + tall;
    }
    if (!isAny) continue;
    context.fillStyle = name === "completed" ? inks.quietCompleted : inks.states[name];
    context.fill();
  }
  // The upper edge at full strength, as of single bars.
  context.fillStyle = inks.states.completed;
  const completed = byFamily[families.indexOf("completed")];
  context.beginPath();
  for (let at = 0; at < length; at++) {
    if ((completed?.[at] ?? 0) <= 0.0005) continue;
    const tall = Math.max(((completed?.[at] ?? 0) / most) * height, 1);
    context.rect(at * place, bottom - tall - inertBelow(byFamily, { at, most, height }), place, 1);
  }
  context.fill();
}

/** What stands below completed work. */
function inertBelow(
  byFamily: readonly Float32Array[],
  { at, most, height }: { readonly at: number; readonly most: number; readonly height: number },
): number {
  const inert = byFamily[families.indexOf("inert")]?.[at] ?? 0;
  return inert <= 0.0005 ? 0 : Math.max((inert / most) * height, 1);
}
