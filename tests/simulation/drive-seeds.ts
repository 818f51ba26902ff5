/** Many seeds, in threads: each has a process of its own for what a seed takes over (turns, chance, ids, the ledger). */

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { FromThread } from "./seeds-thread.ts";

export interface FailedSeed {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly tail: readonly string[];
}

export interface DrivenSeeds {
  /** The hash of what happened, of each seed. */
  readonly hashes: ReadonlyMap<number, string>;
  readonly failed: readonly FailedSeed[];
  /** How often each fault has struck, and each rare branch was reached. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface SeedRange {
  readonly first: number;
  readonly count: number;
}

/** Threads at once, at most. */
const maxThreads = 16;

/** @param onSeed told of each seed that is done */
export async function driveSeeds(
  { first, count }: SeedRange,
  {
    threads = Math.min(availableParallelism(), maxThreads),
    onSeed,
  }: { readonly threads?: number; readonly onSeed?: () => void } = {},
): Promise<DrivenSeeds> {
  const hashes = new Map<number, string>();
  const failed: FailedSeed[] = [];
  const counts = new Map<string, number>();
  let next = first;
  await Promise.all(
    Array.from({ length: Math.min(threads, count) }, async () => {
      const worker = new Worker(new URL("./seeds-thread.ts", import.meta.url));
      const gone = new Promise<never>((_, reject) => worker.once("error", reject));
      while (next < first + count) {
        worker.postMessage({ seed: next++ });
        const told = await Promise.race([
          gone,
          new Promise<FromThread>((resolve) => void worker.once("message", resolve)),
        ]);
        hashes.set(told.seed, told.hash);
        if (told.violations.length > 0) failed.push(told);
        for (const [name, times] of told.counts) counts.set(name, (counts.get(name) ?? 0) + times);
        onSeed?.();
      }
      gone.catch(() => undefined);
      await worker.terminate();
    }),
  );
  return { hashes, failed: failed.sort((a, b) => a.seed - b.seed), counts };
}
