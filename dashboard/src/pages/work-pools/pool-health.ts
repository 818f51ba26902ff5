import { isOnline } from "millrace/client";
import type { PoolFacts } from "./pool-facts.ts";

export interface PoolHealth {
  readonly state: "ready" | "not-ready" | "paused";
  /** A sentence. */
  readonly why: string;
}

/** Whether a pool's runs are started, and why not. */
export function healthOf({ pool, workers }: Pick<PoolFacts, "pool" | "workers">, now: number): PoolHealth {
  if (pool.paused) return { state: "paused", why: "It is paused: no run of it begins until it is resumed." };
  const online = workers.filter((worker) => isOnline(worker, now)).length;
  if (online > 0)
    return { state: "ready", why: online === 1 ? "One worker is there." : `${online} workers are there.` };
  const why = workers.length === 0 ? "No worker has been heard of for a day." : "Its workers are no longer heard of.";
  return { state: "not-ready", why };
}
