/** How long to wait before trying again. */

import { type Duration, toMs } from "./duration.ts";
import { type Random, systemRandom } from "./random.ts";

export interface ExponentialOptions {
  /** The delay after the first attempt. Default 1 s. */
  readonly initial?: Duration;
  /** What each delay is multiplied by to give the next. At least 1, default 2. */
  readonly factor?: number;
  /** The longest delay, before jitter. Default 1 h. */
  readonly max?: Duration;
  /** Lengthens each delay by up to this part of it, at random. Default 0. */
  readonly jitter?: number;
  /** Default: the system's source of chance. */
  readonly random?: Random;
}

/**
 * Delays that grow: `initial`, `initial × factor`, `initial × factor²` … up to `max`.
 *
 * @returns the delay in ms after attempt 1, 2 …
 * @throws RangeError for a duration that is none, a factor below 1 or a negative jitter
 */
export function exponential(options: ExponentialOptions = {}): (attempt: number) => number {
  const { factor = 2, jitter = 0, random = systemRandom } = options;
  const initialMs = toMs(options.initial ?? "1s");
  const maxMs = toMs(options.max ?? "1h");
  if (!(factor >= 1)) throw new RangeError(`The factor of exponential() must be at least 1, and ${factor} is not`);
  if (!(jitter >= 0)) throw new RangeError(`The jitter of exponential() must not be negative, and ${jitter} is`);
  // Kept finite, for 0 × Infinity is no number.
  const growth = (attempt: number): number => Math.min(factor ** (attempt - 1), Number.MAX_VALUE);
  return (attempt) => jittered(Math.min(maxMs, initialMs * growth(attempt)), jitter, random);
}

/** `ms` × a random factor between 1 and 1 + `factor`. */
export function jittered(ms: number, factor: number, random: Random): number {
  return factor === 0 ? ms : ms * (1 + factor * random());
}
