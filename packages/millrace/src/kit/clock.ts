/** The one place where the time is read and timers are set, so that a test can own both. */

/** A timer that was set. Cancelling it twice, or after it ran, does nothing. */
export interface Timer {
  readonly cancel: () => void;
}

export interface TimerOptions {
  /** A background timer does not keep the process alive. Default false. */
  readonly background?: boolean;
}

export interface Clock {
  /** Wall-clock time in ms since the epoch, with a resolution of 1 µs. Rises, except when the wall clock is set back. */
  now(): number;
  /** A time in ms that never goes back and has no meaning but its differences. */
  monotonic(): number;
  /** Resolves after `ms`. Rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `callback` once after `ms`, however long that is. */
  setTimer(ms: number, callback: () => void, options?: TimerOptions): Timer;
}

/** Above this difference the wall clock was set, or the machine slept, and the clock takes the wall clock's time. In ms. */
const maxDriftMs = 20;

/** The longest delay that setTimeout takes; longer ones are waited for in parts. In ms. */
const maxTimeoutMs = 2 ** 31 - 1;

/** Where a system clock takes its times from. All in ms. */
export interface TimeSources {
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
  /** The wall-clock time at which the monotonic clock was at 0, finer than the wall clock tells it. Default: what that tells. */
  readonly originMs?: number;
}

/** Processes of one machine agree to some microseconds: `Date.now()` alone is up to 1 ms behind, in each by something else. */
const systemSources: TimeSources = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  originMs: performance.timeOrigin,
};

/** The machine's clock. Wall time is counted on from an anchor by the monotonic clock, which is finer. */
export function createSystemClock(sources: TimeSources = systemSources): Clock {
  const { wallMs, monotonicMs, originMs = wallMs() - monotonicMs() } = sources;
  let anchor = originMs;

  const now = (): number => {
    const counted = anchor + monotonicMs();
    const drift = wallMs() - counted;
    if (drift <= maxDriftMs && drift >= -maxDriftMs) return toMicroseconds(counted);
    anchor += drift;
    return toMicroseconds(counted + drift);
  };

  return {
    now,
    monotonic: monotonicMs,
    sleep: (ms, signal) => sleepWith(setSystemTimer, ms, signal),
    setTimer: setSystemTimer,
  };
}

function toMicroseconds(ms: number): number {
  return Math.floor(ms * 1000) / 1000;
}

/**
 * Node counts a timeout from when the turn of the event loop began in which it was set. What had taken a while in that turn is
 * waited for again, so that none is over more than a millisecond early.
 */
function setSystemTimer(ms: number, callback: () => void, options?: TimerOptions): Timer {
  checkDelay(ms);
  const endsAt = performance.now() + ms;
  let handle: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    handle = setTimeout(onTime, Math.min(leftMs, maxTimeoutMs));
    if (options?.background === true) handle.unref();
  };
  const onTime = (): void => {
    const leftMs = endsAt - performance.now();
    if (leftMs >= 1) wait(leftMs);
    else callback();
  };
  wait(ms);
  return { cancel: () => clearTimeout(handle) };
}

/** A wait of NaN ms is a bug of the caller: setTimeout would make it 1 ms. */
export function checkDelay(ms: number): void {
  if (Number.isNaN(ms)) throw new RangeError("A delay of NaN ms cannot be waited for");
}

/** What `Clock.sleep` does, over the timers of any clock. */
export function sleepWith(setTimer: Clock["setTimer"], ms: number, signal?: AbortSignal): Promise<void> {
  if (signal === undefined) return new Promise((resolve) => void setTimer(ms, resolve));
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      timer.cancel();
      reject(signal.reason);
    };
    const timer = setTimer(ms, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** The clock of this machine. */
export const systemClock: Clock = createSystemClock();
