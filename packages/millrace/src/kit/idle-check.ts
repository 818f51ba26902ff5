/** Whether the program is idle: its event loop has turned for a moment and nothing of the program's was under way. */

import { createHook } from "node:async_hooks";

/** Between two looks at whether the event loop is idle, in ms of real time. */
const lookMs = 1;

/** The event loop is idle after this many looks in a row that found nothing under way. */
const idleLooks = 2;

/** After this many looks in a row that found nothing but real timers, those are taken to be in the background. */
const patienceLooks = 200;

/** Calls `onIdle` whenever the event loop has been idle for a moment, until it is stopped. Keeps the process alive. */
export function watchForIdle(check: IdleCheck, onIdle: () => Promise<void>): { stop(): void } {
  let isStopped = false;
  let handle = check.lookLater(look);

  function look(): void {
    if (check.look()) void onIdle().finally(again);
    else again();
  }

  function again(): void {
    if (!isStopped) handle = check.lookLater(look);
  }

  return {
    stop() {
      isStopped = true;
      clearTimeout(handle);
    },
  };
}

export interface IdleCheck {
  /** Sets the timer for the next look. */
  lookLater(look: () => void): NodeJS.Timeout;
  /** Whether the last looks all found the event loop idle. */
  look(): boolean;
  /** Whether nothing is under way now, and nothing has been since it was asked before; real timers count, however long. */
  isQuiet(): boolean;
  readonly stop: () => void;
}

/** `isBusy`: whether something is under way that Node cannot see. */
export function createIdleCheck(isBusy: () => boolean): IdleCheck {
  const timers = createTimerWatch();
  let events = 0;
  let idle = 0;
  let waited = 0;

  const isIdle = (): boolean => {
    const before = events;
    events = countEvents();
    const isWorking = events !== before || isBusy() || hasRequests();
    const hasTimers = timers.isPending();
    waited = isWorking || !hasTimers ? 0 : waited + 1;
    if (waited === patienceLooks) timers.ignorePending();
    return !isWorking && !hasTimers;
  };

  const isQuiet = (): boolean => {
    const before = events;
    events = countEvents();
    return events === before && !isBusy() && !hasRequests() && !timers.isPending();
  };

  return {
    lookLater: (look) => timers.setUnwatched(look, lookMs),
    isQuiet,
    look() {
      idle = isIdle() ? idle + 1 : 0;
      if (idle < idleLooks) return false;
      idle = 0;
      return true;
    },
    stop: timers.stop,
  };
}

/** Input and output events that the event loop has handled so far. */
function countEvents(): number {
  return performance.nodeTiming.uvMetricsInfo.events;
}

/** True when a request to the file system or the network is under way, or something runs at the end of this turn. */
function hasRequests(): boolean {
  return process.getActiveResourcesInfo().some((name) => /Req|Write|Connect|^Immediate$/.test(name));
}

interface TimerWatch {
  /** Whether a real timer that was set since is to run, and keeps the process alive. */
  isPending(): boolean;
  /** Those that are pending now are not counted any more. */
  ignorePending(): void;
  /** setTimeout() for a timer that is not counted, by this check or another. */
  setUnwatched(callback: () => void, ms: number): NodeJS.Timeout;
  readonly stop: () => void;
}

/** Whether a timer is being set that no check counts: each sees those of the others. */
let isUnwatched = false;

/** Sees real timers through a hook: Node tells how many there are otherwise, and not whose. */
function createTimerWatch(): TimerWatch {
  const timers = new Map<number, NodeJS.Timeout>();
  const ignored = new WeakSet<NodeJS.Timeout>();
  const hook = createHook({
    trackPromises: false,
    init(id, type, _trigger, resource) {
      if (type === "Timeout" && !isUnwatched) timers.set(id, resource as NodeJS.Timeout);
    },
    destroy: (id) => void timers.delete(id),
  }).enable();
  return {
    isPending: () => timers.values().some((timer) => timer.hasRef() && !ignored.has(timer)),
    ignorePending() {
      for (const timer of timers.values()) ignored.add(timer);
    },
    setUnwatched(callback, ms) {
      isUnwatched = true;
      try {
        return setTimeout(callback, ms);
      } finally {
        isUnwatched = false;
      }
    },
    stop: () => void hook.disable(),
  };
}
