/** Many seeds, in threads: each has a process of its own for what a seed takes over (turns, chance, ids, the ledger). */

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { FromThread } from "./seeds-thread.ts";

export interface DoneSeed {
  readonly seed: number;
  /** None where it has not failed. */
  readonly violations: readonly string[];
  readonly tail: readonly string[];
}

export interface DrivenSeeds {
  /** The hash of what happened, of each seed. */
  readonly hashes: ReadonlyMap<number, string>;
  readonly failed: readonly DoneSeed[];
  /** How often each fault has struck, and each rare branch was reached. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface SeedRange {
  readonly first: number;
  readonly count: number;
}

/** Threads at once, at most. */
const maxThreads = 16;

/** What a process leaves behind that was killed is never told that it is over, and so is held: threads are not kept for long. */
const seedsOfThread = 200;

/** @param onSeed told of each seed that is done */
export async function driveSeeds(
  { first, count }: SeedRange,
  {
    threads = Math.min(availableParallelism(), maxThreads),
    onSeed,
  }: { readonly threads?: number; readonly onSeed?: (seed: DoneSeed) => void } = {},
): Promise<DrivenSeeds> {
  const hashes = new Map<number, string>();
  const failed: DoneSeed[] = [];
  const counts = new Map<string, number>();
  let next = first;

  function keep(told: FromThread): void {
    hashes.set(told.seed, told.hash);
    if (told.violations.length > 0) failed.push(told);
    for (const [name, times] of told.counts) counts.set(name, (counts.get(name) ?? 0) + times);
    onSeed?.(told);
  }

  async function driveSome(): Promise<void> {
    await using thread = startThread();
    for (let left = seedsOfThread; left > 0 && next < first + count; left--) keep(await thread.drive(next++));
  }

  async function driveInTurn(): Promise<void> {
    while (next < first + count) await driveSome();
  }

  await Promise.all(Array.from({ length: Math.min(threads, count) }, driveInTurn));
  return { hashes, failed: failed.sort((a, b) => a.seed - b.seed), counts };
}

function startThread(): AsyncDisposable & { drive(seed: number): Promise<FromThread> } {
  const worker = new Worker(new URL("./seeds-thread.ts", import.meta.url));
  const broken = new Promise<never>((_, reject) => void worker.once("error", reject));
  broken.catch(() => undefined);
  return {
    drive(seed) {
      worker.postMessage({ seed });
      return Promise.race([broken, new Promise<FromThread>((resolve) => void worker.once("message", resolve))]);
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
