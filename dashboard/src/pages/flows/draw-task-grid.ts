/** A grid of tasks over runs on a canvas: 300 tasks of 100 runs would be too much for the page itself. */

import type { TaskGrid } from "millrace/client";
import type { Inks } from "../../canvas/inks.ts";
import { type Family, glyphPaths, type GlyphName, lookOf } from "../../states/families.ts";
import { type GridCell, keyOf, type Place } from "./task-grid.ts";

/** Of a cell, in pixels. */
export const side = 24;
/** Above the cells: how long each run took, and how it ended. */
export const headHeight = 60;

const paths = new Map<GlyphName, Path2D>();

function pathOf(name: GlyphName): Path2D {
  let path = paths.get(name);
  if (path === undefined) paths.set(name, (path = new Path2D(glyphPaths[name])));
  return path;
}

export function drawTaskGrid(
  context: CanvasRenderingContext2D,
  given: {
    readonly grid: TaskGrid;
    readonly cells: ReadonlyMap<string, GridCell>;
    readonly inks: Inks;
    /** `task` is -1 in the head. */
    readonly chosen: Place | null;
  },
): void {
  const { grid, cells, inks, chosen } = given;
  const { runs, taskNames } = grid;
  const count = runs.ids.length;
  const [width, height] = [count * side, headHeight + taskNames.length * side];
  const xOf = (run: number): number => (count - 1 - run) * side;
  context.fillStyle = inks.background;
  context.fillRect(0, 0, width, height);
  if (chosen !== null) {
    context.fillStyle = inks.hover;
    context.fillRect(xOf(chosen.run), 0, side, height);
    if (chosen.task >= 0) context.fillRect(0, headHeight + chosen.task * side, width, side);
  }
  const longest = Math.max(1, ...runs.durationsMs.map((ms) => ms ?? 0));
  for (let run = 0; run < count; run++) {
    const { family, glyph } = lookOf({ type: runs.stateTypes[run] ?? "COMPLETED", name: runs.stateNames[run] ?? "" });
    const tall = 2 + Math.sqrt((runs.durationsMs[run] ?? 0) / longest) * (headHeight - 30);
    context.fillStyle = toFill(family, inks);
    context.fillRect(xOf(run) + 6, headHeight - 24 - tall, side - 12, tall);
    drawGlyph(context, { glyph, family, x: xOf(run), y: headHeight - side, inks });
  }
  context.fillStyle = inks.line;
  for (let task = 0; task <= taskNames.length; task++) context.fillRect(0, headHeight + task * side, width, 1);
  for (const { task, run, family, glyph } of cells.values()) {
    const [x, y] = [xOf(run), headHeight + task * side];
    if (family === "failed" || family === "crashed" || family === "attention") {
      context.globalAlpha = 0.16;
      context.fillStyle = inks.states[family];
      context.fillRect(x + 1, y + 1, side - 1, side - 1);
      context.globalAlpha = 1;
    }
    drawGlyph(context, { glyph, family, x, y, inks });
  }
  if (chosen !== null && chosen.task >= 0 && cells.has(keyOf(chosen))) {
    context.strokeStyle = inks.accent;
    context.lineWidth = 2;
    context.strokeRect(xOf(chosen.run) + 1.5, headHeight + chosen.task * side + 1.5, side - 2, side - 2);
  }
}

const toFill = (family: Family, inks: Inks): string =>
  family === "completed" ? inks.quietCompleted : inks.states[family];

function drawGlyph(
  context: CanvasRenderingContext2D,
  given: {
    readonly glyph: GlyphName;
    readonly family: Family;
    readonly x: number;
    readonly y: number;
    readonly inks: Inks;
  },
): void {
  const { glyph, family, x, y, inks } = given;
  context.save();
  context.translate(x + (side - 12) / 2, y + (side - 12) / 2);
  context.strokeStyle = toFill(family, inks);
  context.lineWidth = 1.4;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.stroke(pathOf(glyph));
  context.restore();
}
