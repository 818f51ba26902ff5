/** The time of a throw-away ledger: virtual, and passing by itself while nothing else goes on; or the machine's. */

import { MillraceError } from "../contract/errors.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { type Duration, toMs } from "../kit/duration.ts";
import { createVirtualClock } from "../kit/virtual-clock.ts";

/**
 * - `virtual`: time jumps to the next timer whenever the program has nothing else to do, so that sleeps, delays of retries,
 *   timeouts and expiries take no real time. It stands still while a run waits for a person or a signal, while a body runs in
 *   a thread or a process, and while an HTTP request waits for its answer, for a second at most. Other waits for something
 *   outside (a database, a child process) are not seen: stand-ins do without them, `real` waits for them.
 * - `manual`: time passes only by `advance()`.
 * - `real`: the machine's time.
 */
export type TestTime = "virtual" | "manual" | "real";

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
  /** Time must not pass: something is under way that Node does not see. */
  readonly isWorking: () => boolean;
  /** Time should not pass by itself: a run waits for what only the test can send. */
  readonly isWaiting: () => boolean;
}): LedgerClock {
  const { time, start, isWorking, isWaiting } = options;
  if (time === "real")
    return { engine: systemClock, test: realTime, passToNextLook: nothing, tick: nothing, close: nothing };
  let advancing = 0;
  const clock = createVirtualClock({
    ...(start === undefined ? {} : { start }),
    autoAdvance: true,
    isBusy: () => isWorking() || (advancing === 0 && (time === "manual" || isWaiting())),
  });
  const setTimer: Clock["setTimer"] = (ms, callback, timer = {}) =>
    timer.background === true
      ? systemClock.setTimer(Math.min(ms, lookMs), callback, timer)
      : clock.setTimer(ms, callback, timer);
  const advance = async (ms: number): Promise<void> => {
    advancing++;
    try {
      await clock.sleep(ms);
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
    passToNextLook: () => void (time === "virtual" ? advance(signalLookMs) : undefined),
    tick: () => clock.setWallTime(clock.now() + 1),
    close: () => clock[Symbol.dispose](),
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
