/** The task runs of a timeline as typed arrays: what is drawn sixty times a second is not looked for in objects. */

import type { StateType, Timeline } from "millrace/client";
import { families, lookOf } from "../../../states/families.ts";

export interface Columns {
  readonly flowRunId: string;
  readonly length: number;
  /** In ms since the epoch. */
  readonly starts: Float64Array;
  /** Infinity for what has not ended. */
  readonly ends: Float64Array;
  /** Places in `families`. */
  readonly families: Uint8Array;
  /** Places in `taskNames`. */
  readonly tasks: Uint32Array;
  /** Places of rows; -1 for those of the flow's own body. */
  readonly parents: Int32Array;
  readonly taskNames: readonly string[];
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly stateNames: readonly string[];
  readonly stateTypes: readonly StateType[];
  readonly childFlowRunIds: readonly (string | null)[];
}

/** Null for a timeline that has only a density. */
export function toColumns(timeline: Timeline): Columns | null {
  const { rows } = timeline;
  if (rows === null) return null;
  const length = rows.ids.length;
  const family = new Uint8Array(length);
  for (let index = 0; index < length; index++) {
    const look = lookOf({ type: rows.stateTypes[index] ?? "PENDING", name: rows.stateNames[index] ?? "" });
    family[index] = families.indexOf(look.family);
  }
  return {
    flowRunId: timeline.flowRunId,
    length,
    starts: Float64Array.from(rows.starts),
    ends: Float64Array.from(rows.ends, (end) => end ?? Number.POSITIVE_INFINITY),
    families: family,
    tasks: Uint32Array.from(rows.tasks),
    parents: Int32Array.from(rows.parents, (parent) => parent ?? -1),
    taskNames: timeline.taskNames,
    ids: rows.ids,
    names: rows.names,
    stateNames: rows.stateNames,
    stateTypes: rows.stateTypes,
    childFlowRunIds: rows.childFlowRunIds,
  };
}

/** What has not ended reaches to now. */
export function endOf(columns: Columns, index: number, now: number): number {
  const end = columns.ends[index] ?? 0;
  return end === Number.POSITIVE_INFINITY ? Math.max(now, columns.starts[index] ?? 0) : end;
}
