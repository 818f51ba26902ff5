/** Letting a paused run go on that asks for nobody's values: what is in its way, and doing it, as one of many. */

import type { Api } from "../contract/api.ts";
import { isMillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Caller } from "../contract/inbox.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { findWaiting } from "./inbox.ts";
import { formOf, openAnswers, pausesAsGuest } from "./paused-run.ts";

export interface ResumeOptions {
  readonly store: Pick<Store, "readFlowRuns" | "findFlowRuns" | "findRunInputs">;
  readonly clock: Clock;
  readonly answer: Api["answerPause"];
}

/** Null when nothing is: what `resumePaused` would find if nobody comes between. */
export async function whyNotResumed(
  { store, clock }: ResumeOptions,
  run: FlowRun,
  caller?: Caller,
): Promise<string | null> {
  if (run.state.type !== "PAUSED") return `It is ${run.state.name}, and waits for nobody.`;
  const waiting = (await findWaiting(store, run)) ?? run;
  const { answerers = [], pauseTimeoutAt, suspended } = waiting.state.details ?? {};
  const inputs = await store.findRunInputs(waiting.id);
  const isAnswered = openAnswers(waiting, inputs, waiting.state).given !== null;
  if (!isAnswered && formOf(waiting.state, inputs) !== null) {
    return "It asks for an answer: `millrace inbox answer` gives one.";
  }
  const mayAnswer = answerers.length === 0 || (caller !== undefined && answerers.includes(caller.name));
  if (!isAnswered && !mayAnswer) return `Only ${answerers.join(", ")} may let it go on.`;
  if (!isAnswered && pauseTimeoutAt !== undefined && pauseTimeoutAt <= clock.now()) {
    return "Its time to be answered is over.";
  }
  if (suspended !== true || pausesAsGuest(waiting)) return null;
  const [root] = waiting.rootRunId === waiting.id ? [waiting] : await store.readFlowRuns([waiting.rootRunId]);
  return root?.deploymentId == null ? "It is of no deployment: `millrace flow-run resume` goes on with it." : null;
}

/** Null when it goes on. What was answered before only has to be told. */
export async function resumePaused(options: ResumeOptions, run: FlowRun, caller?: Caller): Promise<string | null> {
  const fault = await whyNotResumed(options, run, caller);
  if (fault !== null) return fault;
  try {
    await options.answer({ flowRunId: run.id, ...(caller === undefined ? {} : { caller }) });
    return null;
  } catch (error) {
    if (isMillraceError(error, "PAUSE_ANSWERED")) return null;
    const codes = ["PAUSE_NOT_WAITING", "ANSWER_NOT_ALLOWED", "INPUT_INVALID", "RUN_NOT_FOUND"] as const;
    if (codes.some((code) => isMillraceError(error, code))) return (error as Error).message;
    throw error;
  }
}
