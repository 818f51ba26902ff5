/**
 * Calls outside any flow run that are under way in this process. One that lasts holds a slot in the name of the process, by
 * which others find it when the process is gone: it is Crashed then. What ends soon costs nothing.
 */

import type { Api } from "../contract/api.ts";
import { looseTaskLimit } from "../contract/loose-tasks.ts";
import type { Clock } from "../kit/clock.ts";
import type { TaskExecution } from "./task-run.ts";

/** Sooner than the start of a task is recorded; also the time between two looks. In ms. */
const lookMs = 25;
/** Calls that hold slots, at most: those that were made first. */
const maxHeld = 1000;

export type LooseTasksApi = Pick<Api, "acquireSlot" | "releaseSlot">;

export class LooseTasks {
  readonly #api: LooseTasksApi;
  readonly #clock: Clock;
  readonly #processId: string;
  readonly #ensureProcess: () => Promise<void>;
  readonly #underWay = new Set<TaskExecution>();
  readonly #held = new Map<TaskExecution, Promise<unknown>>();
  #isWatched = false;

  constructor(options: {
    readonly api: LooseTasksApi;
    readonly clock: Clock;
    readonly processId: string;
    readonly ensureProcess: () => Promise<void>;
  }) {
    this.#api = options.api;
    this.#clock = options.clock;
    this.#processId = options.processId;
    this.#ensureProcess = options.ensureProcess;
  }

  get size(): number {
    return this.#underWay.size;
  }

  [Symbol.iterator](): Iterator<TaskExecution> {
    return this.#underWay.values();
  }

  began(execution: TaskExecution): void {
    this.#underWay.add(execution);
    this.#watch();
  }

  ended(execution: TaskExecution): void {
    this.#underWay.delete(execution);
    const held = this.#held.get(execution);
    this.#held.delete(execution);
    // What cannot be given back now goes with the process.
    void held?.then(() => this.#api.releaseSlot(looseTaskLimit.name, execution.id)).catch(() => undefined);
  }

  #watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    this.#clock.setTimer(lookMs, () => this.#look(), { background: true });
  }

  #look(): void {
    this.#isWatched = false;
    for (const execution of this.#underWay) {
      if (this.#held.size >= maxHeld) break;
      if (!this.#held.has(execution))
        this.#held.set(
          execution,
          this.#hold(execution.id).catch(() => undefined),
        );
    }
  }

  async #hold(holder: string): Promise<void> {
    await this.#ensureProcess();
    const { name: limitName, limit } = looseTaskLimit;
    await this.#api.acquireSlot({ limitName, limit, holder, processId: this.#processId });
  }
}
