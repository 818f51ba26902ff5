/** The time of a throw-away ledger: virtual, and passing by itself while nothing else goes on; or the machine's. */

import { MillraceError } from "../contract/errors.ts";
import { type Clock, systemClock, type Timer } from "../kit/clock.ts";
import { type Duration, toMs } from "../kit/duration.ts";
import { createVirtualClock } from "../kit/virtual-clock.ts";
import { lookFor, watchLooks } from "./engine-looks.ts";
import { watchForStall } from "./stall-watch.ts";

/**
 * - `virtual`: time jumps to the next timer whenever the program has nothing else to do, so that sleeps, delays of retries,
 *   timeouts and expiries take no real time. It stands still while a run waits for a person or a signal, while a body runs in
 *   a thread or a process, and while an HTTP request waits for its answer, for a second at most. Other waits for something
 *   outside (a database, a child process) are not seen: stand-ins do without them, `real` waits for them. A run that waits
 *   while there is no timer to jump to, and nothing at all goes on for some seconds, ends with RUN_STALLED.
 * - `manual`: time passes only by `advance()`.
 * - `real`: the machine's time.
 */
export type TestTime = "virtual" | "manual" | "real";

/** What executes the runs of a ledger. */
export interface RunExecutor {
  readonly isExecuting: boolean;
  /** Ends runs that can never end by themselves with RUN_STALLED. False when there is nothing to end. */
  stall(): boolean;
}

export interface TestClock {
  /** In ms since the epoch. */
  now(): number;
  /**
   * Lets time pass, whatever waits for it; what comes due meanwhile runs in order, and goes as far as it can before the next.
   * @throws USAGE on the real clock
   */
  advance(duration: Duration): Promise<void>;
}

export interface LedgerClock {
  /** What the engine is given. */
  readonly engine: Clock;
  readonly test: TestClock;
  /** Calls back when its time has come, by whatever makes time pass; that it is waited for lets no time pass. */
  readonly setAlarm: (ms: number, callback: () => void) => Timer;
  /** A value was sent to a run that waits for a signal: time passes until it has looked, where time passes by itself. */
  passToNextLook(): void;
  /** Another process has begun: its times follow those of the one before, although virtual time stood still. */
  tick(): void;
  close(): void;
}

/**
 * A look of the engine at what others want (a timer of the background) follows real time: it must not be waited for while
 * virtual time stands still, and not be repeated for each quarter of a second of a virtual year. In ms, at most.
 */
const lookMs = 20;

/** Between two looks of a run for a signal, in ms, at most. */
const signalLookMs = 2500;

const nothing = (): undefined => undefined;

export function createLedgerClock(options: {
  readonly time: TestTime;
  readonly start: number | undefined;
  /** Time must not pass: the store has been asked for something. */
  readonly isAsking: () => boolean;
  /** Time must not pass: something else is under way that Node does not see. */
  readonly isWorking: () => boolean;
  /** Time should not pass by itself: a run waits for what only the test can send. */
  readonly isWaiting: () => boolean;
  /** Who executes the runs now. */
  readonly executor: () => RunExecutor;
}): LedgerClock {
  const { time, start, isAsking, isWorking, isWaiting, executor } = options;
  if (time === "real")
    return {
      engine: systemClock,
      test: realTime,
      setAlarm: (ms, callback) => systemClock.setTimer(ms, callback, { background: true }),
      passToNextLook: nothing,
      tick: nothing,
      close: nothing,
    };
  let advancing = 0;
  const haveLooked = watchLooks();
  const clock = createVirtualClock({
    ...(start === undefined ? {} : { start }),
    autoAdvance: true,
    isBusy: () => isAsking() || isWorking() || (advancing === 0 && (time === "manual" || isWaiting())),
  });
  const stalls = watchForStall({
    hasRuns: () => executor().isExecuting,
    isBusy: () => isAsking() || isWorking() || isWaiting() || clock.pending > 0,
    isLooking: () => haveLooked() && !isWorking(),
    onStall: () => executor().stall(),
  });
  const setTimer: Clock["setTimer"] = (ms, callback, timer = {}) => {
    if (timer.background !== true) return clock.setTimer(ms, callback, timer);
    // A run that begins is looked after by a timer of the background.
    stalls.wake();
    return systemClock.setTimer(Math.min(ms, lookMs), () => lookFor(isAsking, callback), timer);
  };
  const advance = async (ms: number): Promise<void> => {
    advancing++;
    try {
      await clock.sleep(ms);
      // What is due at its end, and was only set meanwhile, goes as far as it can too.
      await clock.sleep(0);
    } finally {
      advancing--;
    }
  };
  return {
    engine: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
      setTimer,
    },
    test: {
      now: () => clock.now(),
      advance: async (duration) => advance(toMs(duration)),
    },
    setAlarm: (ms, callback) => clock.setTimer(ms, callback, { background: true }),
    passToNextLook: () => void (time === "virtual" ? advance(signalLookMs) : undefined),
    tick: () => clock.setWallTime(clock.now() + 1),
    close() {
      stalls.stop();
      clock[Symbol.dispose]();
    },
  };
}

const realTime: TestClock = {
  now: () => systemClock.now(),
  async advance() {
    throw new MillraceError("USAGE", {
      reason: "The clock of this test ledger is the machine's, which cannot be advanced",
      advice: 'Make the ledger with `clock: "virtual"` or `clock: "manual"`.',
    });
  },
};
