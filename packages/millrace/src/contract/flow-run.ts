import type { RecordedError } from "./errors.ts";
import type { Json, JsonObject, Labels } from "./objects.ts";
import type { Condition } from "./query.ts";
import type { ResultRef } from "./results.ts";
import type { State, StateType } from "./states.ts";

/** Where a flow's code is: enough to import it again. `export` is null when the module does not export it. */
export interface Entrypoint {
  /** A file URL. */
  readonly module: string;
  /** The name under which the module exports the flow; null when it does not. */
  readonly export: string | null;
}

/** Where a run ran. Every field may be absent: it is recorded when it is known. */
export interface RunEnvironment {
  /** Name of the machine. */
  readonly host?: string;
  /** Id of the process. */
  readonly pid?: number;
  /** Operating system and architecture, such as `linux-x64`. */
  readonly platform?: string;
  /** Version of Node. */
  readonly node?: string;
  /** Version of Millrace. */
  readonly millrace?: string;
  /** Name and version of the nearest package.json. */
  readonly package?: string;
  /** The folder that the process was started in. */
  readonly cwd?: string;
  /** The command line, without secrets. */
  readonly argv?: readonly string[];
  /** Of the work tree that its code is in: commit, branch, and whether something in it was changed. */
  readonly git?: { readonly commit: string; readonly branch?: string; readonly dirty?: boolean };
}

export interface FlowRun {
  /** UUID. */
  readonly id: string;
  /** The name that the flow was defined with. */
  readonly flowName: string;
  /** Its own name, made up or by `runName`; not unique. */
  readonly name: string;
  /** The state it is in. */
  readonly state: State;
  /** Every state the run has had, oldest first; the last one equals `state`. */
  readonly history: readonly State[];
  /** Serialized parameters (the JSON serializer's text), after validation and coercion. */
  readonly parameters: string;
  /** Its own and those of its parent. */
  readonly tags: readonly string[];
  /** The run that called it as a subflow; null for one that was started by itself. */
  readonly parentRunId: string | null;
  /** The task run of kind "flow" that stands for this run in its parent. */
  readonly parentTaskRunId: string | null;
  /** The run at the top of its parents; its own id when it has none. */
  readonly rootRunId: string;
  /** The deployment that it is a run of, if any. */
  readonly deploymentId: string | null;
  /** A second run that is submitted with the same key is this one. */
  readonly idempotencyKey: string | null;
  /** The run whose recorded results this one may take, and up to which task (exclusive); what `flow-run rerun --from` makes. */
  readonly adopts: { readonly runId: string; readonly until: string | null } | null;
  /** Of the flow: what it was defined with, or a hash of its code. */
  readonly version: string | null;
  /** Where its code is; null where that is not known. */
  readonly entrypoint: Entrypoint | null;
  /** Where it ran. */
  readonly environment: RunEnvironment;
  /** When it was recorded, in ms since the epoch. */
  readonly createdAt: number;
  /** When it should start, or should have started. */
  readonly expectedAt: number;
  /** When it first entered RUNNING; null before. */
  readonly startedAt: number | null;
  /** When it last ended; null while it has not. */
  readonly endedAt: number | null;
  /** How often the run has entered RUNNING from the start of its function. */
  readonly runCount: number;
  /** Fencing token: grows with every claim; a write with a lower one is refused. */
  readonly epoch: number;
  /** The process that holds the lease, or null. */
  readonly ownerId: string | null;
  /** What it returned, or where that is; null while there is none. */
  readonly result: ResultRef | null;
  /** Why it did not complete; null where nothing was thrown. */
  readonly error: RecordedError | null;
  /** The work pool whose workers may take it, if any. */
  readonly workPoolId: string | null;
  /** The queue of that pool. */
  readonly workQueueId: string | null;
  /** Made by a schedule. */
  readonly autoScheduled: boolean;
  /** When a run that is SCHEDULED is due; null in other states. */
  readonly dueAt: number | null;
  /** What is kept beside its own fields. */
  readonly extra: FlowRunExtra;
}

