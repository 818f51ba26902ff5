/**
 * The port between what user files import (sdk/) and what runs it (engine/). The first call of a flow or task fills it
 * late, so that importing Millrace starts nothing. It is kept on globalThis, so that two copies of the package in one
 * process (the command's and the project's) share one runtime.
 */

import type { Api } from "./api.ts";
import type { FlowDefinition, TaskDefinition, TaskRunView } from "./definitions.ts";
import type { Artifact, Event, LogLevel } from "./records.ts";
import type { ResultRef } from "./results.ts";
import type { Serving } from "./serving.ts";
import type { State } from "./states.ts";
import type { TaskRunKind } from "./task-run.ts";

/** What the running code may know of the flow run it is in. */
export interface FlowRunInfo {
  /** UUID. */
  readonly id: string;
  /** The run's own: `runName`, or made up. */
  readonly name: string;
  /** Of the flow, not of the run. */
  readonly flowName: string;
  /** As the flow's schema has made them. */
  readonly parameters: unknown;
  /** The flow's, with those of the runs around and of `withTags()`. */
  readonly tags: readonly string[];
  /** 1 at the first try, one more with each flow retry. */
  readonly attempt: number;
  /** When it was due, in ms since the epoch. */
  readonly scheduledAt: number;
  /** Of the deployment that it is a run of; null for a run that was called. */
  readonly deploymentId: string | null;
  /** Of the run that called it as a subflow; null for a root run. */
  readonly parentRunId: string | null;
  /** Of the outermost run around; its own for a root run. */
  readonly rootRunId: string;
  /** The flow's version, or the hash of its code. */
  readonly version: string | null;
}

export interface TaskRunInfo extends TaskRunView {
  /** Equal in every attempt and after every resume of this call: hand it to services that deduplicate. */
  readonly idempotencyKey: string;
  /** The error of the attempt before this one. */
  readonly lastError: unknown;
}

/** The context of the code that is running, as `context()` shows it. */
export interface RunContext {
  /** Null in a task that was called outside any flow. */
  readonly flowRun: FlowRunInfo | null;
  /** Null in a flow's own body. */
  readonly taskRun: TaskRunInfo | null;
  /** Aborts on cancellation, on a timeout, and when this process loses the run. */
  readonly signal: AbortSignal;
  /** What a run that starts here is given, beside its own. */
  readonly tags: readonly string[];
  /** Writes log lines of the run: the same as `logger()`. */
  readonly logger: RunLogger;
}

