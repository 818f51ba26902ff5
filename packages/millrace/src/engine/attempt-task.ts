import type { TaskRunInfo } from "../contract/runtime.ts";
import type { Span } from "../kit/tracing.ts";
import type { AttemptSignal } from "./attempt-signal.ts";
import type { TaskRow } from "./task-row.ts";
import type { TaskExecution } from "./task-run.ts";

/** What the context of an attempt shows of its task; made only when asked for. */
export class AttemptTask {
  readonly execution: TaskExecution;
  /** The attempt it is, though another may have begun since. */
  readonly #attempt: number;
  readonly #signal: AttemptSignal;
  readonly span: Span | null;

  constructor(execution: TaskExecution, row: TaskRow, { signal, span }: { signal: AttemptSignal; span: Span | null }) {
    this.execution = execution;
    this.span = span;
    this.#attempt = row.attempt;
    this.#signal = signal;
  }

  get info(): TaskRunInfo {
    return { ...this.execution.info(), attempt: this.#attempt };
  }

  get signal(): AbortSignal {
    return this.#signal.signal;
  }
}
