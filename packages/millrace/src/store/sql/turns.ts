/** When what was begun stopped and went on: between its attempts. */

import { isTerminal, type State, type StateType } from "../../contract/states.ts";

/** Of one task run; whoever is tried without end has the last ones. Even, so that the first is a stop. */
const maxTurns = 200;

/**
 * In whole ms after the beginning: a stop, a going on, a stop … Its end is none of them.
 *
 * @param history in the order of time
 */
export function toTurns(history: readonly Pick<State, "type" | "at">[], startedAt: number): readonly number[] {
  const turns: number[] = [];
  let isRunning = true;
  for (const [place, { type, at }] of history.entries()) {
    const isEnd = place === history.length - 1 && isTerminal(type);
    if (at < startedAt || isEnd || goesOn(type) === isRunning) continue;
    isRunning = !isRunning;
    turns.push(Math.round(at - startedAt));
  }
  return turns.slice(turns.length > maxTurns ? -(maxTurns - (turns.length % 2)) : 0);
}

// What is paused, or is being cancelled, is in the same attempt still.
const goesOn = (type: StateType): boolean => type === "RUNNING" || type === "PAUSED" || type === "CANCELLING";
