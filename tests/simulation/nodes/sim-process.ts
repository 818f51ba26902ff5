/**
 * A simulated operating-system process. What it waits for comes to it through `wake`: while it is stopped (SIGSTOP) all of
 * that waits, and once it is dead nothing comes any more, so that whatever its code was doing ends there.
 */

import { checkDelay, type Clock, sleepWith } from "../../../packages/millrace/src/kit/clock.ts";
import type { World } from "../world/world.ts";

export class SimProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly #world: World;
  readonly #onDeath = new Set<() => void>();
  #backlog: (() => void)[] = [];
  #state: "running" | "stopped" | "dead" = "running";

  /** @param skewMs how far its wall clock is ahead of true time */
  constructor(world: World, name: string, skewMs: number) {
    this.name = name;
    this.#world = world;
    const setTimer: Clock["setTimer"] = (ms, callback) => {
      checkDelay(ms);
      let isCancelled = false;
      const run = (): void => this.wake(() => (isCancelled ? undefined : callback()));
      const timer = world.after(ms, run);
      return {
        cancel() {
          isCancelled = true;
          timer.cancel();
        },
      };
    };
    this.clock = {
      now: () => world.now + skewMs,
      monotonic: () => world.elapsedMs,
      setTimer,
      sleep: (ms, signal) => sleepWith(setTimer, ms, signal),
    };
  }

  get isDead(): boolean {
    return this.#state === "dead";
  }

  get isStopped(): boolean {
    return this.#state === "stopped";
  }

  /** In a turn of this process: now, or when it goes on. */
  wake(run: () => void): void {
    if (this.#state === "running") run();
    else if (this.#state === "stopped") this.#backlog.push(run);
  }

  /** Resolves in a turn of this process after `ms` of true time; never once it is dead. */
  later(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#world.after(ms, () => this.wake(resolve)));
  }

  stop(): void {
    if (this.#state === "running") this.#state = "stopped";
  }

  goOn(): void {
    if (this.#state !== "stopped") return;
    this.#state = "running";
    const backlog = this.#backlog;
    this.#backlog = [];
    for (const run of backlog) this.#world.soon(() => this.wake(run));
  }

  die(): void {
    if (this.#state === "dead") return;
    this.#state = "dead";
    this.#backlog = [];
    this.#world.trace.add(`${this.name} dies`);
    for (const tell of this.#onDeath) tell();
    this.#onDeath.clear();
  }

  /** Tells who sees that it is dead: its host, the other ends of its connections. Returns what ends that. */
  onDeath(tell: () => void): () => void {
    if (this.#state === "dead") tell();
    else this.#onDeath.add(tell);
    return () => void this.#onDeath.delete(tell);
  }
}
