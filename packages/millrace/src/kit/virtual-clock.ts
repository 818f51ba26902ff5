/** A clock for tests: its time passes when the test says so, or whenever the program has nothing else to do. */

import { checkDelay, type Clock, sleepWith } from "./clock.ts";

export interface VirtualClockOptions {
  /** The wall-clock time it starts at, in ms since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly start?: number;
  /**
   * Whether time jumps to the next timer by itself when the event loop has gone idle: no timer, file or network request
   * of the program is under way and none has come back for a moment of real time. A real timer that was set before the
   * clock was made, or that nothing but it has been waited for in a fifth of a second, is not counted: it is the time limit
   * of a test, or beats in the background. Default false.
   */
  readonly autoAdvance?: boolean;
  /** With `autoAdvance`: true while something is under way that Node cannot see, such as work in a thread. */
  readonly isBusy?: () => boolean;
}

export interface VirtualClock extends Clock, Disposable {
  /** How many timers are set. */
  readonly pending: number;
  /** Moves time on by `ms` and runs the timers that come due, in order, letting what waits for each go on before the next. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock, as an administrator would; timers and the monotonic time are not moved. */
  setWallTime(ms: number): void;
  /** Ends `autoAdvance`. */
  [Symbol.dispose](): void;
}

interface VirtualTimer {
  readonly dueAt: number;
  readonly run: () => void;
}

const defaultStart = Date.UTC(2026, 0, 1);

/** Between two looks at whether the event loop is idle, in ms of real time. */
const lookMs = 1;

/** Time jumps after this many looks in a row that found it idle. */
const idleLooks = 2;

/** After this many looks in a row that found nothing but real timers, those are taken to be in the background. */
const patienceLooks = 200;

export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const { start = defaultStart, autoAdvance = false, isBusy = () => false } = options;
  const queue = createTimerQueue();
  let elapsed = 0;
  let wallOffset = start;
  let foreground = 0;
  const idleCheck = createIdleCheck(isBusy);
  let watch: { stop(): void } | null = null;
  let isStopped = !autoAdvance;

  const updateWatch = (): void => {
    if (!isStopped && foreground > 0) watch ??= watchForIdle(idleCheck, jump);
    else {
      watch?.stop();
      watch = null;
    }
  };

  const setTimer: Clock["setTimer"] = (ms, callback, { background = false } = {}) => {
    checkDelay(ms);
    const end = (): void => {
      if (!queue.remove(timer)) return;
      if (!background) foreground--;
      updateWatch();
    };
    const timer: VirtualTimer = {
      dueAt: elapsed + Math.max(0, ms),
      run: () => {
        end();
        callback();
      },
    };
    queue.add(timer);
    if (!background) foreground++;
    updateWatch();
    return { cancel: end };
  };

  const runDue = async (until: number): Promise<void> => {
    for (let next = queue.first(); next !== undefined && next.dueAt <= until; next = queue.first()) {
      elapsed = Math.max(elapsed, next.dueAt);
      next.run();
      await settle();
    }
  };

  async function jump(): Promise<void> {
    const next = queue.first();
    if (next !== undefined && Number.isFinite(next.dueAt)) await runDue(next.dueAt);
  }

  return {
    now: () => wallOffset + elapsed,
    monotonic: () => elapsed,
    setTimer,
    sleep: (ms, signal) => sleepWith(setTimer, ms, signal),
    get pending() {
      return queue.size();
    },
    async advance(ms) {
      const until = elapsed + ms;
      await settle();
      await runDue(until);
      elapsed = Math.max(elapsed, until);
    },
    setWallTime(ms) {
      wallOffset = ms - elapsed;
    },
    [Symbol.dispose]() {
      isStopped = true;
      updateWatch();
    },
  };
}

interface TimerQueue {
  add(timer: VirtualTimer): void;
  /** False when the timer is not in the queue. */
  remove(timer: VirtualTimer): boolean;
  first(): VirtualTimer | undefined;
  size(): number;
}

/** Timers by due time, and those of one time in the order they were set. */
function createTimerQueue(): TimerQueue {
  /** Latest first, so that the next one is taken from the end. Removed ones stay until they come there. */
  const sorted: VirtualTimer[] = [];
  const active = new Set<VirtualTimer>();
  return {
    add(timer) {
      let low = 0;
      let high = sorted.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((sorted[middle] as VirtualTimer).dueAt > timer.dueAt) low = middle + 1;
        else high = middle;
      }
      sorted.splice(low, 0, timer);
      active.add(timer);
    },
    remove: (timer) => active.delete(timer),
    first() {
      for (let last = sorted.at(-1); last !== undefined; last = sorted.at(-1)) {
        if (active.has(last)) return last;
        sorted.pop();
      }
      return undefined;
    },
    size: () => active.size,
  };
}

/** Lets promises and what is due at once in the real event loop go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
}

/** Calls `onIdle` whenever the event loop has been idle for a moment, until it is stopped. Keeps the process alive. */
function watchForIdle(check: IdleCheck, onIdle: () => Promise<void>): { stop(): void } {
  let isStopped = false;
  let handle = setTimeout(look, lookMs);
  check.start();

  function look(): void {
    if (check.look()) void onIdle().finally(again);
    else again();
  }

  function again(): void {
    if (!isStopped) handle = setTimeout(look, lookMs);
  }

  return {
    stop() {
      isStopped = true;
      clearTimeout(handle);
    },
  };
}

interface IdleCheck {
  start(): void;
  /** Called by a timer: whether the event loop has been idle for long enough. */
  look(): boolean;
}

function createIdleCheck(isBusy: () => boolean): IdleCheck {
  let backgroundTimers = countResources(timerName);
  let events = 0;
  let idle = 0;
  let waited = 0;

  const isIdle = (): boolean => {
    const before = events;
    events = countEvents();
    // The timer that looks is one of them.
    const timers = countResources(timerName) - 1;
    backgroundTimers = Math.min(backgroundTimers, timers);
    const isWorking = events !== before || isBusy() || countResources(requestName) > 0;
    waited = isWorking || timers === backgroundTimers ? 0 : waited + 1;
    if (waited === patienceLooks) backgroundTimers = timers;
    return !isWorking && timers === backgroundTimers;
  };

  return {
    start() {
      events = countEvents();
      idle = 0;
    },
    look() {
      idle = isIdle() ? idle + 1 : 0;
      if (idle < idleLooks) return false;
      idle = 0;
      return true;
    },
  };
}

/** Input and output events that the event loop has handled so far. */
function countEvents(): number {
  return performance.nodeTiming.uvMetricsInfo.events;
}

const timerName = /^Timeout$/;

/** Requests to the file system or the network, and what runs at the end of this turn of the event loop. */
const requestName = /Req|Write|Connect|^Immediate$/;

/** How many things under way have a name like this. */
function countResources(name: RegExp): number {
  return process.getActiveResourcesInfo().filter((found) => name.test(found)).length;
}
