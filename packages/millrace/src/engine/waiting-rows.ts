/**
 * Rows of calls that have waited for a while, for their inputs or their turn, so that others see what a run has still to do.
 * One timer looks for them as long as there are any; what begins soon costs nothing, and of many that wait some are written.
 */

import type { Clock, Timer } from "../kit/clock.ts";
import type { TaskExecution } from "./task-run.ts";

/** A call that has waited this long is written; also the time between two looks. In ms. */
const waitedMs = 1000;
/** Calls of one run that are shown as waiting, at most: those that were made first. */
const maxShown = 100;

export class WaitingRows {
  readonly #clock: Clock;
  /** In the order in which they were made. */
  readonly #executions: ReadonlySet<TaskExecution>;
  #timer: Timer | null = null;

  constructor(clock: Clock, executions: ReadonlySet<TaskExecution>) {
    this.#clock = clock;
    this.#executions = executions;
  }

  /** A call waits. */
  watch(): void {
    this.#timer ??= this.#clock.setTimer(waitedMs, () => this.#look(), { background: true });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #look(): void {
    this.#timer = null;
    const before = this.#clock.now() - waitedMs;
    let waiting = 0;
    for (const execution of this.#executions) {
      if (!execution.isWaiting) continue;
      if (++waiting > maxShown) break;
      if (execution.state.at <= before) execution.showWaiting();
    }
    if (waiting > 0) this.watch();
  }
}
