/** Failures that are the same one: of flow runs, and of the task runs in them, put together by what their errors say. */

import type { Condition } from "./query.ts";
import type { Page, PageRequest } from "./records.ts";
import type { StateType } from "./states.ts";

/** So many failed flow runs are looked at, the newest, and so many failed task runs of theirs. */
export const maxFailures = 5000;
/** Task runs among which these are looked for: of each flow run as many as of the others, the newest. */
export const maxSearchedTaskRuns = 200_000;
/** Of a group. */
export const maxGroupFlows = 10;
export const maxGroupRuns = 5;
/** In characters. */
export const maxSampleLength = 1000;

export interface FailureGroupsRequest {
  /** Flow runs that ended at this time or after it, in ms since the epoch. */
  readonly since: number;
  /** Only of these flow runs. */
  readonly where?: Condition;
  /** Default: 50 groups; at most 500. */
  readonly page?: PageRequest;
}

/** Groups, those with the latest failure first. */
export interface FailureGroups extends Page<FailureGroup> {
  /** There are more failures than were looked at: the oldest are missing. */
  readonly isCut: boolean;
}

export interface FailureGroup {
  /** The same for failures of a task, or of a flow's own body, whose errors differ in numbers, ids, paths and quoted texts. */
  readonly fingerprint: string;
  /** Null for failures of the flow's own body. */
  readonly taskName: string | null;
  /** Flows that have failed so, the last one first; at most 10. */
  readonly flowNames: readonly string[];
  readonly count: number;
  /** In how many flow runs. */
  readonly flowRunCount: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The newest of them, the last one first; at most 5 of different flow runs. */
  readonly newest: readonly FailedRun[];
  /** What the last one says. */
  readonly stateType: StateType;
  readonly stateName: string;
  readonly errorName: string | null;
  readonly errorCode: string | null;
  readonly message: string;
}

/** A group of failures of a stretch of time, by its fingerprint. */
export interface FailureGroupRef {
  readonly fingerprint: string;
  /** As it was asked for the groups. */
  readonly since: number;
}

export interface FailedRunsRequest extends FailureGroupRef {
  /** Only of these flow runs. */
  readonly where?: Condition;
  /** Default: 100 runs; at most 1,000. */
  readonly page?: PageRequest;
}

export interface FailedRun {
  readonly flowRunId: string;
  readonly taskRunId: string | null;
  readonly at: number;
}

/** A failure as the ledger has it. Texts may be cut. */
export interface Failure {
  readonly flowRunId: string;
  /** Null for a failure of the flow run. */
  readonly taskRunId: string | null;
  readonly flowName: string;
  readonly taskName: string | null;
  /** The run of the subflow that it stands for. */
  readonly childFlowRunId: string | null;
  readonly stateType: StateType;
  readonly stateName: string;
  readonly at: number;
  readonly errorName: string | null;
  readonly errorCode: string | null;
  /** Of the error, or of the state where there is none. */
  readonly message: string;
}
