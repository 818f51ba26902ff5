/** Where the thread of a heartbeat starts. */

import { parentPort, workerData } from "node:worker_threads";
import { systemClock as clock } from "../kit/clock.ts";
import { abortable, anySignal, timeoutSignal } from "../kit/signal.ts";
import { type HeartbeatOrder, type HeartbeatTrouble, leaseGoneCode, type ToHeartbeat } from "./heartbeat.ts";
import { type LeaseKeeper, loadLeaseKeeper, openLeaseKeeper } from "./lease-keeper.ts";

const { processId, leaseMs, isHeld, ...order } = workerData as HeartbeatOrder;
let { location } = order;

/** Three renewals fit into a lease, so that one may fail. */
const intervalMs = leaseMs / 3;

if ("apiUrl" in location) await (await import("./use-proxy.ts")).useProxy();

const whom = "apiUrl" in location ? "the server" : "the database";

/** How soon it is tried again when there is no answer. */
const retryMs = Math.min(intervalMs / 4, 1000);

/** A connection that does not close in good order by then is dropped. In ms. */
const closeLimitMs = 1000;

const stop = new AbortController();
const told = Promise.withResolvers<void>();
let keeper: LeaseKeeper | null = null;

/** Resolves when it is told to stop, or there is no lease to keep any more. */
async function keepLease(): Promise<"stopped" | "gone"> {
  let isTroubled = false;
  while (!stop.signal.aborted) {
    let waitMs = intervalMs;
    try {
      if (!(await renew())) return "gone";
      isTroubled = false;
    } catch (error) {
      if (stop.signal.aborted) break;
      if (!isTroubled) tell({ reason: error instanceof Error ? error.message : String(error) });
      isTroubled = true;
      abandonKeeper();
      waitMs = retryMs;
    }
    await clock.sleep(waitMs, stop.signal).catch(() => undefined);
  }
  return "stopped";
}

/** False when the ledger knows no such process: it was ended, or given up for dead. */
async function renew(): Promise<boolean> {
  keeper ??= await open();
  return inTime(keeper.renew());
}

async function open(): Promise<LeaseKeeper> {
  const opening = openLeaseKeeper({ location, processId, leaseMs, patienceMs: intervalMs, clock });
  try {
    return await inTime(opening);
  } catch (error) {
    void opening.then((tooLate) => tooLate.close()).catch(() => undefined);
    throw error;
  }
}

/** A database or a server that is cut off may never answer: what takes a third of the lease counts as failed. Stops waiting when told to. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  using timeout = timeoutSignal({
    ms: intervalMs,
    reason: () => new Error(`${whom} did not answer within ${Math.round(intervalMs)} ms`),
  });
  return await abortable(answer, anySignal([timeout.signal, stop.signal]));
}

/** A connection that failed may stay broken: the next attempt takes a new one, and does not wait for this one to close. */
function abandonKeeper(): void {
  void keeper?.close().catch(() => undefined);
  keeper = null;
}

async function closeKeeper(): Promise<void> {
  await keeper?.close();
}

function tell(message: HeartbeatTrouble): void {
  parentPort?.postMessage(message);
}

parentPort?.on("message", (message: ToHeartbeat) => {
  if (message.kind === "begin") ({ location } = message);
  else stop.abort();
  told.resolve();
});
if (isHeld) {
  await loadLeaseKeeper(location);
  await told.promise;
}
const end = await keepLease();
await Promise.race([closeKeeper(), clock.sleep(closeLimitMs)]);
// Not left to end by itself: a connection that was given up could keep it.
process.exit(end === "gone" ? leaseGoneCode : 0);
