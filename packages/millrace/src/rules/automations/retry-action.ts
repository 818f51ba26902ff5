/** When a call that an action makes is made again: who is called was busy, broken or away for a while. */

/** How often it is called in all. */
export const maxTries = 6;
const firstDelayMs = 5000;
/** Each wait is so many times the one before: 5 s, 20 s, 80 s, 5 min, 21 min. */
const growth = 4;
/** Who is called is heard when they ask for more time, but for no more than this, in ms. */
const maxAskedMs = 3_600_000;

/** Answers that say nothing against the call itself. */
export function isWorthAgain(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/**
 * In how many ms; null when it was called often enough.
 *
 * @param triesBefore how often it was called, the last time included
 * @param askedMs what the last answer asked for by Retry-After
 */
export function decideNextTry(triesBefore: number, askedMs: number | null): number | null {
  if (triesBefore >= maxTries) return null;
  const delayMs = firstDelayMs * growth ** (triesBefore - 1);
  return Math.max(delayMs, Math.min(askedMs ?? 0, maxAskedMs));
}
