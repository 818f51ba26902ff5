/** What the runs of a ledger are doing, as its engine tells it: states that a test waits for, and waits that hold the time. */

import type { FlowRunSighting, RunObserver, TaskRunSighting } from "../contract/observer.ts";
import { isTerminal, type State } from "../contract/states.ts";

/** The steps that wait for what only a test can send. */
const awaitingSteps = new Set(["pause", "signal"]);

interface Waiter {
  readonly id: string;
  readonly matches: (state: State) => boolean;
  resolve(state: State): void;
  reject(error: Error): void;
}

export class RunWatch {
  readonly #states = new Map<string, State>();
  /** The name of each step that waits, by its task run. */
  readonly #awaiting = new Map<string, string>();
  readonly #waiters = new Set<Waiter>();

  readonly observer: RunObserver = {
    flowRun: (sighting) => this.#seeFlowRun(sighting),
    taskRun: (sighting) => this.#seeTaskRun(sighting),
    log: () => undefined,
    artifact: () => undefined,
  };

  #seeFlowRun({ id, state }: FlowRunSighting): void {
    this.#states.set(id, state);
    for (const waiter of this.#waiters) {
      if (waiter.id === id) this.#tell(waiter, state);
    }
  }

  #tell(waiter: Waiter, state: State): void {
    if (waiter.matches(state)) waiter.resolve(state);
    else if (isTerminal(state.type)) waiter.reject(new Error(`Flow run ${waiter.id} ended ${state.name} instead`));
    else return;
    this.#waiters.delete(waiter);
  }

  #seeTaskRun({ id, kind, taskName, state }: TaskRunSighting): void {
    if (kind !== "wait" || !awaitingSteps.has(taskName)) return;
    if (state.type === "RUNNING") this.#awaiting.set(id, taskName);
    else this.#awaiting.delete(id);
  }

  /** A run waits for a person or a signal. */
  get isWaiting(): boolean {
    return this.#awaiting.size > 0;
  }

  get isWaitingForSignal(): boolean {
    return [...this.#awaiting.values()].includes("signal");
  }

  /** The process has died with all that waited in it. */
  forget(): void {
    this.#awaiting.clear();
  }

  /** Resolves when the run is in a state of this type or name; rejects when it ends in another. */
  untilState(id: string, wanted: string): Promise<State> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { id, matches: ({ type, name }) => type === wanted || name === wanted, resolve, reject };
      this.#waiters.add(waiter);
      const state = this.#states.get(id);
      if (state !== undefined) this.#tell(waiter, state);
    });
  }
}
