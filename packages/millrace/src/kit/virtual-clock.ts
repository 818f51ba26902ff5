/** A clock for tests: its time passes when the test says so, or whenever the program has nothing else to do. */

import { checkDelay, type Clock, sleepWith } from "./clock.ts";
import { createIdleCheck, watchForIdle } from "./idle-check.ts";

export interface VirtualClockOptions {
  /** The wall-clock time it starts at, in ms since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly start?: number;
  /**
   * Whether time jumps to the next timer by itself when the event loop has gone idle: no timer, file or network request
   * of the program is under way and none has come back for a moment of real time. A real timer counts that is set while
   * the clock is there, until nothing but it has been waited for in a fifth of a second: what beats in the background does
   * not hold time up. Default false.
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
  /** Counts the timers as they are set. */
  readonly number: number;
  readonly run: () => void;
}

const defaultStart = Date.UTC(2026, 0, 1);

export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const { start = defaultStart, autoAdvance = false, isBusy = () => false } = options;
  const queue = createTimerQueue();
  let elapsed = 0;
  let wallOffset = start;
  let foreground = 0;
  let timers = 0;
  const idleCheck = autoAdvance ? createIdleCheck(isBusy) : null;
  let watch: { stop(): void } | null = null;
  let isStopped = false;

  const updateWatch = (): void => {
    if (idleCheck !== null && !isStopped && foreground > 0) watch ??= watchForIdle(idleCheck, jump);
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
      number: ++timers,
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

  const runDue = async (until: number, newest = Number.POSITIVE_INFINITY): Promise<void> => {
    const isNext = (timer: VirtualTimer): boolean => timer.dueAt <= until && timer.number <= newest;
    for (let next = queue.first(); next !== undefined && isNext(next); next = queue.first()) {
      elapsed = Math.max(elapsed, next.dueAt);
      next.run();
      await settle();
    }
  };

  async function jump(): Promise<void> {
    const next = queue.first();
    // What is set meanwhile, with no delay, waits until the program is idle again: others may have just been woken.
    if (next !== undefined && Number.isFinite(next.dueAt)) await runDue(next.dueAt, timers);
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
      idleCheck?.stop();
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
