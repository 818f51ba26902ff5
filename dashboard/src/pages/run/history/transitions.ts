/** How long a run was in each of its states, and in its attempts. */

import { isTerminal, type State } from "millrace/client";

export interface Transition {
  readonly state: State;
  /** In it, in ms; null while it is in it, and for a state that is the end. */
  readonly lastedMs: number | null;
  readonly isNow: boolean;
}

export function toTransitions(history: readonly State[]): readonly Transition[] {
  return history.map((state, at) => {
    const next = history[at + 1];
    return {
      state,
      lastedMs: next === undefined ? null : next.at - state.at,
      isNow: next === undefined && !isTerminal(state.type),
    };
  });
}

/** What a state says beside its name and message. */
export function toFacts({ details }: State): readonly (readonly [name: string, value: string | number])[] {
  if (details === undefined) return [];
  const { scheduledAt, forcedBy, pauseTimeoutAt, pauseKey, inputTitle, cacheKey } = details;
  return [
    ...(forcedBy === undefined ? [] : [["forced by", forcedBy] as const]),
    ...(scheduledAt === undefined ? [] : [["due", scheduledAt] as const]),
    ...(inputTitle === undefined ? [] : [["asks", inputTitle] as const]),
    ...(pauseKey === undefined ? [] : [["pause", pauseKey] as const]),
    ...(pauseTimeoutAt === undefined ? [] : [["until", pauseTimeoutAt] as const]),
    ...(cacheKey === undefined ? [] : [["cache key", cacheKey] as const]),
  ];
}

export interface Attempt {
  /** From 1. */
  readonly number: number;
  readonly startedAt: number;
  /** Null while it runs. */
  readonly endedAt: number | null;
  /** What it ended with; a retry that is waited for means that it failed. Null while it runs. */
  readonly outcome: State | null;
  /** From the end of the one before, in ms; null for the first. */
  readonly delayMs: number | null;
}

/** A run that was paused or only moved goes on with the same attempt. */
export function toAttempts(history: readonly State[]): readonly Attempt[] {
  const attempts: Attempt[] = [];
  for (const state of history) {
    const last = attempts.at(-1);
    if (state.type === "RUNNING") {
      if (last === undefined || (last.outcome !== null && last.outcome.type !== "PAUSED")) {
        const before = last?.endedAt ?? null;
        attempts.push({
          number: attempts.length + 1,
          startedAt: state.at,
          endedAt: null,
          outcome: null,
          delayMs: before === null ? null : state.at - before,
        });
      } else attempts[attempts.length - 1] = { ...last, endedAt: null, outcome: null };
    } else if (last !== undefined && last.outcome === null && state.type !== "CANCELLING") {
      attempts[attempts.length - 1] = { ...last, endedAt: state.at, outcome: state };
    }
  }
  return attempts;
}
