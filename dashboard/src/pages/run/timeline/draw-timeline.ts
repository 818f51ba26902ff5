/** The timeline's drawing: rows that are in view, and nothing else. */

import type { Inks } from "../../../canvas/inks.ts";
import { ticksOf, type TimeScale, toX } from "../../../canvas/time-scale.ts";
import { toDuration } from "../../../format/time.ts";
import { endOf } from "./columns.ts";
import { measureConcurrency } from "./concurrency.ts";
import { spreadDensity } from "./density.ts";
import { drawConcurrency, place } from "./draw-concurrency.ts";
import { drawRow } from "./draw-row.ts";
import { findItem, heightOf, type Item, type ItemList } from "./items.ts";

export interface TimelinePicture {
  readonly list: ItemList;
  readonly scale: TimeScale;
  readonly inks: Inks;
  readonly now: number;
  readonly isLive: boolean;
  /** How far the list is scrolled down, in pixels. */
  readonly top: number;
  readonly height: number;
  readonly selected: string | null;
  readonly hovered: number | null;
}

export function drawTimeline(context: CanvasRenderingContext2D, picture: TimelinePicture): void {
  const { list, scale, inks, top, height } = picture;
  context.fillStyle = inks.background;
  context.fillRect(0, 0, scale.width, height);
  drawGrid(context, picture);
  const first = findItem(list, top);
  for (let index = first; index < list.items.length; index++) {
    const item = list.items[index];
    const y = (list.tops[index] ?? 0) - top;
    if (item === undefined || y > height) break;
    drawBackground(context, picture, { index, item, y });
    drawItem(context, picture, { item, y });
  }
  drawGaps(context, picture);
  drawPlayhead(context, picture);
}

function drawGrid(context: CanvasRenderingContext2D, { scale, inks, height }: TimelinePicture): void {
  context.fillStyle = inks.line;
  const { ticks } = ticksOf(scale);
  for (const tick of ticks) {
    context.fillRect(Math.round(((tick - scale.from) / (scale.to - scale.from)) * scale.width), 0, 1, height);
  }
}

interface Placed {
  readonly item: Item;
  readonly y: number;
}

function drawBackground(
  context: CanvasRenderingContext2D,
  { scale, inks, selected, hovered }: TimelinePicture,
  { index, item, y }: Placed & { readonly index: number },
): void {
  const isSelected = item.kind === "row" && item.key === selected;
  if (!isSelected && index !== hovered) return;
  context.globalAlpha = isSelected ? 1 : 0.6;
  context.fillStyle = isSelected ? inks.selected : inks.hover;
  context.fillRect(0, y, scale.width, heightOf(item));
  context.globalAlpha = 1;
}

function drawItem(context: CanvasRenderingContext2D, picture: TimelinePicture, { item, y }: Placed): void {
  switch (item.kind) {
    case "group":
      return drawGroup(context, picture, { item, y });
    case "row": {
      const { columns, index } = item;
      return drawRow(context, picture, { columns, index, y: y + 4, height: heightOf(item) - 9 });
    }
    case "lane":
      return drawLane(context, picture, { item, y });
    // Said beside it.
    case "note":
      return;
    case "density": {
      const { scale, inks } = picture;
      const concurrency = spreadDensity(item.density, { scale, place });
      return drawConcurrency(context, concurrency, { y: y + 4, height: heightOf(item) - 7, inks });
    }
  }
}

function drawLane(
  context: CanvasRenderingContext2D,
  picture: TimelinePicture,
  { item, y }: { readonly item: Extract<Item, { kind: "lane" }>; readonly y: number },
): void {
  const { scale, now } = picture;
  const { columns, rows } = item;
  // A lane's rows follow one another, so the first in view is found by halves, and what covers the same pixels is drawn once.
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (toX(scale, endOf(columns, rows[middle] ?? 0, now)) < 0) low = middle + 1;
    else high = middle;
  }
  let covered = Number.NEGATIVE_INFINITY;
  for (let at = low; at < rows.length; at++) {
    const index = rows[at] ?? 0;
    const x = toX(scale, columns.starts[index] ?? 0);
    if (x > scale.width) break;
    const end = toX(scale, endOf(columns, index, now));
    const isBad = (columns.families[index] ?? 0) < 2;
    if (end < covered && !isBad) continue;
    drawRow(context, picture, { columns, index, y: y + 1, height: heightOf(item) - 2 });
    covered = Math.max(covered, Math.floor(x) + 1);
  }
}

function drawGroup(
  context: CanvasRenderingContext2D,
  { scale, inks, now }: TimelinePicture,
  { item, y }: { readonly item: Extract<Item, { kind: "group" }>; readonly y: number },
): void {
  const concurrency = measureConcurrency(item.columns, item.group.rows, { scale, now, place });
  drawConcurrency(context, concurrency, { y: y + 4, height: heightOf(item) - 7, inks });
}

/** Where idle time is folded away: a torn edge, and how long it was. */
function drawGaps(context: CanvasRenderingContext2D, { scale, inks, height }: TimelinePicture): void {
  for (const { busy, ms } of scale.fold.gaps) {
    const x = ((busy - scale.from) / (scale.to - scale.from)) * scale.width;
    if (x < -20 || x > scale.width + 20) continue;
    context.fillStyle = inks.panel;
    context.fillRect(x - 7, 0, 14, height);
    context.strokeStyle = inks.faint;
    context.lineWidth = 1;
    context.beginPath();
    for (let y = 0; y <= height; y += 8) context.lineTo(x + ((y / 8) % 2 === 0 ? -3 : 3), y);
    context.stroke();
    context.fillStyle = inks.muted;
    context.font = `11px ${inks.font}`;
    context.textAlign = "left";
    context.fillText(toDuration(ms), x + 10, 12);
  }
}

function drawPlayhead(context: CanvasRenderingContext2D, { scale, inks, now, isLive, height }: TimelinePicture): void {
  if (!isLive) return;
  const x = toX(scale, now);
  if (x < 0 || x > scale.width) return;
  context.fillStyle = inks.accent;
  context.fillRect(Math.round(x) - 1, 0, 2, height);
}
