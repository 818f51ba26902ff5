/** The seam of the pools that run task bodies off the event loop. Each kind is one small file over a shared runner. */

import type { Api } from "./api.ts";
import type { TaskDefinition } from "./definitions.ts";
import type { TraceCarrier } from "../kit/tracing.ts";
import type { LogLevel } from "./records.ts";
import type { HandedOn } from "./results.ts";
import type { FlowRunInfo, Runtime, StepSpec, TaskFuture, TaskRunInfo, Vault } from "./runtime.ts";

/** In whose name code runs in a thread or process: what it sees of its run, and what it says and calls. */
export interface BodyPlace {
  readonly taskRun: TaskRunInfo;
  readonly tags: readonly string[];
  readonly captureConsole: boolean;
  /** What spans of the body are a part of; null where there is no tracer. */
  readonly trace: TraceCarrier | null;
  /** Aborting asks the body to stop through its own signal. */
  readonly signal: AbortSignal;
  log(level: LogLevel, message: string, fields: string | null): void;
  /** Makes the calls of the body. Without it they reject. */
  readonly calls?: BodyCalls;
}

/** One call of a task's body. Its thread or process is ended `graceMs` after its signal was aborted. */
export interface PoolCall extends BodyPlace {
  readonly definition: TaskDefinition;
  readonly args: readonly unknown[];
  readonly flowRun: FlowRunInfo | null;
  readonly graceMs: number;
  /** Answers what the body asks of its orchestrator: artifacts, variables, secrets. Without it such calls reject. */
  readonly host?: PoolHost;
}

/**
 * What a body calls, made in its name by the flow's process, which alone records. The functions of what is called (the body,
 * `retryIf`, hooks …) are those of the definition given: a pool's ask for them back in the thread or process of the caller, so
 * that no call waits for a worker that its caller holds.
 */
export interface BodyCalls {
  /** One run, or for a map one an item. Throws what refuses the call: RUN_ENDED, CALLS_EXCEEDED … */
  begin(call: NestedCall): readonly NestedRun[];
  step(spec: StepSpec, tags: readonly string[]): Promise<unknown>;
  /** The value counts as made by the call at this path of the run, where it is an input of another. */
  madeBy(value: object, path: string): void;
  /** The path of the call that a value, or an error, counts as made by; undefined where that is none. */
  makerOf(value: object): string | undefined;
  /** The values in what a call has given that calls have made, with itself. */
  madeIn(value: unknown): readonly HandedOn[];
  /** What a test has put in place of a task's body. */
  standInFor(definition: TaskDefinition): TaskDefinition["fn"] | null;
}

export interface NestedCall {
  readonly how: "call" | "submit" | "map";
  /** That of each item of a map, which differ in their functions alone; of other calls the one at 0. */
  readonly definitionAt: (index: number) => TaskDefinition;
  readonly args: readonly unknown[];
  /** Of the code that calls: its task's, with those of `withTags()`. */
  readonly tags: readonly string[];
}

export interface NestedRun {
  readonly taskRunId: string;
  /** To be handed to later calls, as an input. */
  readonly future: TaskFuture;
  /** Settles with the value, or the error. */
  readonly done: Promise<unknown>;
  stop(error: unknown): void;
}

/** What a body in a thread or process reaches by messages. */
export interface PoolHost {
  readonly api: Api;
  /** What the runtime of the flow's process does for its bodies. */
  readonly runtime: Pick<Runtime, "recordArtifact" | "recordEvent" | "readEnvironment" | "hide">;
  vault(): Promise<Vault>;
  /** In whose name the code runs that asks this. Null outside of all runs. */
  place(): BodyPlace | null;
  /** So many more bodies, or fewer, go on by themselves: one that waits for what it has called does not. */
  working(change: number): void;
  /** A secret's value that the body has read: masked in everything recorded from now on. */
  mask(value: string): void;
}

/** Runs bodies; bounded by its limit, first come first served. */
export interface BodyPool {
  readonly kind: "threads" | "processes";
  /** Resolves with the body's value, rejects with its error. TASK_NOT_IMPORTABLE; a crash of the worker rejects with its cause. */
  run(call: PoolCall): Promise<unknown>;
  /** Ends idle workers; the running ones are given up when `abandon` is set. */
  close(options?: { readonly abandon?: boolean }): Promise<void>;
}
