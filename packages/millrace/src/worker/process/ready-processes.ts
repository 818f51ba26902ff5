/**
 * Processes that have imported a flow and wait for one run each, so that a run begins in milliseconds. Bounded in all; the
 * code that was not asked for the longest gives way.
 */

import type { Clock, Timer } from "../../kit/clock.ts";
import type { RunProcess } from "./run-process.ts";

/** A process that takes a place is started so much later, in ms: the run that has taken it has begun by then. */
const replaceAfterMs = 50;

export interface ReadyProcessesOptions {
  /** Processes that wait, of all codes together. */
  readonly maxReady: number;
  readonly clock: Clock;
}

/** What is run: two orders of the same key can be met by the same process. */
export interface LoadedCode {
  readonly key: string;
  start(): RunProcess;
}

interface Shelf {
  readonly code: LoadedCode;
  /** How many are kept, and how many are wanted for runs that come soon. */
  kept: number;
  soon: number;
  readonly waiting: RunProcess[];
}

export interface ReadyProcesses {
  /** Has so many ready from now on, as far as the bound allows. */
  keep(code: LoadedCode, count: number): void;
  /** Has so many ready for runs that come soon, as far as the bound allows. */
  prepare(code: LoadedCode, count: number): void;
  /** One that is ready, else one that is started now. Another is made ready in its place. */
  take(code: LoadedCode): RunProcess;
  /** A process that was taken and not used. */
  giveBack(code: LoadedCode, process: RunProcess): void;
  close(): Promise<void>;
}

export function createReadyProcesses({ maxReady, clock }: ReadyProcessesOptions): ReadyProcesses {
  /** Those that were asked for last come last. */
  const shelves = new Map<string, Shelf>();
  let isClosed = false;
  let refilling: Timer | null = null;

  function shelfOf(code: LoadedCode): Shelf {
    const shelf = shelves.get(code.key) ?? { code, kept: 0, soon: 0, waiting: [] };
    shelves.delete(code.key);
    shelves.set(code.key, shelf);
    return shelf;
  }

  function countWaiting(): number {
    return [...shelves.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  /** Makes room by the process of another code that was asked for longest ago. */
  function makeRoom(forShelf: Shelf): boolean {
    if (countWaiting() < maxReady) return true;
    for (const [key, shelf] of shelves) {
      if (shelf === forShelf) return false;
      const given = shelf.waiting.shift();
      if (given === undefined) continue;
      given.kill();
      limitTo(shelf, shelf.waiting.length);
      if (shelf.waiting.length === 0) shelves.delete(key);
      return true;
    }
    return false;
  }

  function refill(shelf: Shelf): void {
    while (!isClosed && shelf.waiting.length < Math.max(shelf.kept, shelf.soon) && makeRoom(shelf)) {
      const process = shelf.code.start();
      shelf.waiting.push(process);
      void process.ended.then(() => forget(shelf, process));
    }
  }

  /** What cannot be loaded is not tried again before it is asked for again. */
  function forget(shelf: Shelf, process: RunProcess): void {
    const index = shelf.waiting.indexOf(process);
    if (index === -1) return;
    shelf.waiting.splice(index, 1);
    limitTo(shelf, shelf.waiting.length);
  }

  function limitTo(shelf: Shelf, count: number): void {
    shelf.kept = Math.min(shelf.kept, count);
    shelf.soon = Math.min(shelf.soon, count);
  }

  function refillSoon(): void {
    refilling ??= clock.setTimer(
      replaceAfterMs,
      () => {
        refilling = null;
        for (const shelf of [...shelves.values()].toReversed()) refill(shelf);
      },
      { background: true },
    );
  }

  return {
    keep(code, wanted) {
      const shelf = shelfOf(code);
      shelf.kept = Math.min(wanted, maxReady);
      refill(shelf);
    },
    prepare(code, wanted) {
      const shelf = shelfOf(code);
      shelf.soon = Math.min(wanted, maxReady);
      refill(shelf);
    },
    take(code) {
      const shelf = shelfOf(code);
      shelf.soon = Math.max(0, shelf.soon - 1);
      // What was run once may be run again.
      shelf.kept = Math.min(Math.max(shelf.kept, 1), maxReady);
      const index = shelf.waiting.findIndex(({ isUsable }) => isUsable);
      const [ready] = index === -1 ? [] : shelf.waiting.splice(index, 1);
      refillSoon();
      return ready ?? code.start();
    },
    giveBack(code, process) {
      const shelf = shelfOf(code);
      if (isClosed || !process.isUsable || !makeRoom(shelf)) return process.kill();
      shelf.waiting.push(process);
      void process.ended.then(() => forget(shelf, process));
    },
    async close() {
      isClosed = true;
      refilling?.cancel();
      const waiting = [...shelves.values()].flatMap((shelf) => shelf.waiting.splice(0));
      for (const process of waiting) process.kill();
      await Promise.all(waiting.map(({ ended }) => ended));
    },
  };
}
