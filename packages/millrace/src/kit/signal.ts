/** Abort signals: waiting under one, and making one of others or of a time. */

import { type Clock, systemClock } from "./clock.ts";

/**
 * The promise's outcome, or a rejection with the signal's reason when it is aborted first. The work behind the promise goes
 * on, and what becomes of it is then ignored.
 */
export function abortable<T>(promise: PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return Promise.resolve(promise);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    promise.then(
      (value) => {
        signal.removeEventListener("abort", onAbort);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener("abort", onAbort);
        reject(error);
      },
    );
  });
}

/** A signal that is aborted with the first of these, for its reason. Undefined when none is given. */
export function anySignal(signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length < 2 ? given[0] : AbortSignal.any(given);
}

export interface TimeoutSignal extends Disposable {
  readonly signal: AbortSignal;
  /** Stops the time: the signal is not aborted by it any more. */
  cancel(): void;
}

/** A signal that is aborted after `ms`, with a DOMException named TimeoutError unless `reason` makes another. */
export function timeoutSignal(options: {
  readonly ms: number;
  readonly clock?: Clock;
  readonly reason?: () => unknown;
}): TimeoutSignal {
  const {
    ms,
    clock = systemClock,
    reason = () => new DOMException(`Timed out after ${ms} ms`, "TimeoutError"),
  } = options;
  const controller = new AbortController();
  const timer = clock.setTimer(ms, () => controller.abort(reason()), { background: true });
  return { signal: controller.signal, cancel: timer.cancel, [Symbol.dispose]: timer.cancel };
}
