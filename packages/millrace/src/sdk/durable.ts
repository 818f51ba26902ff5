/**
 * Time and chance that hold across a resume: each call is recorded as a task is, and a resumed run is given what the first
 * one saw. In a flow, use these in place of timers, `Date.now()` and `Math.random()`, so that it takes the same path again.
 */

import { type Duration, toMs } from "../kit/duration.ts";
import { uuidv7 } from "../kit/ids.ts";
import { systemRandom } from "../kit/random.ts";
import { currentClock, recordedStep } from "./recorded-step.ts";
import { loadedRuntime } from "./runtime.ts";

export interface SleepOptions {
  /** Fixes the call's identity. Default: how long, or until when, it sleeps; give one where that differs after a resume. */
  readonly key?: string;
}

/**
 * Waits for a duration, or until a time. In a run the wait is recorded: after a resume only the rest of it is waited, and a
 * wait that was over is not repeated. Outside a run it just waits.
 *
 * @example await sleep("10m"); await sleep({ until: new Date("2026-12-24T18:00:00Z") });
 * @param duration a text such as "10s", or a number of ms; `until` is a Date, or ms since the epoch
 * @throws RangeError for what is no duration or no date
 */
export async function sleep(
  duration: Duration | { readonly until: Date | number },
  options: SleepOptions = {},
): Promise<void> {
  const wanted = toWait(duration);
  const wakesAt = (startedAt: number): number => wanted.until ?? startedAt + wanted.ms;
  await recordedStep({
    kind: "sleep",
    name: "sleep",
    key: options.key ?? wanted.text,
    preview: wanted.text,
    wakesAt,
    run: async ({ startedAt, signal }) => {
      const clock = currentClock();
      await clock.sleep(Math.max(0, wakesAt(startedAt) - clock.now()), signal);
    },
  });
}

function toWait(duration: Duration | { readonly until: Date | number }): {
  readonly until: number | null;
  readonly ms: number;
  readonly text: string;
} {
  if (typeof duration !== "object") {
    const ms = toMs(duration);
    return { until: null, ms, text: typeof duration === "string" ? duration : `${ms}ms` };
  }
  const until = new Date(duration.until);
  if (Number.isNaN(until.getTime()))
    throw new RangeError(
      `sleep({ until }) needs a Date or a time in ms since the epoch, not ${String(duration.until)}`,
    );
  return { until: until.getTime(), ms: 0, text: until.toISOString() };
}

export interface ValueOptions {
  /**
   * Fixes the call's identity. Without one, calls of a body are told apart by their number: give one where branches that run
   * at once make such calls, because they may come to them in another order after a resume.
   */
  readonly key?: string;
}

/** The time now, recorded: a resumed run is told the same time again. */
export async function now(options: ValueOptions = {}): Promise<Date> {
  return new Date(await recordedValue("now", options, () => currentClock().now()));
}

/** A number in [0, 1), recorded: a resumed run is given the same again. Not for secrets. */
export async function random(options: ValueOptions = {}): Promise<number> {
  return recordedValue("random", options, () => loadedRuntime()?.random() ?? systemRandom());
}

/** A time-ordered UUID (version 7), recorded: a resumed run is given the same again. */
export async function uuid(options: ValueOptions = {}): Promise<string> {
  return recordedValue("uuid", options, () => loadedRuntime()?.newId() ?? uuidv7());
}

function recordedValue<T>(name: string, { key }: ValueOptions, make: () => T): Promise<T> {
  return recordedStep({ kind: "value", name, ...(key === undefined ? {} : { key }), run: async () => make() });
}
