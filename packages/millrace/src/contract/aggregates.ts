/**
 * Figures over many runs, which a database makes in one statement: histories by interval, sums, counts by a field, and the
 * task runs of one flow run as columns.
 */

import type { Condition, FieldValue } from "./query.ts";
import type { EventFilter, StoredEvent } from "./records.ts";
import type { StateType } from "./states.ts";

export type RunSubject = "flow-run" | "task-run";

/** A history has at most this many intervals. */
export const maxHistoryBuckets = 1000;
/** Of a field: the most frequent. */
export const maxCountedValues = 1000;
/** A timeline shows at most this many task runs one by one, and divides its time at most so often. */
export const maxTimelineRows = 10_000;
export const maxTimelineBuckets = 2000;

/** Runs by interval: the first begins at `from`, the last is the one that `to` is in or ends with. */
export interface RunHistoryRequest {
  readonly subject: RunSubject;
  /** Default: all. */
  readonly where?: Condition;
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** How long an interval is, in ms. At most 1,000 of them. */
  readonly bucketMs: number;
  /**
   * Which time of a run decides its interval; runs that have none are left out. Task runs are expected when they are first
   * seen. Default: expected.
   */
  readonly by?: "expected" | "started" | "ended";
}

/** In how many intervals a history divides its time: the last one ends where `to` is, or after it. */
export function countBuckets({ from, to, bucketMs }: Pick<RunHistoryRequest, "from" | "to" | "bucketMs">): number {
  // A time that is a whole number of intervals may come out a little longer.
  const roundingError = 1e-9;
  return Math.max(0, Math.ceil((to - from) / bucketMs - roundingError));
}

/** Sums over runs. What still goes on counts until now. */
export interface RunMeasures {
  readonly count: number;
  /** How long they have been RUNNING, pauses and waits between retries left out. */
  readonly runningMs: number;
  /** By how much they began later than they were expected, or are late by now. */
  readonly latenessMs: number;
}

/** The runs of an interval that are in one state. Those that nothing is in have none. */
export interface RunHistoryCell extends RunMeasures {
  /** From 0. */
  readonly bucket: number;
  readonly stateType: StateType;
  readonly stateName: string;
}

/** How many completed runs a history of durations looks at, of the newest: they are sorted by how long they took, in one statement. */
export const maxDurationRuns = 50_000;

/** Flow runs that completed, by the interval that they began in: the first begins at `from`, as of RunHistoryRequest. */
export interface DurationHistoryRequest {
  /** Default: all. */
  readonly where?: Condition;
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** How long an interval is, in ms. At most 1,000 of them. */
  readonly bucketMs: number;
}

/**
 * How long runs took from their start to their end: half of them no longer than `p50Ms`, and 95 % no longer than `p95Ms` (by the
 * nearest rank).
 */
