import { RefusedError } from "./client.ts";

export interface Rate {
  /** As if one was done where none was: the rate is lower than this. */
  readonly perSecond: number;
  /** Those that were refused: not counted to the rate. */
  readonly refused: number;
}

/** Each item once, `width` at a time, until all are done or the time is over. */
export async function measureRate<Item>(options: {
  readonly items: Iterable<Item>;
  readonly width: number;
  readonly limitMs: number;
  readonly work: (item: Item) => Promise<unknown>;
}): Promise<Rate> {
  const { items, width, limitMs, work } = options;
  const queue = items[Symbol.iterator]();
  const startedAt = performance.now();
  let [done, refused] = [0, 0];
  const lane = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      if (performance.now() - startedAt > limitMs) return;
      try {
        await work(next.value);
        done += 1;
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        refused += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return { perSecond: (Math.max(done, 1) / (performance.now() - startedAt)) * 1000, refused };
}
