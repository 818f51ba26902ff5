/**
 * The answers to a pause. They are inputs of its run, under the key of the pause, and the first one that the run accepts
 * counts. What the run does not accept it says under a key beside, so that another answer may follow. The id of an answer is
 * the number of those that were refused before it: of several that are given at the same time one is kept, whoever gives it.
 */

import type { FlowRun } from "../contract/flow-run.ts";
import { refusalKey, type RunInput } from "../contract/records.ts";
import { parseJson } from "../kit/json.ts";

export interface RefusedAnswer {
  readonly input: RunInput;
  /** Why, as the run has said it. */
  readonly reason: string;
}

export interface PauseAnswers {
  readonly refused: readonly RefusedAnswer[];
  /** The one that counts; null while the pause is open. */
  readonly given: RunInput | null;
}

/** @param inputs of the run, in the order in which they came */
export function readAnswers(inputs: readonly RunInput[], pauseKey: string): PauseAnswers {
  const reasons = new Map(
    inputs.filter(({ key }) => key === refusalKey(pauseKey)).map(({ id, value }) => [id, readText(value)]),
  );
  const refused: RefusedAnswer[] = [];
  let given: RunInput | null = null;
  for (const input of inputs) {
    if (input.key !== pauseKey) continue;
    const reason = reasons.get(input.id);
    if (reason !== undefined) refused.push({ input, reason });
    else given ??= input;
  }
  return { refused, given };
}

/** True once the run has gone on from its last wait at this pause. */
export function hasGoneOn({ history }: FlowRun, pauseKey: string): boolean {
  const waitedAt = history.findLastIndex(({ type, details }) => type === "PAUSED" && details?.pauseKey === pauseKey);
  return history.slice(waitedAt + 1).some(({ type }) => type === "RUNNING" || type === "COMPLETED");
}

/** A serialized text; or what is there, where it is none. */
function readText(value: string): string {
  try {
    const text = parseJson(value);
    return typeof text === "string" ? text : value;
  } catch {
    return value;
  }
}
