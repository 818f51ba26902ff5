/** The timeline of a run as the page keeps it: read once, and from then on only what has changed. */

import type { Timeline } from "millrace/client";
import { type Columns, patchColumns, toColumns } from "./columns.ts";

export interface RunTimeline extends Omit<Timeline, "count" | "changedAfter" | "rows"> {
  /** Null where there is only a density. */
  readonly columns: Columns | null;
}

export function toRunTimeline(answer: Timeline): RunTimeline {
  const { flowRunId, readAt, eventSeq, total, firstAt, lastAt, taskNames, density } = answer;
  return { flowRunId, readAt, eventSeq, total, firstAt, lastAt, taskNames, density, columns: toColumns(answer) };
}

/**
 * With what has changed since. Null when the two do not fit together, and everything has to be read again.
 *
 * @param isWhole it is of all of the run, and not of a window
 */
export function patchTimeline(
  known: RunTimeline,
  answer: Timeline,
  { isWhole }: { readonly isWhole: boolean },
): RunTimeline | null {
  const { rows, changedAfter, eventSeq, total } = answer;
  if (rows === null || changedAfter === undefined) return toRunTimeline(answer);
  // A ledger that was put back to what it once was has fewer events than it had.
  if (known.columns === null || changedAfter > known.eventSeq || eventSeq < changedAfter) return null;
  // What has come too late is in what is known.
  if (eventSeq < known.eventSeq) return known;
  const columns = rows.ids.length === 0 ? known.columns : patchColumns(known.columns, rows, answer.taskNames);
  if (isWhole && columns.length !== total) return null;
  return {
    ...known,
    readAt: Math.max(known.readAt, answer.readAt),
    eventSeq,
    total,
    firstAt: least(known.firstAt, answer.firstAt),
    lastAt: most(known.lastAt, answer.lastAt),
    taskNames: columns.taskNames,
    columns,
  };
}

const least = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);
const most = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);
