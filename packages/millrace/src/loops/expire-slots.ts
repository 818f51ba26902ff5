/** Gives back the slots of concurrency limits whose holders have stopped renewing their leases. */

import type { Api } from "../contract/api.ts";

/** How often it goes on within one tick, while there are more leases that have ended. */
const maxRounds = 10;

export interface ExpireSlotsLoop {
  /** How many leases it has ended. Several servers may do it at once: each lease ends once. */
  tick(): Promise<number>;
}

export function createExpireSlotsLoop({ api }: { readonly api: Pick<Api, "expireSlots"> }): ExpireSlotsLoop {
  return {
    async tick() {
      let ended = 0;
      for (let round = 0; round < maxRounds; round++) {
        const count = await api.expireSlots();
        if (count === 0) break;
        ended += count;
      }
      return ended;
    },
  };
}