export interface DurationCell {
  /** From 0. */
  readonly bucket: number;
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export interface DurationHistory {
  /** There are more runs than `maxDurationRuns`: only so many of the newest are looked at. */
  readonly isCut: boolean;
  /** Of all intervals together; null where no run completed. */
  readonly whole: Omit<DurationCell, "bucket"> | null;
  /** Those in which runs began. */
  readonly cells: readonly DurationCell[];
}

/** Events by interval, as runs: the first begins at `from`, the last is the one that `to` is in or ends with. */
export interface EventHistoryRequest {
  readonly filter: EventFilter;
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** How long an interval is, in ms. At most 1,000 of them. */
  readonly bucketMs: number;
  /** With so many counted, from the oldest on, it may end: a few more may be. */
  readonly enough?: number;
}

/** The events of an interval. Those that nothing is in have none. */
export interface EventHistoryCell {
  /** From 0. */
  readonly bucket: number;
  readonly count: number;
  /** Runs that entered Failed, Crashed or TimedOut, and actions of automations that failed. */
  readonly failures: number;
}

/** Events by what they have in common. */
export interface EventGroupsRequest {
  readonly filter: EventFilter;
  /** Their name, or the id of what they happened to. */
  readonly by: "name" | "resource";
}

/** Events are divided in at most so many groups, and so many of them are told: the biggest. */
export const maxEventGroups = 100_000;
export const maxToldEventGroups = 1000;

export interface EventGroup {
  /** The name, or the id of the resource; empty where they have none. */
  readonly value: string;
  readonly count: number;
  /** The times that the events say, in ms since the epoch. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** The last that was recorded of them. */
  readonly newest: StoredEvent;
}

/** How many have a value in a field. */
export interface FieldCount {
  readonly value: FieldValue | null;
  readonly count: number;
}

/** A state that runs have had, by its name. */
export interface SeenState {
  readonly stateType: StateType;
  readonly stateName: string;
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface TimelineRequest {
  readonly flowRunId: string;
  /** The window, in ms since the epoch: task runs that were there at some time in it. Default: all of the flow run. */
  readonly from?: number;
  readonly to?: number;
  /**
   * Only task runs that something has happened to after this event, by its number, so that who has the others need not read
   * them again: `eventSeq` of the last answer. With more of them than `maxRows` the answer is as without it.
   */
  readonly changedAfter?: number;
  /** With more task runs than this in the window, the answer is their density. Default and most: 10,000. */
  readonly maxRows?: number;
  /** In how many intervals a density divides the window. Default 400, at most 2,000. */
  readonly buckets?: number;
}

/**
 * The task runs of a flow run on its axis of time. Small for what it holds: names of tasks are in one list, and columns name
 * them, and parents, by their place.
 */
export interface Timeline {
  readonly flowRunId: string;
  /** When it was read: task runs without an end reach to here. */
  readonly readAt: number;
  /** The number of the newest event then: what has happened up to it is in here. */
  readonly eventSeq: number;
  /** Task runs of the flow run in all. */
  readonly total: number;
  /** When the first began; null when there is none. Where only changes are told, of these. */
  readonly firstAt: number | null;
  /** When the last ended or entered its state; null when there is none. Where only changes are told, of these. */
  readonly lastAt: number | null;
  /** Task runs in the window: those that have changed, where only these are told. */
  readonly count: number;
  /** What was asked for, where `rows` are those that have changed since. */
  readonly changedAfter?: number;
  /** In the order in which they were first seen. */
  readonly taskNames: readonly string[];
  /** Null when there are too many. */
  readonly rows: TimelineRows | null;
  /** Null when each is in `rows`. */
  readonly density: TimelineDensity | null;
}

/** Columns of the same length, in the order in which the task runs were first seen. */
export interface TimelineRows {
  readonly ids: readonly string[];
  readonly names: readonly string[];
  /** Places in `taskNames`. */
  readonly tasks: readonly number[];
  /** Places of the task runs in whose bodies they were called; null for the flow's own, and where that is not in the window. */
  readonly parents: readonly (number | null)[];
  /** Their ids, where rows are those that have changed: the parents of these may not be among them. */
  readonly parentIds?: readonly (string | null)[];
  /** The runs of subflows that they stand for. */
  readonly childFlowRunIds: readonly (string | null)[];
  readonly stateTypes: readonly StateType[];
  readonly stateNames: readonly string[];
  /** When they began, or were first seen. */
  readonly starts: readonly number[];
  /** Null for those that have not ended. */
  readonly ends: readonly (number | null)[];
  /** How long before they began they were first seen, in whole ms: they waited to be begun. */
  readonly waits: readonly number[];
  /** Places of those that were tried again. */
  readonly interrupted: readonly number[];
  /** Of each of these when it stopped, went on, stopped again …, in whole ms after it began. At most 200, the last ones. */
  readonly turns: readonly (readonly number[])[];
}

/** How many task runs of a task began in an interval, by the type of the state that they are in now. */
export interface TimelineDensity {
  readonly from: number;
  readonly bucketMs: number;
  /** Columns of the same length. Those that began before the window are in its first interval. */
  readonly buckets: readonly number[];
  readonly tasks: readonly number[];
  readonly stateTypes: readonly StateType[];
  readonly stateNames: readonly string[];
  readonly counts: readonly number[];
}
