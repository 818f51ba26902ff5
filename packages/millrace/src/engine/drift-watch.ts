/**
 * Watches a resumed run for calls that are not in its record. Such a call waits until everything that can be delivered has
 * been: the order may differ from the first time. When the run then is quiet, and records of the same task in the same
 * scope still lie unclaimed, the code has drifted from the record.
 */

import { MillraceError } from "../contract/errors.ts";
import type { TaskRun } from "../contract/task-run.ts";
import type { Clock, Timer } from "../kit/clock.ts";
import type { ActiveRun } from "./active-run.ts";
import { groupOf } from "./records.ts";
import type { TaskExecution } from "./task-run.ts";

/** What becomes of a call that the record does not have: `stop` ends the run, `rerun` runs the call. */
export type OnDrift = "stop" | "rerun";

/** Records named in the error; the rest are counted. */
const maxNamed = 3;

export class DriftWatch {
  readonly #run: ActiveRun;
  readonly #clock: Clock;
  readonly #settleMs: number;
  readonly #waiting = new Set<TaskExecution>();
  #progress = 0;
  #timer: Timer | null = null;

  constructor(run: ActiveRun, clock: Clock, settleMs: number) {
    this.#run = run;
    this.#clock = clock;
    this.#settleMs = settleMs;
  }

  sawProgress(): void {
    this.#progress++;
  }

  /** Resolves when the call may run; rejects with RESUME_DRIFT. */
  async admit(execution: TaskExecution): Promise<void> {
    const { records } = this.#run;
    const group = groupOf(execution.parentId, execution.work.taskName);
    if (!records.hasUnclaimed(group)) return;
    this.#waiting.add(execution);
    this.#watch();
    const outcome = await records.waitFor(group);
    this.#waiting.delete(execution);
    if (outcome === "claimed" || this.#run.onDrift === "rerun") return;
    const error = this.#describe(execution, records.unclaimed(group));
    this.#run.stop(error);
    throw error;
  }

  #watch(): void {
    const seen = this.#progress;
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(this.#settleMs, () => {
      this.#timer = null;
      if (!this.#run.records.isWaitedFor) return;
      if (this.#progress === seen && !this.#isBusy()) this.#run.records.giveUp();
      else this.#watch();
    });
  }

  /** True while something that is not itself waiting may still make calls. */
  #isBusy(): boolean {
    const held = new Set<string>();
    for (const execution of this.#waiting) {
      for (const id of execution.ancestors) held.add(id);
    }
    for (const execution of this.#run.executions) {
      if (!this.#waiting.has(execution) && !execution.isPreparing && !held.has(execution.id)) return true;
    }
    return false;
  }

  #describe(execution: TaskExecution, records: readonly TaskRun[]): MillraceError {
    const named = records.slice(0, maxNamed).map((record) => describeCall(record.name, record.inputPreview));
    const more = records.length > maxNamed ? [`${records.length - maxNamed} more`] : [];
    return new MillraceError("RESUME_DRIFT", {
      id: this.#run.id,
      called: describeCall(execution.work.runName, execution.work.preview),
      recorded: [...named, ...more].join(", "),
    });
  }
}

function describeCall(name: string, preview: string | null): string {
  return `${name}(${preview ?? ""})`;
}
