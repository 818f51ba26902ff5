/** Giving a run that waits an answer, and going on with it where nobody else does. */

import type { Api } from "../../../contract/api.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { AnsweredPause, InboxItem } from "../../../contract/inbox.ts";
import { type CommandContext, type ExitCode, exitCodes } from "../../command.ts";
import { executeRun } from "../../execute-run.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { shortId } from "../../output/short-id.ts";
import { fieldsOf } from "./form.ts";
import { awaitTaking, refusalText, type Taking, tellTaking } from "./taken.ts";
import { givenAnswer } from "./waiting-run.ts";

export interface AnswerToGive {
  readonly item: InboxItem;
  /** JSON; undefined for none. */
  readonly input: unknown;
  readonly answeredBy: string;
  /** Where a suspended run of a deployment goes on: in a process that is started for it, or here. */
  readonly then: "schedule" | "leave";
}

export interface GivenAnswer {
  readonly answered: AnsweredPause;
  /** Null for a run that goes on elsewhere than in the process that waits. */
  readonly taking: Taking | null;
}

/** @throws USAGE when the form needs an answer and there is none; as Api.answerPause */
export async function giveAnswer(
  api: Api,
  { item, input, ...how }: AnswerToGive,
  context: CommandContext,
): Promise<GivenAnswer> {
  // Who comes too late is told that, and not what is missing.
  if (input === undefined && item.schema !== null && givenAnswer(item) === null) throw unanswered(item);
  const answered = await api.answerPause({
    flowRunId: item.flowRunId,
    ...(item.key === null ? {} : { key: item.key }),
    ...(input === undefined ? {} : { input }),
    ...how,
  });
  return { answered, taking: answered.goesOn === "in-its-process" ? await awaitTaking(api, item, context) : null };
}

function unanswered({ flowRunId, schema, initialValues }: InboxItem): MillraceError {
  const needed = fieldsOf(schema ?? {}, initialValues).filter(({ isRequired }) => isRequired);
  const fields = needed.map(({ name, type }) => `${name} (${type})`).join(", ");
  return new MillraceError("USAGE", {
    reason: cleanLine(`The run waits for an answer${fields === "" ? "" : `: ${fields}`}`),
    advice: `\`millrace inbox inspect ${shortId(flowRunId)}\` shows the form.`,
  });
}

/** Says to people what becomes of a run that goes on elsewhere. */
export function tellAnswered({ answered, taking }: GivenAnswer, context: CommandContext): ExitCode {
  if (taking !== null) return tellTaking(taking, context);
  const { run } = answered;
  const what = run.rootRunId === run.id ? `It is ${run.state.name}, and` : "The run around it";
  context.out.line(`${answeredText(answered)} ${what} is started again.`);
  return exitCodes.ok;
}

/** The root is what is gone on with: a subflow runs as a step of it. */
export async function goOnHere(
  answered: AnsweredPause,
  context: CommandContext,
  { isQuiet, onDrift }: { readonly isQuiet: boolean; readonly onDrift?: "stop" | "rerun" },
): Promise<ExitCode> {
  const { err, json } = context;
  const { run, answer } = answered;
  if (!isQuiet && !json) err.line(`${answeredText(answered)} It goes on here.`);
  let refusal: string | null = null;
  const exitCode = await executeRun(context, {
    isQuiet,
    execute: async (host) => {
      const drift = onDrift === undefined ? {} : { onDrift };
      const end = await host.continueRun({ id: run.rootRunId, mode: "resume", ...drift });
      const answers = await host.api.listAnswers(run.id);
      const given = answers.find(({ key, at }) => key === answer.key && at === answer.at);
      if (given?.state === "refused") refusal = refusalText(given);
      return end;
    },
  });
  if (refusal === null) return exitCode;
  err.line(refusal);
  return exitCodes.failed;
}

function answeredText({ answer }: AnsweredPause): string {
  return answer.answeredBy === null ? "Answered." : `Answered by ${cleanLine(answer.answeredBy)}.`;
}
