/** What `flow()` and `task()` make, and the engine runs. Options are documented here once; sdk/ re-exports the types. */

import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Duration } from "../kit/duration.ts";
import type { LogLevel } from "./records.ts";
import type { ResultSerializer, ResultStorage } from "./results.ts";
import type { brands } from "./runtime.ts";
import type { State } from "./states.ts";
import type { FlowRun } from "./flow-run.ts";
import type { TaskRun } from "./task-run.ts";

/** Delays between attempts: one for all, a list (its last is reused), or a function of the attempt that failed (1, 2, …). */
export type RetryDelay = Duration | readonly Duration[] | ((attempt: number) => Duration);

/** A hook is told of a state after it is recorded. What it throws is logged and changes nothing. */
export type FlowHook = (event: { readonly flow: string; readonly run: FlowRun; readonly state: State }) => unknown;
export type TaskHook = (event: { readonly task: string; readonly run: TaskRunView; readonly state: State }) => unknown;

/** What hooks and `context()` show of a task run. */
export type TaskRunView = Pick<
  TaskRun,
  "id" | "flowRunId" | "parentId" | "taskName" | "name" | "attempt" | "tags" | "startedAt"
>;

/** How submitted and mapped tasks of a flow are run: `concurrent({ limit })`, or a pool for their bodies. */
export interface TaskRunner {
  /** As what it was made: `concurrent()`, `threads()` or `processes()`. */
  readonly kind: "concurrent" | "threads" | "processes";
  /** At most this many bodies at once, 1 or more. Default: 256 in process, one a processor in pools. */
  readonly limit?: number;
}

/** Decides under which key a task's result is found and kept. */
export interface CachePolicy {
  /** Adds another policy's parts to the key. */
  and(other: CachePolicy): CachePolicy;
  /** Leaves these parameters out of the inputs' part. */
  without(...names: readonly string[]): CachePolicy;
  readonly parts: readonly CachePart[];
}

export type CachePart =
  | { readonly kind: "inputs"; readonly without: readonly string[] }
  | { readonly kind: "code" }
  | { readonly kind: "run" }
  | { readonly kind: "flow-parameters" }
  | { readonly kind: "function"; readonly key: CacheKeyFunction };

