/** The step behind every wait for something outside: it looks again and again, and holds no thread meanwhile. */

import { MillraceError } from "../contract/errors.ts";
import { exponential } from "../kit/backoff.ts";
import { type Duration, formatDuration, toMs } from "../kit/duration.ts";
import { systemRandom } from "../kit/random.ts";
import { abortable } from "../kit/signal.ts";
import { currentClock, recordedStep } from "./recorded-step.ts";
import { loadedRuntime } from "./runtime.ts";

export interface WaitOptions {
  /**
   * Fails the wait with TIMED_OUT this long after it first began, also across a resume. There is a last look then, which may
   * take 5 s. Default: it waits for ever.
   */
  readonly timeout?: Duration;
  /** How long to wait before looking again: always the same, or growing. Default `{ min: "500ms", max: "30s" }`. */
  readonly every?: Duration | GrowingInterval;
  /** Fixes the call's identity. Default: what is waited for. */
  readonly key?: string;
}

/** Intervals that grow by half each time. */
export interface GrowingInterval {
  /** Default 500 ms. */
  readonly min?: Duration;
  /** Default 30 s. */
  readonly max?: Duration;
  /** Lengthens each interval by up to this part of it, at random, so that many that wait do not look at once. Default 0.1. */
  readonly jitter?: number;
}

/** What a look is given. */
export interface Look {
  /** Aborts when the wait is over: it has timed out, or the run was told to stop. */
  readonly signal: AbortSignal;
  /** 1 at the first look of this process. */
  readonly count: number;
}

/** What a look found: the value that was waited for; or not yet, with the reason where one is known. */
export type Found<Value> =
  | { readonly isFound: true; readonly value: Value }
  | {
      readonly isFound: false;
      /** Becomes the cause of TIMED_OUT. */
      readonly because?: unknown;
      /** Look again after this long at the latest, in ms. */
      readonly againInMs?: number;
    };

export interface Wait<Value> {
  /** Name of the step: `wait-for-file`. */
  readonly name: string;
  /** What is waited for, in words. */
  readonly subject: string;
  readonly options: WaitOptions;
  readonly look: (look: Look) => Promise<Found<Value>>;
}

/** How long a look may take that is under way when the timeout has passed, in ms. */
const lastLookMs = 5000;

/** Looks until it is found, and records what was. @throws TIMED_OUT; what a look throws */
export async function waitUntilFound<Value>({ name, subject, options, look }: Wait<Value>): Promise<Value> {
  const intervalMs = toInterval(options.every ?? {});
  const timeoutMs = options.timeout === undefined ? null : toMs(options.timeout);
  const timedOut = (cause: unknown): MillraceError => {
    const data = { kind: "Wait", name: `${name} ${subject}`, timeout: formatDuration(timeoutMs ?? 0) };
    return new MillraceError("TIMED_OUT", data, cause === undefined ? {} : { cause });
  };

  const lookRepeatedly = async (dueAt: number, ended: AbortSignal): Promise<Value> => {
    const clock = currentClock();
    let isLast = false;
    for (let count = 1; ; count++) {
      const found = await abortable(look({ signal: ended, count }), ended);
      if (found.isFound) return found.value;
      const leftMs = dueAt - clock.now();
      if (isLast || leftMs <= 0) throw timedOut(found.because);
      const restMs = Math.min(intervalMs(count), found.againInMs ?? leftMs, leftMs);
      // Not by the time that it is then: a timer may ring early, by as much as the turn had taken in which it was set.
      isLast = restMs === leftMs;
      await clock.sleep(restMs, ended);
    }
  };

  return recordedStep<Value>({
    kind: "wait",
    name,
    key: options.key ?? subject,
    preview: subject,
    async run({ startedAt, signal }) {
      const clock = currentClock();
      const end = new AbortController();
      const ended = AbortSignal.any([signal, end.signal]);
      const dueAt = timeoutMs === null ? Number.POSITIVE_INFINITY : startedAt + timeoutMs;
      if (timeoutMs !== null) {
        clock.sleep(Math.max(0, dueAt - clock.now()) + lastLookMs, ended).then(
          () => end.abort(timedOut(undefined)),
          () => undefined,
        );
      }
      try {
        return await lookRepeatedly(dueAt, ended);
      } finally {
        end.abort();
      }
    },
  });
}

/** The interval in ms after look 1, 2 … */
function toInterval(every: Duration | GrowingInterval): (count: number) => number {
  if (typeof every !== "object") {
    const ms = toMs(every);
    return () => ms;
  }
  return exponential({
    initial: every.min ?? "500ms",
    max: every.max ?? "30s",
    factor: 1.5,
    jitter: every.jitter ?? 0.1,
    random: () => loadedRuntime()?.random() ?? systemRandom(),
  });
}
