import type { RecordedError } from "./errors.ts";
import type { Condition } from "./query.ts";
import type { ResultRef } from "./results.ts";
import type { State, StateType } from "./states.ts";

/**
 * What kind of step a task run records: a task's body; a subflow; a durable sleep; a recorded value (`now`, `random`);
 * a wait for a signal, a person or a sensor; a map as a whole.
 */
export type TaskRunKind = "task" | "flow" | "sleep" | "value" | "wait";

/** Why a task run ended as it did without, or before, running its body. Shown by `flow-run explain`. */
export type RunReason =
  | "ran"
  | "cache-hit"
  | "cache-miss"
  | "cache-refresh"
  | "cache-expired"
  | "cache-not-keyed"
  | "fallback"
  | "upstream-failed"
  | "cancelled";

/** A recorded dependency: a task run of the same flow run, by parameter. */
export interface TaskInput {
  readonly parameter: string;
  readonly taskRunId: string;
}

export interface TaskRun {
  /** UUID, derived from (flow run, scope, task name, key or digest, occurrence); see docs/decisions/0001. */
  readonly id: string;
  /** The flow run whose code made the call; null outside any. */
  readonly flowRunId: string | null;
  /** The task run whose body made the call; null for calls of the flow's own body. The scope of the identity. */
  readonly parentId: string | null;
  /** A task's body; a subflow; a durable sleep; a recorded value; a wait for a signal, a person or a sensor. */
  readonly kind: TaskRunKind;
  /** The name that the task was defined with. */
  readonly taskName: string;
  /** Its own name: the task's, or by `runName`. */
  readonly name: string;
  /** The readable part of the identity: `name#digest~occurrence`, or `name@key~occurrence`. */
  readonly key: string;
  /** Digest of the inputs; null where a key takes its place. */
  readonly inputDigest: string | null;
  /** The state it is in. */
  readonly state: State;
  /** Every state it has had, oldest first. */
  readonly history: readonly State[];
  /** The task runs whose results it was given. */
  readonly inputs: readonly TaskInput[];
  /** A bounded one-line preview of the arguments, masked. */
  readonly inputPreview: string | null;
  /** Its own, and those around the call. */
  readonly tags: readonly string[];
  /** How many times the body has been started. */
  readonly attempt: number;
  /** Why it ended as it did without, or before, running its body. */
  readonly reason: RunReason | null;
  /** Says more of the reason: which cache entry, which upstream. */
  readonly reasonDetail: string | null;
  /** Under which its result was looked up and is kept; null without a cache. */
  readonly cacheKey: string | null;
  /** Of the source text of the task's function; null where there is none. */
  readonly codeHash: string | null;
  /** The run that a task run of kind `flow` stands for. */
  readonly childFlowRunId: string | null;
  /** When the call was made, in ms since the epoch. */
  readonly createdAt: number;
  /** When its body first began; null before. */
  readonly startedAt: number | null;
  /** When it ended; null while it has not. */
  readonly endedAt: number | null;
  /** What it gave, or where that is; null while there is none. */
  readonly result: ResultRef | null;
  /** Why it did not complete, or why its last attempt failed. */
  readonly error: RecordedError | null;
  /** What only its recorder can read: JSON, kept and given back as it is. */
  readonly extra: Readonly<Record<string, unknown>> | null;
  /** Order in which the ledger first saw it. */
  readonly seq: number;
}

/**
 * A task run as the engine records it: the whole row, with its history so far. Recording the same change twice is
 * harmless. A terminal row is only overwritten when `reopens` says so, and its old states stay in the history.
 */
export interface TaskRunChange extends Omit<TaskRun, "seq" | "extra"> {
  readonly extra?: Readonly<Record<string, unknown>> | null;
  /** How many of `history`'s last states are new with this change (for the event stream). */
  readonly newStates: number;
  /**
   * Some of these states were in a change before that was not answered as written, and may be known all the same: those
   * that the ledger has count as told.
   */
  readonly mayRepeat?: true;
  /** This change starts a run again whose failure is dropped by a retry. */
  readonly reopens?: boolean;
  /** Fencing token of the flow run; ignored when flowRunId is null. */
  readonly epoch: number;
  /** Keep the result under this cache key, until the time given (null: for ever). */
  readonly cache?: { readonly key: string; readonly expiresAt: number | null };
}

export interface TaskRunFilter {
  readonly ids?: readonly string[];
  readonly idPrefix?: string;
  readonly flowRunIds?: readonly string[];
  readonly parentIds?: readonly string[];
  readonly taskNames?: readonly string[];
  readonly stateTypes?: readonly StateType[];
  readonly kinds?: readonly TaskRunKind[];
  readonly where?: Condition;
}

export type TaskRunSort =
  | "first-seen"
  | "id-desc"
  | "expected-asc"
  | "expected-desc"
  | "ended-desc"
  | "duration-desc"
  | "duration-asc"
  | "name-asc"
  | "name-desc";

/**
 * A state of a task run that an engine of somebody else's reports. Reports come late, twice and out of order: each state is
 * kept once, in the order of its time, and the fields of the newest are those of the run.
 */
export interface TaskRunObservation {
  readonly id: string;
  readonly flowRunId: string | null;
  readonly taskName: string;
  readonly name: string;
  readonly key: string;
  readonly state: State;
  readonly tags: readonly string[];
  readonly inputs: readonly TaskInput[];
  readonly attempt: number;
  readonly kind?: TaskRunKind;
  readonly childFlowRunId?: string | null;
  readonly cacheKey?: string | null;
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface CacheEntry {
  readonly key: string;
  readonly result: ResultRef;
  readonly taskRunId: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

/** How many task runs of a task are in each state; the row of a live tree. */
export interface TaskCount {
  readonly taskName: string;
  readonly stateType: StateType;
  readonly stateName: string;
  readonly count: number;
  readonly firstStartedAt: number | null;
  readonly lastEndedAt: number | null;
}
