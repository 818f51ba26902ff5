/**
 * Sees that the runs of a throw-away ledger can never end: time has nothing to jump to, nothing of the program is under way
 * that Node knows of, and so it stays for a while. It rather sees nothing than too much: any socket, child process or timer
 * that came after the ledger holds it off.
 */

import { MessageChannel } from "node:worker_threads";
import { systemClock, type Timer } from "../kit/clock.ts";
import { createIdleCheck } from "../kit/idle-check.ts";

/** Between two looks, in ms of real time. */
const lookMs = 10;
/** So many looks in a row find nothing under way before the runs are given up: some seconds, more on a busy machine. */
const patienceLooks = 200;

export interface StallWatch {
  /** A run may have begun. */
  wake(): void;
  stop(): void;
}

export interface StallWatchOptions {
  /** Runs are under way. */
  readonly hasRuns: () => boolean;
  /** What Node does not see is under way, or is waited for. */
  readonly isBusy: () => boolean;
  /** Ends the runs. False when there is nothing more to be done about them. */
  readonly onStall: () => boolean;
}

export function watchForStall({ hasRuns, isBusy, onStall }: StallWatchOptions): StallWatch {
  const hold = createHold();
  const known = countResources();
  hold.letGo();
  const check = createIdleCheck(() => isBusy() || hasMore(countResources(), known));
  let timer: Timer | null = null;
  let quietLooks = 0;

  function look(): void {
    timer = null;
    quietLooks = check.isQuiet() ? quietLooks + 1 : 0;
    if (!hasRuns()) return rest();
    if (quietLooks >= patienceLooks && !onStall()) return rest();
    if (quietLooks >= patienceLooks) quietLooks = 0;
    lookAgain();
  }

  /** In the background, so that time does not wait for it; the process is held otherwise. */
  function lookAgain(): void {
    timer = systemClock.setTimer(lookMs, look, { background: true });
  }

  function rest(): void {
    quietLooks = 0;
    hold.letGo();
  }

  return {
    wake() {
      if (timer !== null || !hasRuns()) return;
      hold.keep();
      lookAgain();
    },
    stop() {
      timer?.cancel();
      check.stop();
      hold.close();
    },
  };
}

/** Keeps the process alive, in a way that is neither a timer nor a request. At first it does. */
function createHold(): { keep(): void; letGo(): void; close(): void } {
  const { port1: port } = new MessageChannel();
  port.ref();
  return { keep: () => port.ref(), letGo: () => port.unref(), close: () => port.close() };
}

type ResourceCounts = ReadonlyMap<string, number>;

/** What holds the process, by kind, but for timers and what ends with this turn: the idle check knows more of these. */
function countResources(): ResourceCounts {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind !== "Timeout" && kind !== "Immediate") counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function hasMore(now: ResourceCounts, before: ResourceCounts): boolean {
  return now.entries().some(([kind, count]) => count > (before.get(kind) ?? 0));
}
