/** The seam of the pools that run task bodies off the event loop. Each kind is one small file over a shared runner. */

import type { Api } from "./api.ts";
import type { TaskDefinition } from "./definitions.ts";
import type { TraceCarrier } from "../kit/tracing.ts";
import type { LogLevel } from "./records.ts";
import type { FlowRunInfo, Runtime, TaskRunInfo, Vault } from "./runtime.ts";

export interface PoolCall {
  readonly definition: TaskDefinition;
  readonly args: readonly unknown[];
  readonly flowRun: FlowRunInfo | null;
  readonly taskRun: TaskRunInfo;
  readonly tags: readonly string[];
  readonly captureConsole: boolean;
  /** What spans of the body are a part of; null where there is no tracer. */
  readonly trace: TraceCarrier | null;
  /** Aborting asks the body to stop through its own signal; after `graceMs` its thread or process is ended. */
  readonly signal: AbortSignal;
  readonly graceMs: number;
  log(level: LogLevel, message: string, fields: string | null): void;
  /** Answers what the body asks of its orchestrator: artifacts, variables, secrets. Without it such calls reject. */
  readonly host?: PoolHost;
}

/** What a body in a thread or process reaches by messages. */
export interface PoolHost {
  readonly api: Api;
  /** What the runtime of the flow's process does for its bodies. */
  readonly runtime: Pick<Runtime, "recordArtifact" | "recordEvent" | "readEnvironment" | "hide">;
  vault(): Promise<Vault>;
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
