/**
 * Sees that the runs of a throw-away ledger can never end: time has nothing to jump to, nothing of the program is under way
 * that Node knows of, and so it stays for a while. It rather sees nothing than too much: any socket, server, child process,
 * thread or timer that keeps the process alive holds it off, but for what the test runner itself holds it by.
 */

import { fstatSync } from "node:fs";
import { isMainThread, MessageChannel } from "node:worker_threads";
import { systemClock, type Timer } from "../kit/clock.ts";
import { createIdleCheck } from "../kit/idle-check.ts";

/** Between two looks, in ms of real time. */
const lookMs = 10;
/** So many looks in a row find nothing under way before the runs are given up: some seconds, more on a busy machine. */
const defaultPatienceLooks = 200;

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
  /** An engine has looked at what others want since this was asked before: what is under way may be of that. */
  readonly isLooking?: () => boolean;
  /** Ends the runs. False when there is nothing more to be done about them. */
  readonly onStall: () => boolean;
  /** Looks in a row that find nothing under way before it is a stall. Default 200, of 10 ms at the least each. */
  readonly patienceLooks?: number;
}

export function watchForStall(options: StallWatchOptions): StallWatch {
  const { hasRuns, isBusy, isLooking = () => false, onStall, patienceLooks = defaultPatienceLooks } = options;
  const hold = createHold();
  const ofRunner = countOfRunner();
  const check = createIdleCheck(() => isBusy() || hasMore(countResources(), ofRunner));
  let timer: Timer | null = null;
  let quietLooks = 0;

  function look(): void {
    timer = null;
    // Asked each time, for it counts from one look to the next.
    const isQuiet = check.isQuiet();
    if (!isLooking()) quietLooks = isQuiet ? quietLooks + 1 : 0;
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

/** Holds of all ledgers that are kept now: each is a MessagePort that is no user's. */
let keptHolds = 0;

/** Keeps the process alive, in a way that is neither a timer nor a request. At first it does not. */
function createHold(): { keep(): void; letGo(): void; close(): void } {
  const { port1: port } = new MessageChannel();
  let isKept = false;
  const letGo = (): void => {
    if (isKept) keptHolds--;
    isKept = false;
    port.unref();
  };
  letGo();
  return {
    keep() {
      if (!isKept) keptHolds++;
      isKept = true;
      port.ref();
    },
    letGo,
    close() {
      letGo();
      port.close();
    },
  };
}

type ResourceCounts = ReadonlyMap<string, number>;

/**
 * What holds the process, by kind, but for timers and what ends with this turn, of which the idle check knows more, and for
 * the holds of ledgers.
 */
function countResources(): ResourceCounts {
  const counts = new Map<string, number>([["MessagePort", -keptHolds]]);
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind !== "Timeout" && kind !== "Immediate") counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** What the test runner may hold its process by, of what is there now. */
function countOfRunner(): ResourceCounts {
  return new Map([...countResources()].map(([kind, count]) => [kind, Math.min(count, mostOfRunner(kind))]));
}

function mostOfRunner(kind: string): number {
  switch (kind) {
    case "PipeWrap":
      return [0, 1, 2].filter(isPipe).length + (process.channel === undefined ? 0 : 1);
    case "TTYWrap":
    case "SignalWrap":
    case "FSEventWrap":
      return Number.POSITIVE_INFINITY;
    case "MessagePort":
      // A runner that runs tests in threads speaks with them.
      return isMainThread ? 0 : Number.POSITIVE_INFINITY;
    default:
      return 0;
  }
}

/** Whether a file descriptor of the process is one. */
function isPipe(descriptor: number): boolean {
  try {
    const found = fstatSync(descriptor);
    return found.isFIFO() || found.isSocket();
  } catch {
    // It is closed.
    return false;
  }
}

function hasMore(now: ResourceCounts, before: ResourceCounts): boolean {
  return now.entries().some(([kind, count]) => count > (before.get(kind) ?? 0));
}
