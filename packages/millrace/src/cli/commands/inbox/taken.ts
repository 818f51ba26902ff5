/** What becomes of an answer to a run that waits in its own process. */

import type { Api } from "../../../contract/api.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { InboxItem, PauseAnswer } from "../../../contract/inbox.ts";
import { type CommandContext, type ExitCode, exitCodes } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { whoGave } from "./waiting-run.ts";

export interface Taking {
  /** Null when it was deleted meanwhile. */
  readonly run: FlowRun | null;
  /** Null for a pause from outside, whose answer is not kept. */
  readonly answer: PauseAnswer | null;
  /** False while the run waits where it was asked. */
  readonly hasGoneOn: boolean;
}

/** The process of the run takes the answer within a moment, unless it refuses it. */
const takesMs = 3000;
const lookEveryMs = 100;

/** Waits a moment for the process of a run to take its answer, or to refuse it. */
export async function awaitTaking(
  api: Api,
  { flowRunId, key, since }: InboxItem,
  { clock }: Pick<CommandContext, "clock">,
): Promise<Taking> {
  const until = clock.monotonic() + takesMs;
  for (;;) {
    const run = await api.readFlowRun(flowRunId);
    const answers = run === null ? [] : await api.listAnswers(flowRunId);
    const answer = answers.findLast((each) => each.key === key) ?? null;
    const hasGoneOn = run === null || run.state.type !== "PAUSED" || run.state.at !== since;
    if (hasGoneOn || answer?.state === "refused" || clock.monotonic() >= until) return { run, answer, hasGoneOn };
    await clock.sleep(lookEveryMs);
  }
}

/** Says it to people. */
export function tellTaking({ run, answer, hasGoneOn }: Taking, { out, err }: CommandContext): ExitCode {
  const by = answer === null ? "" : ` by ${cleanLine(whoGave(answer))}`;
  if (hasGoneOn) {
    out.line(`Answered${by}. The run is ${run?.state.name ?? "gone"}, in its own process.`);
    return exitCodes.ok;
  }
  if (answer?.state === "refused") {
    err.line(refusalText(answer));
    return exitCodes.failed;
  }
  err.line(`The answer was sent, and the run has not taken it yet: \`millrace flow-run logs ${run?.id ?? ""}\`.`);
  return exitCodes.ok;
}

export function exitCodeOfTaking({ answer, hasGoneOn }: Taking): ExitCode {
  return !hasGoneOn && answer?.state === "refused" ? exitCodes.failed : exitCodes.ok;
}

export function refusalText({ reason }: PauseAnswer): string {
  return `The run did not accept the answer, and goes on waiting: ${cleanLine(reason ?? "it does not say why")}`;
}
