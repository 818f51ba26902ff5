/** The asynchronous context of running code: which run, which task, which scope its calls are counted in. */

import { AsyncLocalStorage } from "node:async_hooks";
import type { LogLevel } from "../contract/records.ts";
import { logSeverity } from "../contract/records.ts";
import type { FlowRunInfo, RunContext, RunLogger, TaskRunInfo } from "../contract/runtime.ts";
import type { Span } from "../kit/tracing.ts";
import type { FlowTrace } from "./trace.ts";
import type { Scope } from "./identity.ts";
import type { TaskExecution } from "./task-run.ts";
import type { TransactionState } from "./transactions.ts";

/** What writes the log lines of a context. */
export type LogSink = (
  line: {
    readonly level: LogLevel;
    readonly message: string;
    readonly fields?: Readonly<Record<string, unknown>> | undefined;
    readonly logger: string;
  },
  context: ExecutionContext,
) => void;

/** The task whose body runs in a context, as far as the context needs it. */
export interface ContextTask {
  readonly execution: TaskExecution;
  readonly info: TaskRunInfo;
  readonly signal: AbortSignal;
  /** Of the attempt; null where there is no tracer. */
  readonly span: Span | null;
}

/** A run as its context needs it. */
export interface ContextRun {
  readonly info: FlowRunInfo;
  /** Fencing token of what the context records. */
  readonly epoch: number;
  readonly signal: AbortSignal;
  readonly trace: FlowTrace | null;
}

export class ExecutionContext implements RunContext {
  readonly run: ContextRun | null;
  readonly task: ContextTask | null;
  readonly scope: Scope;
  readonly tags: readonly string[];
  readonly heldSlots: readonly string[];
  readonly transaction: TransactionState | null;
  readonly captureConsole: boolean;
  readonly logLevel: LogLevel;
  readonly #sink: LogSink;
  #logger: RunLogger | null = null;

  constructor(parts: ContextParts) {
    this.run = parts.run;
    this.task = parts.task;
    this.scope = parts.scope;
    this.tags = parts.tags;
    this.heldSlots = parts.heldSlots;
    this.transaction = parts.transaction;
    this.captureConsole = parts.captureConsole;
    this.logLevel = parts.logLevel;
    this.#sink = parts.sink;
  }

  /** The same context with some parts changed. */
  with(changes: Partial<ContextParts>): ExecutionContext {
    return new ExecutionContext({ ...this.#parts(), ...changes });
  }

  /** The context of a task's body. */
  ofBody(body: Pick<ContextParts, "scope" | "tags" | "heldSlots"> & { readonly task: ContextTask }): ExecutionContext {
    const { run, transaction, captureConsole, logLevel } = this;
    const { task, scope, tags, heldSlots } = body;
    return new ExecutionContext({
      run,
      task,
      scope,
      tags,
      heldSlots,
      transaction,
      captureConsole,
      logLevel,
      sink: this.#sink,
    });
  }

  #parts(): ContextParts {
    const { run, task, scope, tags, heldSlots, transaction, captureConsole, logLevel } = this;
    return { run, task, scope, tags, heldSlots, transaction, captureConsole, logLevel, sink: this.#sink };
  }

  get flowRun(): FlowRunInfo | null {
    return this.run?.info ?? null;
  }

  get taskRun(): TaskRunInfo | null {
    return this.task?.info ?? null;
  }

  get signal(): AbortSignal {
    return this.task?.signal ?? this.run?.signal ?? neverAborts;
  }

  get logger(): RunLogger {
    this.#logger ??= createLogger((level, message, fields) => this.write(level, message, fields, "millrace.run"));
    return this.#logger;
  }

  write(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> | undefined, logger: string): void {
    if (logSeverity[level] < logSeverity[this.logLevel]) return;
    this.#sink({ level, message, fields, logger }, this);
  }
}

export interface ContextParts {
  readonly run: ContextRun | null;
  readonly task: ContextTask | null;
  readonly scope: Scope;
  readonly tags: readonly string[];
  /** Slots that the callers of this code hold: `key:<concurrency key>`, and `tag:<tag with a limit>`. */
  readonly heldSlots: readonly string[];
  readonly transaction: TransactionState | null;
  readonly captureConsole: boolean;
  readonly logLevel: LogLevel;
  readonly sink: LogSink;
}

const neverAborts = new AbortController().signal;

function createLogger(
  write: (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void,
): RunLogger {
  return {
    trace: (message, fields) => write("trace", message, fields),
    debug: (message, fields) => write("debug", message, fields),
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
    fatal: (message, fields) => write("fatal", message, fields),
    log: write,
  };
}

export const contextStorage = new AsyncLocalStorage<ExecutionContext>();
