/**
 * Keeps a process's lease from a thread of its own, with a connection of its own: user code that blocks the event loop is
 * busy, not dead. The thread ends with the process, so that a dead one is not kept alive.
 */

import { Worker } from "node:worker_threads";
import { inheritedOptions } from "../engine/pools/node-options.ts";
import { type Clock, systemClock, type Timer } from "../kit/clock.ts";
import type { LeaseLocation } from "./lease-keeper.ts";

export interface HeartbeatOptions {
  readonly location: LeaseLocation;
  /** The holder of the lease, which is registered already. */
  readonly processId: string;
  /** How long the lease lasts; it is renewed three times as often. In ms. */
  readonly leaseMs: number;
  /**
   * How long a process must run before its thread is started, so that a short one does not pay for it. A loop that is
   * blocked until then starts it late. In ms, default 0.
   */
  readonly startDelayMs?: number;
  /** The holder is not registered yet: the thread loads its code, and renews from `begin()` on. Default false. */
  readonly isHeld?: boolean;
  /** Told when the lease cannot be renewed, once until it can again. Default: a warning of the process. */
  readonly onTrouble?: (reason: string) => void;
  /** Told when the ledger does not know the process any more. Once it is registered again, `begin()` goes on. */
  readonly onGone?: () => void;
  readonly clock?: Clock;
}

export interface Heartbeat {
  /**
   * The holder of the lease is registered, perhaps anew: what was held begins, what had no lease any more begins again.
   *
   * @param location where, and by what key, from now on. Default: as before
   */
  begin(location?: LeaseLocation): void;
  /** Resolves when the thread has closed its connection and ended. The lease is left as it is. */
  stop(): Promise<void>;
}

/** What the thread is told. */
export interface HeartbeatOrder {
  readonly location: LeaseLocation;
  readonly processId: string;
  readonly leaseMs: number;
  /** It waits until it is told to begin. */
  readonly isHeld: boolean;
}

export type ToHeartbeat = { readonly kind: "begin"; readonly location: LeaseLocation } | { readonly kind: "stop" };

/** What the thread tells: why it could not renew the lease. */
export interface HeartbeatTrouble {
  readonly reason: string;
}

/** The exit code of a thread that has no lease to keep any more. With any other it failed, and is replaced. */
export const leaseGoneCode = 3;

/** What a connection, a statement and a timer need. In MB. */
const heapLimitMb = 64;

/** Renews the lease until it is stopped, or the ledger does not know the process any more. Keeps no process alive. */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { processId, leaseMs, clock = systemClock } = options;
  const { startDelayMs = 0, onTrouble = warn, onGone = () => undefined } = options;
  let { location, isHeld = false } = options;
  let worker: Worker | null = null;
  let isStopped = false;
  let isGone = false;
  let ended = Promise.resolve();
  let timer: Timer = startDelayMs > 0 ? later(startDelayMs) : { cancel: () => undefined };
  if (startDelayMs <= 0) start();

  function later(delayMs: number): Timer {
    return clock.setTimer(delayMs, start, { background: true });
  }

  function start(): void {
    const thread = startThread({ location, processId, leaseMs, isHeld });
    worker = thread;
    thread.on("message", ({ reason }: HeartbeatTrouble) => onTrouble(reason));
    thread.on("error", (error) => onTrouble(error instanceof Error ? error.message : String(error)));
    // After the listeners: each of them would hold the process again.
    thread.unref();
    ended = new Promise((resolve) => {
      thread.once("exit", (code) => {
        worker = null;
        resolve();
        if (isStopped) return;
        if (code !== leaseGoneCode) {
          timer = later(leaseMs / 3);
        } else {
          isGone = true;
          onGone();
        }
      });
    });
  }

  const tell = (what: ToHeartbeat): void => worker?.postMessage(what);

  return {
    begin(from = location) {
      isHeld = false;
      location = from;
      if (isGone && !isStopped) {
        isGone = false;
        start();
      } else {
        tell({ kind: "begin", location });
      }
    },
    stop() {
      isStopped = true;
      timer.cancel();
      tell({ kind: "stop" });
      // Whoever waits for its end must live to see it.
      worker?.ref();
      return ended;
    },
  };
}

function startThread(order: HeartbeatOrder): Worker {
  return new Worker(new URL("./heartbeat-thread.ts", import.meta.url), {
    name: "millrace-heartbeat",
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
    // Left to itself a thread takes all options, also those that it must not be given by name.
    ...(process.execArgv.some((option) => option.startsWith("--input-type"))
      ? { execArgv: inheritedOptions(process.execArgv) }
      : {}),
  });
}

function warn(reason: string): void {
  process.emitWarning(`The lease of this process could not be renewed: ${reason}`, { type: "MillraceWarning" });
}
