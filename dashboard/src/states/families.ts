/** States in seven families, each with a hue, a glyph and a pattern, so that none is told by its colour alone. */

import type { StateType } from "millrace/client";

export type Family = "completed" | "running" | "failed" | "crashed" | "waiting" | "attention" | "inert";

/** What needs a person first. */
export const families: readonly Family[] = [
  "failed",
  "crashed",
  "attention",
  "running",
  "waiting",
  "completed",
  "inert",
];

export type GlyphName =
  | "check"
  | "diamond"
  | "pulse"
  | "cross"
  | "bolt"
  | "clock"
  | "ring"
  | "pause"
  | "alarm"
  | "again"
  | "slash";

export interface StateLook {
  readonly family: Family;
  readonly glyph: GlyphName;
}

const byName: Readonly<Record<string, StateLook>> = {
  Cached: { family: "completed", glyph: "diamond" },
  TimedOut: { family: "crashed", glyph: "alarm" },
  Late: { family: "attention", glyph: "alarm" },
  AwaitingRetry: { family: "attention", glyph: "again" },
  AwaitingConcurrencySlot: { family: "waiting", glyph: "ring" },
  Retrying: { family: "running", glyph: "again" },
  Skipped: { family: "inert", glyph: "slash" },
};

const byType: Readonly<Record<StateType, StateLook>> = {
  SCHEDULED: { family: "waiting", glyph: "clock" },
  PENDING: { family: "waiting", glyph: "ring" },
  RUNNING: { family: "running", glyph: "pulse" },
  COMPLETED: { family: "completed", glyph: "check" },
  FAILED: { family: "failed", glyph: "cross" },
  CRASHED: { family: "crashed", glyph: "bolt" },
  CANCELLING: { family: "running", glyph: "slash" },
  CANCELLED: { family: "inert", glyph: "slash" },
  PAUSED: { family: "attention", glyph: "pause" },
};

export function lookOf(state: { readonly type: StateType; readonly name: string }): StateLook {
  return byName[state.name] ?? byType[state.type];
}

/** The glyph that stands for all of a family. */
export const lookOfFamily: Readonly<Record<Family, GlyphName>> = {
  failed: "cross",
  crashed: "bolt",
  attention: "alarm",
  running: "pulse",
  waiting: "clock",
  completed: "check",
  inert: "slash",
};

/** A state's name as people write it: `AwaitingRetry` is "Awaiting retry". */
export function toWords(name: string): string {
  const words = name.replace(
    /([a-z])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
  return words;
}

const ring = "M6 .9a5.1 5.1 0 1 1 0 10.2A5.1 5.1 0 0 1 6 .9Z";

/** Paths in a box of 12 by 12, stroked 1.4 wide: as SVG in tables and as Path2D on a canvas. */
export const glyphPaths: Readonly<Record<GlyphName, string>> = {
  check: `${ring}M3.7 6.2 5.3 7.8 8.4 4.5`,
  diamond: "M6 .8 11.2 6 6 11.2.8 6ZM4 6.2 5.4 7.5 8 4.8",
  pulse: "M.8 6.4h2.3L4.8 2.2 7.2 9.8 8.8 6.4h2.4",
  cross: `${ring}M4.2 4.2l3.6 3.6M7.8 4.2 4.2 7.8`,
  bolt: "M7 .8 2.6 6.8h2.9L4.8 11.2 9.4 5H6.4Z",
  clock: `${ring}M6 3.2V6l2 1.3`,
  ring: "M6 .9a5.1 5.1 0 0 1 4.4 2.5M11.1 6a5.1 5.1 0 0 1-2.5 4.4M6 11.1a5.1 5.1 0 0 1-4.4-2.5M.9 6A5.1 5.1 0 0 1 3.4 1.6",
  pause: `${ring}M4.7 4.1v3.8M7.3 4.1v3.8`,
  alarm: `${ring}M6 3.2v3.4M6 8.4v.3`,
  again: "M10.9 6.2a4.9 4.9 0 1 1-1.3-3.5M9.9.7v2.4H7.5",
  slash: `${ring}M2.5 9.5l7-7`,
};