/** Returns the key, or undefined for "do not cache this call". */
export type CacheKeyFunction = (call: {
  readonly task: string;
  readonly args: readonly unknown[];
  /** Arguments by parameter name. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly flowRunId: string | null;
}) => string | undefined;

interface CommonOptions {
  /** What people read. Default: the function's name. */
  name?: string;
  /** What people are told of it: `millrace run --dry-run` shows it, and a deployment takes over its flow's. Default: none. */
  description?: string;
  /** Default: a hash of the code. */
  version?: string;
  /** Labels of its runs, to find them by. Tags of the runs around are added. */
  tags?: readonly string[];
  /** How often a failed run is tried again. Default 0, at most 1,000. */
  retries?: number;
  /** The delay before each retry. Default 0. */
  retryDelay?: RetryDelay;
  /** Ends the run as TimedOut after this long: the signal aborts, and the wait ends even when the code ignores it. */
  timeout?: Duration;
  /** Whether the result is kept. Default true: small ones in the ledger, others in the result storage. */
  persistResult?: boolean;
  /** Where results above 16 KiB go. Default: files under the ledger's home. */
  resultStorage?: ResultStorage;
  /** Default: JSON with faithful dates, maps, sets, big integers, typed arrays and errors. */
  resultSerializer?: ResultSerializer;
  /** The least severe log lines to record. Default "info". */
  logLevel?: LogLevel;
  /** Record what the code prints with console.*, as log lines, in place of printing it. Default false. */
  captureConsole?: boolean;
}

export interface FlowOptions<Schema extends StandardSchemaV1 = StandardSchemaV1> extends CommonOptions {
  /** Any Standard Schema (zod, valibot, arktype …). Validated before anything runs; what it coerces is kept. */
  parameters?: Schema;
  /** A template over the parameters ("train {date}") or a function of them. Default: adjective-animal. */
  runName?: string | ((parameters: StandardSchemaV1.InferOutput<Schema>) => string);
  /** Where submitted and mapped tasks run, and how many at once. Default: concurrent({ limit: 256 }). */
  taskRunner?: TaskRunner;
  /**
   * Fixes the identity of its calls in other flows, in place of the digest of their parameters, which a function gets as they are
   * given: the same key is the same subflow run on resume. Called by itself, a flow begins anew each time.
   */
  key?: string | ((parameters: StandardSchemaV1.InferInput<Schema>) => string);
  /** Called when the run begins, or is taken up again. */
  onRunning?: FlowHook | readonly FlowHook[];
  /** Called when it has completed. */
  onCompletion?: FlowHook | readonly FlowHook[];
  /** Called when it has failed, its retries spent. */
  onFailure?: FlowHook | readonly FlowHook[];
  /** Called when it was cancelled and has stopped. */
  onCancellation?: FlowHook | readonly FlowHook[];
  /** Called when it was interrupted (Ctrl-C, SIGTERM); under a worker, also when its process was killed. */
  onCrashed?: FlowHook | readonly FlowHook[];
}

/** Task options. `Args` and `Result` are inferred from the function. */
export interface TaskOptions<Args extends readonly unknown[] = readonly never[], Result = unknown>
  extends CommonOptions {
  /** A template over the parameters by name ("fold {k}") or a function of the arguments. Default: the task's name. */
  runName?: string | ((...args: Args) => string);
  /** Multiplies each retry delay by a random factor between 1 and 1 + jitter. Default 0. */
  retryJitter?: number;
  /** Whether this failure is worth another attempt. Default: every failure is. */
  retryIf?: (error: unknown, attempt: number) => boolean | Promise<boolean>;
  /** Under which key the result is kept for other runs and calls; see `inputs()`, `code()`, `run()`, `flowParameters()`. */
  cache?: CachePolicy | CacheKeyFunction;
  /** With `cache`: how long a cached result stays valid. Default: for ever. */
  expiresIn?: Duration;
  /** With `cache`: `serializable` lets one call at a time compute a key; the others wait and take its result. Default `read-committed`. */
  isolation?: "read-committed" | "serializable";
  /** With `cache`: compute again and overwrite what the cache holds. Default false. */
  refreshCache?: boolean;
  /** What is returned when retries are spent. */
  fallback?: Fallback<Args, Result>;
  /** Tasks that share a key share its slots, in every process of the ledger. */
  concurrency?: ConcurrencyOption<Args> | readonly ConcurrencyOption<Args>[];
  /** Futures (also nested) that must have completed before this runs, beside those among its inputs. */
  waitFor?: unknown;
  /** Fixes the call's identity, in place of the digest of its inputs: the same key is the same step on resume. */
  key?: string | ((...args: Args) => string);
  /** Runs the body off the event loop: `threads()` or `processes()`; `concurrent()` on it, whatever the flow's `taskRunner` is. */
  runner?: TaskRunner;
  /** Record the start durably before the body runs. Default false: a start is recorded with the next batch. */
  durableStart?: boolean;
  /** Called when an attempt begins. */
  onRunning?: TaskHook | readonly TaskHook[];
  /** Called when its completion is recorded; not for results that are taken from the record or the cache. */
  onCompletion?: TaskHook | readonly TaskHook[];
  /** Called when its failure is recorded, retries and fallback spent. */
  onFailure?: TaskHook | readonly TaskHook[];
  /** Run when the transaction that holds this task commits. */
  onCommit?: TransactionHook<Result>;
  /** Run, newest first, when the transaction that holds this task rolls back. */
  onRollback?: TransactionHook<Result>;
}

/** A value, a function of the error and the arguments, or another task, which is called with the arguments. */
export type Fallback<Args extends readonly unknown[], Result> =
  | { readonly value: Result }
  | ((error: unknown, ...args: Args) => Result | Promise<Result>)
  | TaskLike<Args, Result>;

/** A task, as far as an option that takes one needs it. */
export interface TaskLike<Args extends readonly unknown[], Result> {
  readonly [brands.definition]: TaskDefinition;
  readonly fn: (...args: Args) => Result | Promise<Result>;
}

export interface ConcurrencyOption<Args extends readonly unknown[] = readonly never[]> {
  /** The limit's name; a function makes one a payload, for example one a tenant. */
  readonly key: string | ((...args: Args) => string);
  /** How many at once. Default 1. */
  readonly limit?: number;
}

export type TransactionHook<Result = unknown> = (transaction: {
  readonly key: string | null;
  readonly result: Result | undefined;
  get(name: string): unknown;
  set(name: string, value: unknown): void;
}) => unknown;

/** Where a definition was written, as far as the call site shows it. */
export interface CallSite {
  /** File URL of the module. */
  readonly module: string;
  readonly line: number;
}

/** A task as the engine sees it: checked once when it is defined, nothing looked up later. */
export interface TaskDefinition {
  readonly kind: "task";
  readonly name: string;
  readonly fn: (...args: never[]) => unknown;
  readonly options: TaskOptions<never[], never>;
  readonly site: CallSite | null;
  /** Parameter names, read from the function's text. */
  readonly parameterNames: readonly string[];
  /** Hash of the function's text. */
  readonly codeHash: string;
  readonly retries: number;
  readonly timeoutMs: number | null;
  readonly expiresInMs: number | null;
  readonly isGenerator: boolean;
  /**
   * Of a task whose option functions are in another thread or process: gives it with what these say of a call (its name, its
   * keys), once the call's inputs are there.
   */
  readonly describe?: () => Promise<TaskDefinition>;
}

export interface FlowDefinition {
  readonly kind: "flow";
  readonly name: string;
  readonly fn: (parameters: never) => unknown;
  readonly options: FlowOptions;
  readonly site: CallSite | null;
  readonly codeHash: string;
  readonly retries: number;
  readonly timeoutMs: number | null;
}
