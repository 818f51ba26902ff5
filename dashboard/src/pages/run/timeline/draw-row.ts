/** The bar of one task run: what it waited before it began, its attempts, and the time between these. */

import { type Bar, drawBar, drawQueued } from "../../../canvas/bars.ts";
import type { Inks } from "../../../canvas/inks.ts";
import { type TimeScale, toX } from "../../../canvas/time-scale.ts";
import { families } from "../../../states/families.ts";
import { type Columns, endOf } from "./columns.ts";
import { type Part, partsOf } from "./parts.ts";

export interface RowPicture {
  readonly scale: TimeScale;
  readonly inks: Inks;
  readonly now: number;
}

/** How far a bar reaches beyond the canvas: its ends are not seen there. */
const beyond = 10;

export function drawRow(
  context: CanvasRenderingContext2D,
  { scale, inks, now }: RowPicture,
  { columns, index, y, height }: { readonly columns: Columns; readonly index: number } & Pick<Bar, "y" | "height">,
): void {
  const start = columns.starts[index] ?? 0;
  const end = endOf(columns, index, now);
  if (toX(scale, start - (columns.waits[index] ?? 0)) > scale.width || toX(scale, end) < -2) return;
  const isOpen = columns.ends[index] === Number.POSITIVE_INFINITY;
  const family = families[columns.families[index] ?? 0] ?? "waiting";
  const draw = (kind: Part["kind"], from: number, to: number): void => {
    const left = Math.max(toX(scale, from), -beyond);
    const bar: Bar = { x: left, y, width: Math.min(toX(scale, to), scale.width + beyond) - left, height };
    if (kind === "queued") drawQueued(context, bar, inks);
    else if (kind === "attempt") drawBar(context, bar, { family: "failed", inks });
    else if (kind === "delay") {
      drawBar(context, { ...bar, y: y + height / 3, height: height / 3 }, { family: "attention", inks });
    } else drawBar(context, bar, { family, inks, isOpen });
  };
  const isPlain = (columns.waits[index] ?? 0) === 0 && !columns.turns.has(index);
  if (isPlain) return draw(family === "waiting" ? "queued" : "last", start, end);
  for (const { kind, from, to } of partsOf(columns, index, now)) {
    const isSeen = toX(scale, to) >= -2 && toX(scale, from) <= scale.width;
    // What is too short to be seen: an attempt is shown all the same, and a wait is not.
    const isLong = toX(scale, to) - toX(scale, from) >= 1;
    if (isSeen && (isLong || kind === "last" || kind === "attempt")) {
      draw(kind === "last" && family === "waiting" ? "queued" : kind, from, to);
    }
  }
}
