/** What the history of a flow run tells of the attempts before, to a process that takes it up in the middle. */

import type { State } from "../contract/states.ts";

export interface EarlierAttempts {
  /** Attempts that failed, since the run was begun, or was begun again by a retry that somebody asked for. */
  readonly failures: number;
  /** When a retry, of either kind, last dropped the failures recorded until then, in ms since the epoch. */
  readonly retriedAt: number;
}

export function earlierAttempts(history: readonly State[]): EarlierAttempts {
  let failures = 0;
  let retriedAt = Number.NEGATIVE_INFINITY;
  for (const [index, { name, at }] of history.entries()) {
    const isFailure = name === "AwaitingRetry";
    const isAsked = name === "Retrying" && history[index - 1]?.name !== "AwaitingRetry";
    if (isFailure) failures++;
    if (isAsked) failures = 0;
    if (isFailure || isAsked) retriedAt = at;
  }
  return { failures, retriedAt };
}
