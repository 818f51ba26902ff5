import type { RetryDelay } from "../contract/definitions.ts";
import { jittered } from "../kit/backoff.ts";
import { toMs } from "../kit/duration.ts";

/**
 * The wait before the attempt after `attempt` (1 is the first), in ms; null when no attempt is left.
 * `random` in [0, 1) spreads it by the jitter factor: delay × (1 + jitter × random).
 */
export function decideRetry(options: {
  readonly attempt: number;
  readonly retries: number;
  readonly delay: RetryDelay | undefined;
  readonly jitter: number;
  readonly random: () => number;
}): number | null {
  const { attempt, retries, delay, jitter, random } = options;
  if (attempt > retries) return null;
  const base = baseDelay(delay, attempt);
  return jittered(base, jitter, random);
}

function baseDelay(delay: RetryDelay | undefined, attempt: number): number {
  if (delay === undefined) return 0;
  if (typeof delay === "function") return toMs(delay(attempt));
  if (typeof delay === "string" || typeof delay === "number") return toMs(delay);
  const entry = delay[Math.min(attempt, delay.length) - 1];
  return entry === undefined ? 0 : toMs(entry);
}
