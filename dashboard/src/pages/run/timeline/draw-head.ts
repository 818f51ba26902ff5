/** Above the timeline: all of the run with the window that is shown, and the axis of that window. */

import type { Inks } from "../../../canvas/inks.ts";
import { ticksOf, type TimeScale } from "../../../canvas/time-scale.ts";
import { toClock, toDuration } from "../../../format/time.ts";
import type { Concurrency } from "./concurrency.ts";
import { drawConcurrency } from "./draw-concurrency.ts";

export const minimapHeight = 34;
export const axisHeight = 22;

export interface HeadPicture {
  /** Of the whole width, over all of the run. */
  readonly overall: Concurrency | null;
  readonly extent: { readonly from: number; readonly to: number };
  readonly scale: TimeScale;
  readonly inks: Inks;
  readonly zone: string;
}

export function drawHead(context: CanvasRenderingContext2D, { overall, extent, scale, inks, zone }: HeadPicture): void {
  const { width } = scale;
  context.fillStyle = inks.background;
  context.fillRect(0, 0, width, minimapHeight + axisHeight);
  context.fillStyle = inks.panel;
  context.fillRect(0, 0, width, minimapHeight);
  if (overall !== null) drawConcurrency(context, overall, { y: 3, height: minimapHeight - 5, inks });
  drawBrush(context, { extent, scale, inks });
  drawAxis(context, { scale, inks, zone });
}

function drawBrush(
  context: CanvasRenderingContext2D,
  { extent, scale, inks }: Pick<HeadPicture, "extent" | "scale" | "inks">,
): void {
  const span = extent.to - extent.from;
  if (span <= 0 || (scale.from <= extent.from && scale.to >= extent.to)) return;
  const left = ((scale.from - extent.from) / span) * scale.width;
  const right = Math.max(((scale.to - extent.from) / span) * scale.width, left + 3);
  context.globalAlpha = 0.7;
  context.fillStyle = inks.background;
  context.fillRect(0, 0, left, minimapHeight);
  context.fillRect(right, 0, scale.width - right, minimapHeight);
  context.globalAlpha = 1;
  context.strokeStyle = inks.accent;
  context.lineWidth = 1.5;
  context.strokeRect(left + 0.75, 0.75, right - left - 1.5, minimapHeight - 1.5);
  // What can be taken: an edge each.
  context.fillStyle = inks.accent;
  for (const edge of [left, right]) context.fillRect(edge - 2, minimapHeight / 2 - 6, 4, 12);
}

/** Times since the beginning, and the time of day at the left. */
function drawAxis(
  context: CanvasRenderingContext2D,
  { scale, inks, zone }: Pick<HeadPicture, "scale" | "inks" | "zone">,
): void {
  const { ticks, stepMs } = ticksOf(scale);
  context.font = `11px ${inks.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const tick of ticks) {
    const x = Math.round(((tick - scale.from) / (scale.to - scale.from)) * scale.width);
    context.fillStyle = inks.line;
    context.fillRect(x, minimapHeight, 1, axisHeight);
    context.fillStyle = inks.muted;
    const since = tick === 0 ? "0" : `+${toDuration(tick)}`;
    const clock = stepMs >= 60_000 ? `${since}  ${toClock(scale.fold.fromBusy(tick), zone)}` : since;
    // Near the right edge the time of day gives way first: half a time would be read as another.
    const text = [clock, since].find((each) => x + 4 + context.measureText(each).width <= scale.width);
    if (text !== undefined) context.fillText(text, x + 4, minimapHeight + axisHeight / 2);
  }
  context.fillStyle = inks.line;
  context.fillRect(0, minimapHeight + axisHeight - 1, scale.width, 1);
}
