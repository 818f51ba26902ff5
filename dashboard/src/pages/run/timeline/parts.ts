/** What a task run's time was made of: it waited to begin, was tried, waited to be tried again. */

import { plural } from "../../../format/number.ts";
import { toDuration } from "../../../format/time.ts";
import { type Columns, endOf } from "./columns.ts";

export interface Part {
  /** An attempt that was followed by another, the time until that one, and what ended as the task run has. */
  readonly kind: "queued" | "attempt" | "delay" | "last";
  /** In ms since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** A wait that is worth a word, in ms: what is there at once has waited a moment too. */
export const leastWaitMs = 100;

/** In the order of time; the last of them has not ended if the task run has not. */
export function partsOf(columns: Columns, index: number, now: number): readonly Part[] {
  const start = columns.starts[index] ?? 0;
  const wait = columns.waits[index] ?? 0;
  const parts: Part[] = wait > 0 ? [{ kind: "queued", from: start - wait, to: start }] : [];
  let from = start;
  for (const [at, turn] of (columns.turns.get(index) ?? []).entries()) {
    parts.push({ kind: at % 2 === 0 ? "attempt" : "delay", from, to: start + turn });
    from = start + turn;
  }
  const turns = columns.turns.get(index)?.length ?? 0;
  const isDelayed = turns % 2 === 1 && columns.ends[index] === Number.POSITIVE_INFINITY;
  parts.push({ kind: isDelayed ? "delay" : "last", from, to: Math.max(from, endOf(columns, index, now)) });
  return parts;
}

/** How often it was begun. */
export const attemptsOf = (columns: Columns, index: number): number =>
  Math.floor((columns.turns.get(index)?.length ?? 0) / 2) + 1;

/** The same in words, in so far as there is something to say: "waited 2 s to begin", "3 attempts, 12 s between them". */
export function tellParts(columns: Columns, index: number, now: number): readonly string[] {
  const wait = columns.waits[index] ?? 0;
  const waited = wait >= leastWaitMs ? [`waited ${toDuration(wait)} to begin`] : [];
  const attempts = attemptsOf(columns, index);
  const delays = partsOf(columns, index, now).filter(({ kind }) => kind === "delay");
  if (delays.length === 0) return waited;
  const delayMs = delays.reduce((sum, { from, to }) => sum + to - from, 0);
  const between =
    attempts === 1 ? `waits to be tried again, for ${toDuration(delayMs)}` : `${toDuration(delayMs)} between them`;
  return [...waited, attempts === 1 ? between : `${plural(attempts, "attempt")}, ${between}`];
}
