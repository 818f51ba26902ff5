/** Pauses whose time is over, of runs that no process executes. */

import { isMillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import { answerId, type RunInput, timeoutSender } from "../contract/records.ts";
import { uuidFromHash } from "../kit/ids.ts";
import { type AnsweringOptions, letGoOn, writeAnswer } from "./give-answer.ts";
import { openAnswers, pausesAsGuest } from "./paused-run.ts";

export async function expirePause(options: AnsweringOptions, flowRunId: string): Promise<boolean> {
  const { store, clock, propose } = options;
  const [run] = await store.readFlowRuns([flowRunId]);
  if (run === undefined || run.state.type !== "PAUSED" || run.ownerId !== null) return false;
  const { pauseTimeoutAt = Infinity, timeoutAnswer } = run.state.details ?? {};
  if (pauseTimeoutAt > clock.now()) return false;
  if (!pausesAsGuest(run)) {
    const { refused, given } = openAnswers(run, await store.findRunInputs(run.id), run.state);
    if (given !== null) {
      // It waits for whoever goes on with it. Who gave the answer may have died before the run was told.
      await letGoOn(options, run, { answer: given, then: "schedule" });
      return false;
    }
    if (timeoutAnswer !== undefined) {
      const agreed = { id: answerId(refused.length), value: timeoutAnswer, sender: timeoutSender };
      return takeAgreed(options, run, agreed);
    }
  }
  const message = "The flow was paused and never resumed.";
  const details = { transitionId: uuidFromHash(`pause over ${run.id} ${run.state.at}`) };
  const state = { type: "FAILED", name: "Failed", message, details } as const;
  const { decision } = await propose({ id: run.id, stateAt: run.state.at, state, guest: true });
  return decision.answer === "ACCEPT";
}

/** False when somebody has answered meanwhile: another server, or a person. */
async function takeAgreed(
  options: AnsweringOptions,
  run: FlowRun,
  agreed: Pick<RunInput, "id" | "value" | "sender">,
): Promise<boolean> {
  try {
    const answer = await writeAnswer(options, run, agreed);
    await letGoOn(options, run, { answer, then: "schedule" });
    return true;
  } catch (error) {
    if (isMillraceError(error, "PAUSE_ANSWERED")) return false;
    throw error;
  }
}
