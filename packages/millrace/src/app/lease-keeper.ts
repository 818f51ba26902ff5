/** Renews a lease over a connection of its own: to the database, or to the server that has the ledger. */

import type { Clock } from "../kit/clock.ts";
import type { StoreLocation } from "./open-store.ts";
import { createServerClient, type ServerPlace } from "./server-client.ts";

/** Plain data: it can be posted to a thread. */
export type LeaseLocation = StoreLocation | ServerPlace;

export interface LeaseKeeper {
  /** False when the ledger knows no such process: it was ended, or given up for dead. */
  renew(): Promise<boolean>;
  close(): Promise<void>;
}

export interface LeaseKeeperOptions {
  readonly location: LeaseLocation;
  readonly processId: string;
  readonly leaseMs: number;
  /** How long an answer is waited for, in ms. */
  readonly patienceMs: number;
  readonly clock: Clock;
}

/** What opening it needs of code, so that it is quick later. It connects to nothing. */
export async function loadLeaseKeeper(location: LeaseLocation): Promise<void> {
  await ("apiUrl" in location ? import("../client/create-client.ts") : import("./open-store.ts"));
}

export async function openLeaseKeeper(options: LeaseKeeperOptions): Promise<LeaseKeeper> {
  const { location, processId, leaseMs, patienceMs, clock } = options;
  if ("apiUrl" in location) {
    // Who asks again is the caller, which also tells of it.
    const client = await createServerClient(location, { timeoutMs: patienceMs, retryForMs: 0, clock });
    return { renew: () => client.renewProcess(processId), close: () => client.close() };
  }
  const { openStore } = await import("./open-store.ts");
  const store = await openStore({ ...location, poolSize: 1, busyTimeoutMs: patienceMs }, clock);
  return {
    // The end of the lease counts from before the question: the answer may be slow.
    renew: () => store.renewProcess(processId, clock.now() + leaseMs),
    close: () => store.close(),
  };
}
