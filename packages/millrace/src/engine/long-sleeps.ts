/**
 * Long sleeps of a run that a worker has started: when nothing else goes on in the process, the run is recorded as SCHEDULED for
 * the time at which the first of them is over, and the process ends. A worker takes the run up then, from its record.
 *
 * Not where the sleep is a part of what would be lost: in a task (its body would begin again), in a transaction, in a flow with a
 * timeout (which counts from each start).
 */

import { MillraceError } from "../contract/errors.ts";
import type { ActiveRun } from "./active-run.ts";
import type { Engine } from "./engine.ts";
import type { TaskExecution } from "./task-run.ts";

/** Between two looks whether something else goes on, in ms; the first comes so long after a sleep began. */
const lookMs = 1000;

export class LongSleeps {
  readonly #engine: Engine;
  /** When each is over, in ms since the epoch. */
  readonly #underWay = new Map<TaskExecution, number>();
  #isWatched = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Sleeps until then by `wait`, unless the process is given up meanwhile. */
  async during<T>(execution: TaskExecution, wakesAt: number, wait: () => Promise<T>): Promise<T> {
    const { longSleepMs } = this.#engine.ports.limits;
    if (longSleepMs === null || execution.flow === null || wakesAt - this.#engine.clock.now() < longSleepMs)
      return wait();
    this.#underWay.set(execution, wakesAt);
    this.#watch();
    try {
      return await wait();
    } finally {
      this.#underWay.delete(execution);
    }
  }

  #watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    this.#engine.clock.setTimer(lookMs, () => this.#look(), { background: true });
  }

  #look(): void {
    this.#isWatched = false;
    if (this.#underWay.size === 0) return;
    const { activeRuns, clock, ports } = this.#engine;
    const [root, another] = activeRuns;
    const wakesAt = Math.min(...this.#underWay.values());
    const isLong = wakesAt - clock.now() >= (ports.limits.longSleepMs ?? Number.POSITIVE_INFINITY);
    if (
      isLong &&
      root !== undefined &&
      another === undefined &&
      root.info.deploymentId !== null &&
      this.#isAllAsleep()
    ) {
      root.sleepUntil(wakesAt, new MillraceError("SUSPENDED", { id: root.id }));
      return;
    }
    this.#watch();
  }

  #isAllAsleep(): boolean {
    return [...this.#engine.runs].every((run) => this.#isAsleep(run));
  }

  /** It has no more under way than sleeps, and runs that sleep. */
  #isAsleep({ hasTimeout, stopReason, executions, hooks }: ActiveRun): boolean {
    const calls = [...executions];
    const called = calls.filter(({ work }) => work.kind === "flow");
    const asleep = calls.filter((call) => this.#underWay.has(call));
    return (
      !hasTimeout &&
      stopReason === null &&
      called.length + asleep.length === calls.length &&
      calls.every(({ caller }) => caller.task === null && caller.transaction === null) &&
      // Each run that it has called is one of those that its end waits for.
      hooks.size === called.length
    );
  }
}
