/** How flows have been doing: figures over the newest runs of each, and a flow's tasks over its runs. */

import type { Condition } from "./query.ts";
import type { PageRequest } from "./records.ts";
import type { StateType } from "./states.ts";

/** Of a flow so many runs are looked at, the newest. */
export const maxSummarizedRuns = 1000;
/** Of these so many are told one by one. */
export const maxSummaryBars = 30;
export const maxGridRuns = 100;
export const maxGridTasks = 300;
/** Task runs that a grid looks at: of each run as many as of the others, those first seen. */
export const maxGridTaskRuns = 200_000;

export interface FlowSummaryRequest {
  /** Only of these flows. Default: of all that have ever run. */
  readonly names?: readonly string[];
  /** Only of these flow runs. */
  readonly where?: Condition;
  /** Runs that were made at this time or after it, in ms since the epoch. */
  readonly since: number;
  /** How many runs are told one by one. Default and most: 30. */
  readonly bars?: number;
  /** Flows by their names, 100 at most. Default: 50. */
  readonly page?: PageRequest;
}

export interface FlowSummary {
  readonly flowName: string;
  /** Runs that were looked at: the newest 1,000 at most. */
  readonly count: number;
  /** There are more. */
  readonly isCut: boolean;
  readonly counts: Readonly<Partial<Record<StateType, number>>>;
  /**
   * How long runs that have completed took from their start to their end: half of them no longer, and 95 % (by the nearest
   * rank). Null when there is none.
   */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** The newest that are past waiting for their time, the newest first. */
  readonly bars: FlowSummaryBars;
}

/** Columns of the same length. */
export interface FlowSummaryBars {
  readonly ids: readonly string[];
  readonly stateTypes: readonly StateType[];
  readonly stateNames: readonly string[];
  /** When they began; when they were expected for those that have not. */
  readonly starts: readonly number[];
  /** From their start to their end; null for those that have not begun, or not ended. */
  readonly durationsMs: readonly (number | null)[];
}

/** Deployments that are asked of at once, at most. */
export const maxSummarizedDeployments = 200;

export interface DeploymentSummaryRequest {
  /** Of deployments, 200 at most; an id of none is left out of the answer. */
  readonly ids: readonly string[];
  /** How many runs of each are told, the newest. Default and most: 30. */
  readonly bars?: number;
}

export interface DeploymentSummary {
  readonly deploymentId: string;
  /** When the run is due that comes next, or should have come, in ms since the epoch. Null when none is planned. */
  readonly nextDueAt: number | null;
  /** The newest that are past waiting for their time, the newest first. */
  readonly bars: FlowSummaryBars;
}

export interface TaskGridRequest {
  readonly flowName: string;
  /** Only of these flow runs. */
  readonly where?: Condition;
  /** How many runs, the newest. Default 30, at most 100. */
  readonly runs?: number;
}

/** The tasks of a flow over its newest runs. */
export interface TaskGrid {
  readonly flowName: string;
  /** There are more tasks, or task runs of these runs. */
  readonly isCut: boolean;
  /** Those that are past waiting for their time, the newest first. */
  readonly runs: TaskGridRuns;
  /** At most 300: those of the newest run in the order in which they were first seen, then those of the run before it … */
  readonly taskNames: readonly string[];
  readonly cells: TaskGridCells;
}

/** Columns of the same length. */
export interface TaskGridRuns {
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly stateTypes: readonly StateType[];
  readonly stateNames: readonly string[];
  readonly starts: readonly number[];
  readonly durationsMs: readonly (number | null)[];
}

/** Columns of the same length: the task runs of a task in a run that are in states of a type and a name. */
export interface TaskGridCells {
  /** Places in `runs`. */
  readonly runs: readonly number[];
  /** Places in `taskNames`. */
  readonly tasks: readonly number[];
  readonly stateTypes: readonly StateType[];
  readonly stateNames: readonly string[];
  readonly counts: readonly number[];
  /** How long those that have ended took together, from their start to their end. */
  readonly durationsMs: readonly number[];
}
