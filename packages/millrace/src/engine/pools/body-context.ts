import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import type { LogLevel } from "../../contract/records.ts";
import type { FlowRunInfo, RunContext, RunLogger, TaskRunInfo } from "../../contract/runtime.ts";
import type { AskedService } from "./messages.ts";

interface ContextParts {
  /** Of the call of the body, or of one that was invoked in it: what it says and asks goes by this. */
  readonly id: number;
  readonly flowRun: FlowRunInfo | null;
  readonly taskRun: TaskRunInfo;
  readonly tags: readonly string[];
  readonly signal: AbortSignal;
  readonly capturesConsole: boolean;
  log(level: LogLevel, message: string, fields: string | null): void;
  /** From now on, the flow's process masks this value. */
  mask(value: string): void;
  /** A service of the flow's process, as an object whose every method answers later. */
  remote<T extends object>(service: AskedService): T;
}

/** The context of a body in a thread or process: what `context()` shows there. */
export class BodyContext implements RunContext {
  readonly parts: ContextParts;
  readonly logger: RunLogger;

  constructor(parts: ContextParts) {
    this.parts = parts;
    this.logger = createLogger((level, message, fields) => parts.log(level, message, toJson(fields)));
  }

  get flowRun(): FlowRunInfo | null {
    return this.parts.flowRun;
  }

  get taskRun(): TaskRunInfo {
    return this.parts.taskRun;
  }

  get tags(): readonly string[] {
    return this.parts.tags;
  }

  get signal(): AbortSignal {
    return this.parts.signal;
  }

  /** Logs what was printed, where the task wants that. False when it is to be printed. */
  capture(level: LogLevel, line: string): boolean {
    if (this.parts.capturesConsole) this.parts.log(level, line, null);
    return this.parts.capturesConsole;
  }

  withTags(tags: readonly string[]): BodyContext {
    return new BodyContext({ ...this.parts, tags: [...this.parts.tags, ...tags] });
  }
}

export const bodyStorage = new AsyncLocalStorage<BodyContext>();

function createLogger(log: RunLogger["log"]): RunLogger {
  return {
    trace: (message, fields) => log("trace", message, fields),
    debug: (message, fields) => log("debug", message, fields),
    info: (message, fields) => log("info", message, fields),
    warn: (message, fields) => log("warn", message, fields),
    error: (message, fields) => log("error", message, fields),
    fatal: (message, fields) => log("fatal", message, fields),
    log,
  };
}

function toJson(fields: Readonly<Record<string, unknown>> | undefined): string | null {
  if (fields === undefined) return null;
  try {
    return JSON.stringify(fields, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  } catch {
    // A cycle, or a getter that throws: the line is worth more than its form.
    return JSON.stringify({ fields: inspect(fields, { depth: 3, maxStringLength: Number.POSITIVE_INFINITY }) });
  }
}
