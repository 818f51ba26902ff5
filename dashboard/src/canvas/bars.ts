/** Bars of task runs: each family of states has its own pattern beside its colour. */

import type { Family } from "../states/families.ts";
import type { Inks } from "./inks.ts";

export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** So narrow a bar is drawn at least: a task run is never invisible. */
export const leastBarWidth = 2;
/** Below this there is no room for a pattern. */
const leastPatternWidth = 6;

/** `isOpen`: it has not ended, and its right edge moves. */
export function drawBar(
  context: CanvasRenderingContext2D,
  bar: Bar,
  { family, inks, isOpen = false }: { readonly family: Family; readonly inks: Inks; readonly isOpen?: boolean },
): void {
  const { x, y, height } = bar;
  const width = Math.max(bar.width, leastBarWidth);
  const hasRoom = width >= leastPatternWidth;
  const ink = inks.states[family];
  context.fillStyle = ink;
  switch (family) {
    case "completed":
      context.fillStyle = inks.quietCompleted;
      context.fillRect(x, y, width, height);
      // The tint is quiet; this edge carries the contrast.
      context.fillStyle = ink;
      context.fillRect(x, y, width, 1);
      return;
    case "running":
      context.fillRect(x, y, width, height);
      if (isOpen && hasRoom) {
        context.fillStyle = inks.foreground;
        context.fillRect(x + width - 2, y - 1, 2, height + 2);
      }
      return;
    case "failed":
      context.fillRect(x, y, width, height);
      if (hasRoom) {
        context.fillStyle = inks.background;
        context.beginPath();
        context.moveTo(x + width, y + height * 0.2);
        context.lineTo(x + width - 4, y + height / 2);
        context.lineTo(x + width, y + height * 0.8);
        context.fill();
      }
      return;
    case "crashed":
      return hatch(context, { ...bar, width }, { ink, background: inks.background, slant: height });
    case "attention":
      return hatch(context, { ...bar, width }, { ink, background: inks.background, slant: 0 });
    case "waiting":
      if (!hasRoom) return context.fillRect(x, y + height / 2 - 1, width, 2);
      context.strokeStyle = ink;
      context.lineWidth = 1;
      context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
      return;
    case "inert":
      context.fillRect(x, y + height / 4, width, height / 2);
      return;
  }
}

/** What waits to be begun: light, as nothing of it is work. */
export function drawQueued(context: CanvasRenderingContext2D, bar: Bar, inks: Inks): void {
  const ink = inks.states.waiting;
  const width = Math.max(bar.width, leastBarWidth);
  if (width < leastPatternWidth) {
    context.fillStyle = ink;
    context.fillRect(bar.x, bar.y + bar.height / 2 - 1, width, 2);
    return;
  }
  hatch(context, { ...bar, width }, { ink: inks.panel, background: ink, slant: bar.height });
  context.strokeStyle = ink;
  context.lineWidth = 1;
  context.strokeRect(bar.x + 0.5, bar.y + 0.5, width - 1, bar.height - 1);
}

const hatchStep = 6;
/** A bar of any length has at most so many stripes in view. */
const maxStripes = 600;

function hatch(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Bar,
  { ink, background, slant }: { readonly ink: string; readonly background: string; readonly slant: number },
): void {
  context.fillStyle = ink;
  context.fillRect(x, y, width, height);
  if (width < leastPatternWidth) return;
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = background;
  context.lineWidth = 1.5;
  context.beginPath();
  const from = Math.max(x, -hatchStep);
  for (let stripe = 0; stripe < maxStripes; stripe++) {
    const at = from + stripe * hatchStep;
    if (at > x + width + slant) break;
    context.moveTo(at, y);
    context.lineTo(at - slant, y + height);
  }
  context.stroke();
  context.restore();
}
