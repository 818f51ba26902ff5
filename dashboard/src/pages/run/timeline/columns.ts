/** The task runs of a timeline as typed arrays: what is drawn sixty times a second is not looked for in objects. */

import type { StateType, Timeline, TimelineRows } from "millrace/client";
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
  /** How long each waited before it began, in ms. */
  readonly waits: Float64Array;
  /** Of those that were tried again: when each stopped, went on, stopped again …, in ms after it began. */
  readonly turns: ReadonlyMap<number, readonly number[]>;
  readonly taskNames: readonly string[];
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly stateNames: readonly string[];
  readonly stateTypes: readonly StateType[];
  readonly childFlowRunIds: readonly (string | null)[];
}

/** Null for a timeline that has only a density. */
export function toColumns({ flowRunId, rows, taskNames }: Timeline): Columns | null {
  if (rows === null) return null;
  return {
    flowRunId,
    length: rows.ids.length,
    starts: Float64Array.from(rows.starts),
    ends: Float64Array.from(rows.ends, toEnd),
    families: Uint8Array.from(rows.ids, (_, index) => familyAt(rows, index)),
    tasks: Uint32Array.from(rows.tasks),
    parents: Int32Array.from(rows.parents, (parent) => parent ?? -1),
    waits: Float64Array.from(rows.waits),
    turns: new Map(rows.interrupted.map((index, at) => [index, rows.turns[at] ?? []])),
    taskNames,
    ids: rows.ids,
    names: rows.names,
    stateNames: rows.stateNames,
    stateTypes: rows.stateTypes,
    childFlowRunIds: rows.childFlowRunIds,
  };
}

/** With rows in place of those of the same ids, and those that are new at the end. */
export function patchColumns(columns: Columns, rows: TimelineRows, names: readonly string[]): Columns {
  const places = new Map(columns.ids.map((id, place) => [id, place]));
  const ids = [...columns.ids];
  for (const id of rows.ids) if (!places.has(id)) places.set(id, ids.push(id) - 1);
  const { length } = ids;
  const grown = {
    starts: growFloats(columns.starts, length),
    ends: growFloats(columns.ends, length),
    waits: growFloats(columns.waits, length),
    families: new Uint8Array(length),
    tasks: new Uint32Array(length),
    parents: new Int32Array(length),
  };
  grown.families.set(columns.families);
  grown.tasks.set(columns.tasks);
  grown.parents.set(columns.parents);
  const taskNames = [...new Set([...columns.taskNames, ...names])];
  const taskAt = names.map((name) => taskNames.indexOf(name));
  const turns = new Map(columns.turns);
  const texts = {
    names: [...columns.names],
    stateNames: [...columns.stateNames],
    stateTypes: [...columns.stateTypes],
    childFlowRunIds: [...columns.childFlowRunIds],
  };
  for (const [index, id] of rows.ids.entries()) {
    const place = places.get(id) ?? 0;
    grown.starts[place] = rows.starts[index] ?? 0;
    grown.ends[place] = toEnd(rows.ends[index] ?? null);
    grown.waits[place] = rows.waits[index] ?? 0;
    grown.families[place] = familyAt(rows, index);
    grown.tasks[place] = taskAt[rows.tasks[index] ?? 0] ?? 0;
    // Outside of a window there are parents that are not known.
    grown.parents[place] = places.get(rows.parentIds?.[index] ?? "") ?? -1;
    texts.names[place] = rows.names[index] ?? "";
    texts.stateNames[place] = rows.stateNames[index] ?? "";
    texts.stateTypes[place] = rows.stateTypes[index] ?? "PENDING";
    texts.childFlowRunIds[place] = rows.childFlowRunIds[index] ?? null;
    turns.delete(place);
  }
  for (const [at, index] of rows.interrupted.entries()) {
    turns.set(places.get(rows.ids[index] ?? "") ?? 0, rows.turns[at] ?? []);
  }
  return { flowRunId: columns.flowRunId, length, ...grown, turns, taskNames, ids, ...texts };
}

function growFloats(values: Float64Array, length: number): Float64Array {
  const grown = new Float64Array(length);
  grown.set(values);
  return grown;
}

const toEnd = (end: number | null): number => end ?? Number.POSITIVE_INFINITY;

/** A place in `families`. */
function familyAt({ stateTypes, stateNames }: TimelineRows, index: number): number {
  return families.indexOf(lookOf({ type: stateTypes[index] ?? "PENDING", name: stateNames[index] ?? "" }).family);
}

/** What has not ended reaches to now. */
export function endOf(columns: Columns, index: number, now: number): number {
  const end = columns.ends[index] ?? 0;
  return end === Number.POSITIVE_INFINITY ? Math.max(now, columns.starts[index] ?? 0) : end;
}