/** Writes log lines of the current run. Fields are kept as JSON; secrets are masked before anything is cut. */
export interface RunLogger {
  trace(message: string, fields?: Readonly<Record<string, unknown>>): void;
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  fatal(message: string, fields?: Readonly<Record<string, unknown>>): void;
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A task run that was submitted. Also accepted, nested or not, as an input of other tasks. */
export interface TaskFuture<T = unknown> extends PromiseLike<T> {
  /** Null only as long as it is not known: while the runtime is loaded, and right after a call in a thread or process. */
  readonly taskRunId: string | null;
  /** Of the task, not of the run. */
  readonly taskName: string;
  /** The state as it is now. */
  readonly state: State;
  /** Waits until the run has ended; never rejects. TIMED_OUT after `timeoutMs`. */
  wait(options?: { readonly timeoutMs?: number }): Promise<State>;
  /** Waits for the value; rejects with the task's error. */
  result(options?: { readonly timeoutMs?: number }): Promise<T>;
  /** Aborts the task's signal and ends the wait with CANCELLED. */
  cancel(reason?: string): void;
}

/** A step that is recorded as tasks are: it holds across a resume. */
export interface StepSpec {
  readonly kind: Extract<TaskRunKind, "sleep" | "value" | "wait">;
  readonly name: string;
  /** The identity of the call beside its name; default: its occurrence. */
  readonly key?: string;
  readonly preview?: string;
  /** When it is over, of a step that does nothing but wait for that; from when it first began, in ms since the epoch. */
  wakesAt?(startedAt: number): number;
  /** Does the work and returns what is recorded. `startedAt` is when the step first began, also after a resume. */
  run(step: { readonly startedAt: number; readonly signal: AbortSignal; readonly taskRunId: string }): Promise<unknown>;
}

export interface TransactionSpec {
  readonly key?: string;
  readonly isolation?: "read-committed" | "serializable";
  readonly commit?: "lazy" | "eager";
}

/** What the body of a transaction sees. */
export interface TransactionScope {
  /** The one that it was given; null without one. */
  readonly key: string | null;
  /** True when a transaction of this key has been committed before: `result` is what was set then. */
  readonly committed: boolean;
  /** What was set in it, or in one around it; undefined for nothing. */
  get(name: string): unknown;
  /** Keeps a value for the hooks of the transaction and its tasks. */
  set(name: string, value: unknown): void;
  /** Runs it when the transaction commits, after those that were given before. What it throws fails the transaction. */
  onCommit(hook: () => unknown): void;
  /** Runs it when the transaction rolls back, before those that were given before. */
  onRollback(hook: () => unknown): void;
}

export interface PauseSpec {
  /** Names the pause; default: its occurrence. */
  readonly key?: string;
  /** Ends the pause as failed. Default one hour for `pause`, none for `suspend`. */
  readonly timeoutMs: number | null;
  /** Gives up the process; the run starts again from the top when it is resumed, and takes what is recorded. */
  readonly suspend: boolean;
  /** JSON Schema of the input, for a form; null where none is wanted. */
  readonly inputSchema: unknown;
  readonly title: string | null;
  /** Markdown. */
  readonly description: string | null;
  /** What the form is filled in with at first, as JSON; undefined for nothing. */
  readonly initialValues: unknown;
  /** Who may answer; null for anybody. */
  readonly answerers: readonly string[] | null;
  /** The answer that is taken at the timeout; null where the pause fails then. */
  readonly onTimeout: { readonly answer: unknown } | null;
  /** Checks what it was asked with; throws OPTION_INVALID. */
  check(): Promise<void>;
  /** Checks an answer; throws INPUT_INVALID. */
  validate(answer: unknown): Promise<unknown>;
}

/** Opens and seals secrets with the key of the ledger's home. */
export interface Vault {
  seal(name: string, value: string): Promise<string>;
  open(name: string, sealed: string): Promise<string>;
}

export interface Runtime {
  /** The context of the calling code, or undefined outside any run. */
  current(): RunContext | undefined;
  callFlow(definition: FlowDefinition, parameters: unknown): Promise<unknown>;
  callTask(definition: TaskDefinition, args: readonly unknown[]): Promise<unknown>;
  streamTask(definition: TaskDefinition, args: readonly unknown[]): AsyncGenerator<unknown>;
  submitTask(definition: TaskDefinition, args: readonly unknown[]): TaskFuture;
  mapTask(definition: TaskDefinition, args: readonly unknown[]): readonly TaskFuture[];
  step(spec: StepSpec): Promise<unknown>;
  pause(spec: PauseSpec): Promise<unknown>;
  transaction<T>(spec: TransactionSpec, body: (scope: TransactionScope) => Promise<T> | T): Promise<T>;
  withTags<T>(tags: readonly string[], body: () => T): T;
  /** The orchestrator this process talks to: the embedded ledger, or a server. */
  api(): Promise<Api>;
  vault(): Promise<Vault>;
  /** Registers a secret's value: it is masked in everything recorded from now on. */
  mask(value: string): void;
  /** Texts to hand to the orchestrator, with those values masked. */
  hide(texts: readonly string[]): readonly string[] | Promise<readonly string[]>;
  encode(value: unknown): string;
  decode(text: string): unknown;
  /** The value of a recorded result, where its storage can be reached from here. RESULT_MISSING, RESULT_UNREADABLE. */
  readResult(ref: ResultRef): Promise<unknown>;
  /** Records an artifact, or a newer state of the same id; its texts are masked and whoever watches the run is told. */
  recordArtifact(artifact: Artifact): Promise<void>;
  /** Records an event of user code; its texts are masked. */
  recordEvent(event: Event): Promise<void>;
  /** A variable of the environment or of a .env file; undefined where neither has it. */
  readEnvironment(name: string): string | undefined | Promise<string | undefined>;
  /** A time-ordered UUID; seeded in tests. */
  newId(): string;
  /** In [0, 1); seeded in tests. */
  random(): number;
  readonly clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
}

/** What the slot on globalThis holds. */
export interface RuntimeSlot {
  runtime: Runtime | undefined;
  load: (() => Promise<Runtime>) | undefined;
  /** What serves and deploys flows. */
  loadServing: (() => Promise<Serving>) | undefined;
  /** The module that is being imported to find definitions, if one is: root flows must not start meanwhile. */
  importing: string | undefined;
  /** Every definition made in this process, newest last; threads, workers and resume find theirs here. */
  readonly definitions: (FlowDefinition | TaskDefinition)[];
  /** Stand-ins for tasks, by definition; millrace/testing puts its own here. */
  standIns: Pick<ReadonlyMap<TaskDefinition, (...args: never[]) => unknown>, "get" | "size">;
}

const slotKey = Symbol.for("millrace.runtime.v1");

/** The process's runtime slot. */
export function runtimeSlot(): RuntimeSlot {
  const holder = globalThis as { [slotKey]?: RuntimeSlot };
  holder[slotKey] ??= {
    runtime: undefined,
    load: undefined,
    loadServing: undefined,
    importing: undefined,
    definitions: [],
    standIns: new Map(),
  };
  return holder[slotKey];
}

// Constants of their own, so that each is a type of its own: in a literal they would all be `symbol`.
const definition: unique symbol = Symbol.for("millrace.definition");
const future: unique symbol = Symbol.for("millrace.future");
const unmapped: unique symbol = Symbol.for("millrace.unmapped");
const allowFailure: unique symbol = Symbol.for("millrace.allow-failure");
const opaque: unique symbol = Symbol.for("millrace.opaque");
const state: unique symbol = Symbol.for("millrace.state");

/** Marks of the product's own objects, recognised across copies of the package. */
export const brands = { definition, future, unmapped, allowFailure, opaque, state } as const;

/** A final state that user code returns in place of a value; see `completed()`, `failed()`, `cancelled()`. */
export interface ReturnedState {
  readonly [brands.state]: true;
  readonly type: State["type"];
  readonly name: string;
  readonly message?: string;
  readonly value?: unknown;
}
