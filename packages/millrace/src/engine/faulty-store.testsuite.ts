/** A store that goes wrong when a test says so. */

import type { Store, StoreBatch } from "../contract/store.ts";

/** What becomes of a batch: `fault` is thrown in place of writing it, or after it was written, as when an answer is lost. */
export type Fate = { readonly when: "before" | "after"; readonly fault: () => Error } | null;

/** Asks for each batch what becomes of it; `count` is 1 for the first. */
export function withFaults(store: Store, decide: (batch: StoreBatch, count: number) => Fate): Store {
  let count = 0;
  return {
    ...store,
    async record(batch) {
      const fate = decide(batch, ++count);
      if (fate?.when === "before") throw fate.fault();
      const outcome = await store.record(batch);
      if (fate?.when === "after") throw fate.fault();
      return outcome;
    },
  };
}
