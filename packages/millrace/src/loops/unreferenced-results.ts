/**
 * Deletes results that nothing refers to any more, by a mark of age and two looks. What is young is left alone, for it is written
 * before the ledger refers to it. The ledgers are read while others write, and a reference may go from where the reader has not been
 * yet to where it has been (an entry of the cache gives its result to a task, and expires): so what nothing refers to is looked for
 * again after a time in which whoever was about to refer to it has done so, and only what was never referred to goes, if nobody has
 * touched it since.
 *
 * A folder may have several names (a storage of a flow's own, a link, the home's by its path), so a reference keeps its key in all
 * storages, whatever it calls its own: keys are digests, and this only keeps more.
 *
 * Nothing is kept of a round that was cut short: it begins anew. A storage that cannot be reached keeps the others from nothing.
 */

import type { KeptObject, SweptStorage } from "../contract/results.ts";
import type { StoredResult } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";

/** Parts of a storage or a ledger that a tick goes through at most. */
const partsOfTick = 300;
/** Results that are deleted at once. */
const deletedAtOnce = 100;
/** Old results that are looked for in the ledgers at once, and that wait for the second look. */
const maxFound = 20_000;
/** With fewer that are referred to by nothing, it pays to read the ledgers again for what lies behind them. */
const enoughUnwanted = maxFound / 2;
const hourMs = 3_600_000;

export interface UnreferencedResultsOptions {
  readonly storages: readonly SweptStorage[];
  /** What all ledgers refer to that have results in these storages: at least what they do from its beginning to its end. */
  readonly walkReferred: () => AsyncIterable<readonly StoredResult[]>;
  /** Entries of the cache that expired before this time, in ms UTC, are deleted. */
  readonly deleteExpiredCache: (before: number) => Promise<number>;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  /** Younger results stay, in ms. */
  readonly retentionMs: number;
  /** Between the first look and the second, in ms. Whoever has taken a result from the ledger refers to it sooner. Default 1 hour. */
  readonly quietMs?: number;
}

export interface UnreferencedResultsLoop {
  /** How many results it has deleted. Several servers may do it at once. */
  tick(): Promise<number>;
  stop(): Promise<void>;
}

/** A part of the work is done, and so many results are deleted; or nothing is to be done now; or a storage is left for this round. */
type Step = number | "rest" | { readonly failure: unknown };

export function createUnreferencedResultsLoop(options: UnreferencedResultsOptions): UnreferencedResultsLoop {
  const { storages, walkReferred, deleteExpiredCache, clock, retentionMs, quietMs = hourMs } = options;
  /** Up to where a storage was gone through; from the beginning where there is none. */
  const reached = new Map<SweptStorage, string>();
  let steps: AsyncGenerator<Step, void, undefined> | null = null;

  async function* goOn(): AsyncGenerator<Step, void, undefined> {
    for (;;) {
      const startedAt = clock.monotonic();
      await deleteExpiredCache(clock.now() - Math.max(retentionMs, quietMs));
      const unfinished = storages.filter((storage) => reached.has(storage));
      for (const storage of unfinished.length > 0 ? unfinished : storages) {
        try {
          yield* sweep(storage);
        } catch (failure) {
          yield { failure };
        }
      }
      while (reached.size === 0 && clock.monotonic() - startedAt < hourMs) yield "rest";
    }
  }

  async function* sweep(storage: SweptStorage): AsyncGenerator<Step, void, undefined> {
    const unwanted = new Map<string, KeptObject>();
    yield* findUnwanted(storage, unwanted);
    if (unwanted.size === 0) return;
    const lookedAt = clock.monotonic();
    while (clock.monotonic() - lookedAt < quietMs) yield "rest";
    yield* dropReferred(unwanted);
    const all = [...unwanted.values()];
    for (let at = 0; at < all.length; at += deletedAtOnce) {
      const gone = await Promise.all(all.slice(at, at + deletedAtOnce).map((each) => storage.deleteUntouched(each)));
      yield gone.filter(Boolean).length;
    }
  }

  /** The first look. It may take any number of old results that are referred to: they are dropped as often as it is full of them. */
  async function* findUnwanted(
    storage: SweptStorage,
    found: Map<string, KeptObject>,
  ): AsyncGenerator<Step, void, undefined> {
    const before = clock.now() - retentionMs;
    const from = reached.get(storage);
    reached.delete(storage);
    for await (const part of storage.walk(from)) {
      for (const each of part) if (each.cameAt < before) found.set(each.key, each);
      const last = part.at(-1);
      if (found.size >= maxFound && last !== undefined) {
        yield* dropReferred(found);
        if (found.size >= enoughUnwanted) {
          reached.set(storage, last.key);
          return;
        }
      }
      yield 0;
    }
    if (found.size > 0) yield* dropReferred(found);
  }

  async function* dropReferred(unwanted: Map<string, KeptObject>): AsyncGenerator<Step, void, undefined> {
    for await (const part of walkReferred()) {
      for (const { key } of part) unwanted.delete(key);
      yield 0;
    }
  }

  return {
    async tick() {
      let deleted = 0;
      const failures: unknown[] = [];
      steps ??= goOn();
      for (let part = 0; part < partsOfTick; part++) {
        try {
          const { value } = await steps.next();
          if (typeof value === "object") failures.push(value.failure);
          else if (typeof value === "number") deleted += value;
          else break;
        } catch (error) {
          steps = null;
          throw error;
        }
      }
      if (failures.length > 0) throw failures[0];
      return deleted;
    },
    async stop() {
      await steps?.return();
    },
  };
}