/** What is kept with a run beside its own fields, as JSON. */
export interface FlowRunExtra {
  readonly labels?: Labels;
  /** What the worker is told of where to run it, over its deployment's. */
  readonly jobVariables?: JsonObject;
  /** The process, container or job that a worker started for it. */
  readonly infrastructurePid?: string | null;
  /** Who or what made it: `{ id, type, displayValue }`. */
  readonly createdBy?: Json;
  /** The version of its deployment that it first started with. */
  readonly startedVersion?: number;
  /** The pull steps that bring the code it started with, where those of its deployment bring what is newest. */
  readonly pulledSteps?: readonly JsonObject[];
  /** The schedule that made it. */
  readonly scheduleId?: string;
  /**
   * Retries that the ledger grants when a failure is proposed. For clients that ask it; our engine retries by itself, and
   * sets none.
   */
  readonly retries?: number;
  readonly retryDelayMs?: number;
  /** The pauses that it has been through, so that a run that starts again passes them. */
  readonly pauseKeys?: readonly string[];
  /** Names of the parameters that held a secret when it was recorded; secret-parameters.ts shows them without. */
  readonly secretParameters?: readonly string[];
  /** It was let go on after a pause, and has not entered RUNNING since. */
  readonly resuming?: boolean;
  /** How long it has been RUNNING in all, until it last entered or left it, in ms. */
  readonly runningMs?: number;
  /** What a presentation of the Api keeps, as it is. */
  readonly [name: string]: unknown;
}

/** What anybody may change of a run beside its state. `extra` names the fields that change. */
export interface FlowRunChange {
  readonly name?: string;
  readonly parameters?: string;
  readonly tags?: readonly string[];
  readonly version?: string | null;
  readonly workPoolId?: string | null;
  readonly workQueueId?: string | null;
  readonly deploymentId?: string | null;
  readonly entrypoint?: Entrypoint | null;
  readonly extra?: FlowRunExtra;
}

export interface NewFlowRun {
  readonly id: string;
  readonly flowName: string;
  readonly name: string;
  readonly parameters: string;
  readonly tags?: readonly string[];
  readonly parentRunId?: string | null;
  readonly parentTaskRunId?: string | null;
  readonly rootRunId?: string;
  readonly deploymentId?: string | null;
  readonly idempotencyKey?: string | null;
  readonly adopts?: { readonly runId: string; readonly until: string | null } | null;
  readonly version?: string | null;
  readonly entrypoint?: Entrypoint | null;
  readonly environment?: RunEnvironment;
  /** The states it starts its history with, oldest first; at least one. */
  readonly states: readonly State[];
  /** Set to own the run at once (epoch 1). */
  readonly ownerId?: string | null;
  readonly workPoolId?: string | null;
  readonly workQueueId?: string | null;
  readonly autoScheduled?: boolean;
  readonly extra?: FlowRunExtra;
  /** A crash of the database may lose it: its owner sees to that, with what it records next. */
  readonly mayBeLost?: true;
}

export interface FlowRunFilter {
  readonly ids?: readonly string[];
  /** Ids that start with this text (for short ids). */
  readonly idPrefix?: string;
  readonly flowNames?: readonly string[];
  readonly nameContains?: string;
  readonly stateTypes?: readonly StateType[];
  readonly stateNames?: readonly string[];
  /** All of these. */
  readonly tags?: readonly string[];
  readonly parentRunIds?: readonly string[];
  /** Only runs without a parent. */
  readonly rootsOnly?: boolean;
  readonly ownerIds?: readonly string[];
  readonly createdAfter?: number;
  readonly createdBefore?: number;
  readonly where?: Condition;
}

export type FlowRunSort =
  | "created-desc"
  | "created-asc"
  | "started-desc"
  | "started-asc"
  | "ended-desc"
  | "expected-desc"
  | "expected-asc"
  | "due-asc"
  | "name-asc"
  | "name-desc"
  | "id-desc";
