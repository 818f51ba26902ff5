import { isMillraceError } from "../contract/errors.ts";
import type { Clock } from "../kit/clock.ts";

/** How long a database that does not answer is asked again. */
const retryForMs = 30_000;
/** Between two questions: it doubles from the first to the longest. */
const firstDelayMs = 50;
const longestDelayMs = 2000;

/**
 * Asks again for half a minute where the database does not answer; not where its disk is full.
 *
 * @param signal ends the wait between two questions
 * @throws what the last question did, and the signal's reason
 */
export async function askAgain<T>(
  ask: () => Promise<T>,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal },
): Promise<T> {
  const startedAt = clock.monotonic();
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
    try {
      return await ask();
    } catch (error) {
      const again = isMillraceError(error) && error.retryable && error.code !== "LEDGER_FULL";
      if (!again || clock.monotonic() - startedAt > retryForMs) throw error;
      await clock.sleep(delayMs, signal);
    }
  }
}
