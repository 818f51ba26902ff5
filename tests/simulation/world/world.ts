/**
 * The simulated world: its time, its turns, its chance. A turn is what the event loop of some process does between two waits;
 * turns come one after the other, in an order that follows from the seed alone, and time passes only between them.
 */

import type { Timer } from "../../../packages/millrace/src/kit/clock.ts";
import { createRandom, type Random } from "../../../packages/millrace/src/kit/random.ts";
import { createTimerHeap } from "./timer-heap.ts";
import { createTrace, type Trace } from "./trace.ts";

/** The wall-clock time at which each world begins, in ms since the epoch. */
const beganAt = Date.UTC(2026, 0, 1);

/** Turns that are asked of Node at once: it lets all that waits go on between two of them. */
const turnsAtOnce = 64;

/** What takes more turns than that goes round in a circle. */
const maxTurns = 3_000_000;

/** Node's own: what a seed sets meanwhile are turns of its world. */
const nextTurn = globalThis.setImmediate;

export interface World {
  readonly seed: number;
  readonly trace: Trace;
  /** Since the beginning, in ms. */
  readonly elapsedMs: number;
  /** True time, in ms since the epoch. */
  readonly now: number;
  /** A source of chance of its own for whatever is named so: more draws from one move no other. */
  random(name: string): Random;
  /** 1, 2, 3 … */
  nextNumber(): number;
  /** Runs it in a turn after `ms`; what is due at one time in the order in which it was asked for. */
  after(ms: number, run: () => void): Timer;
  /** Runs it in the next turn, as setImmediate does. */
  soon(run: () => void): Timer;
  /** Takes turns until `main` has settled. */
  live<T>(main: () => Promise<T>): Promise<T>;
}

export function createWorld(seed: number): World {
  const timers = createTimerHeap();
  const immediates: { run: (() => void) | null }[] = [];
  let elapsedMs = 0;
  let turns = 0;
  let numbers = 0;
  const trace = createTrace(() => elapsedMs);

  function takeTurn(): boolean {
    const immediate = immediates.shift();
    if (immediate !== undefined) {
      immediate.run?.();
      return true;
    }
    const next = timers.take();
    if (next === undefined) return false;
    elapsedMs = Math.max(elapsedMs, next.dueAt);
    next.run();
    return true;
  }

  return {
    seed,
    trace,
    get elapsedMs() {
      return elapsedMs;
    },
    get now() {
      return Math.round((beganAt + elapsedMs) * 1000) / 1000;
    },
    nextNumber: () => ++numbers,
    random: (name) => createRandom(`${seed} ${name}`),
    after: (ms, run) => timers.add(elapsedMs + Math.max(0, ms), run),
    soon(run) {
      const entry: { run: (() => void) | null } = { run };
      immediates.push(entry);
      return { cancel: () => void (entry.run = null) };
    },
    live(main) {
      return new Promise((resolve, reject) => {
        let isOver = false;
        const end =
          <Value>(settle: (value: Value) => void) =>
          (value: Value): void => {
            isOver = true;
            settle(value);
          };
        const fail = end(reject);
        main().then(end(resolve), fail);
        let idle = 0;
        const turn = (left: number): void => {
          if (isOver) return;
          try {
            idle = takeTurn() ? 0 : idle + 1;
          } catch (error) {
            fail(error);
          }
          // Code that is loaded for the first time is waited for.
          if (idle > 100_000) fail(new Error(`Seed ${seed}: nothing is left to happen, and it has not ended`));
          if (++turns > maxTurns) fail(new Error(`Seed ${seed}: it does not end in ${maxTurns} turns`));
          if (left === 0) ask();
        };
        const ask = (): void => {
          for (let left = turnsAtOnce - 1; left >= 0; left--) nextTurn(() => turn(left));
        };
        ask();
      });
    },
  };
}
