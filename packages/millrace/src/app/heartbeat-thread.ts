/** Where the thread of a heartbeat starts. */

import { parentPort, workerData } from "node:worker_threads";
import type { Store } from "../contract/store.ts";
import { systemClock as clock } from "../kit/clock.ts";
import { abortable, timeoutSignal } from "../kit/signal.ts";
import type { HeartbeatMessage, HeartbeatOrder } from "./heartbeat.ts";
import { openStore } from "./open-store.ts";

const { location, processId, leaseMs } = workerData as HeartbeatOrder;

/** Three renewals fit into a lease, so that one may fail. */
const intervalMs = leaseMs / 3;

/** How soon it is tried again when the database does not answer. */
const retryMs = Math.min(intervalMs / 4, 1000);

const stop = new AbortController();
let store: Store | null = null;

async function keepLease(): Promise<void> {
  let isTroubled = false;
  while (!stop.signal.aborted) {
    let waitMs = intervalMs;
    try {
      if (!(await renew())) break;
      isTroubled = false;
    } catch (error) {
      if (!isTroubled) tell({ kind: "trouble", reason: error instanceof Error ? error.message : String(error) });
      isTroubled = true;
      abandonStore();
      waitMs = retryMs;
    }
    await clock.sleep(waitMs, stop.signal).catch(() => undefined);
  }
  await store?.close();
}

/** False when the ledger knows no such process: it was ended, or given up for dead. */
async function renew(): Promise<boolean> {
  store ??= await open();
  // The end of the lease counts from before the question: the answer may be slow.
  return inTime(store.renewProcess(processId, clock.now() + leaseMs));
}

async function open(): Promise<Store> {
  const opening = openStore({ ...location, poolSize: 1, busyTimeoutMs: intervalMs }, clock);
  try {
    return await inTime(opening);
  } catch (error) {
    void opening.then((tooLate) => tooLate.close()).catch(() => undefined);
    throw error;
  }
}

/** A database that is cut off may never answer: what takes a third of the lease counts as failed. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  using timeout = timeoutSignal({
    ms: intervalMs,
    reason: () => new Error(`the database did not answer within ${Math.round(intervalMs)} ms`),
  });
  return await abortable(answer, timeout.signal);
}

/** A connection that failed may stay broken: the next attempt takes a new one, and does not wait for this one to close. */
function abandonStore(): void {
  void store?.close().catch(() => undefined);
  store = null;
}

function tell(message: HeartbeatMessage): void {
  parentPort?.postMessage(message);
}

parentPort?.once("message", () => stop.abort());
await keepLease();
// Also where an abandoned connection would keep the thread.
process.exit(0);
