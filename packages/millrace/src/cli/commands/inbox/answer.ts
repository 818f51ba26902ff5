import { MillraceError } from "../../../contract/errors.ts";
import type { AnsweredPause, InboxItem } from "../../../contract/inbox.ts";
import { flag, text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand, type ExitCode, exitCodes } from "../../command.ts";
import { executeRun } from "../../execute-run.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { shortId } from "../../output/short-id.ts";
import { userName } from "../../set-by.ts";
import { readAnswer } from "./answer-values.ts";
import { fieldsOf } from "./form.ts";
import { awaitTaking, exitCodeOfTaking, refusalText, type Taking, tellTaking } from "./taken.ts";
import { givenAnswer, requireItem } from "./waiting-run.ts";

export const inboxAnswer = defineCommand({
  summary: "Answer a run that waits for a person, and let it go on",
  details: [
    "The answer is checked by the form, and nothing is kept of one that does not fit. Fields that are not given stay as the form has them at first. A run that asks for nothing is answered without one.",
    "One answer counts, and who gave it is recorded: the user of this machine, or --as.",
    "A paused run goes on in its own process. A suspended run is started again by its deployment; one without a deployment goes on here, as by `flow-run resume`.",
    "With --json: `{ answer, run, goesOn }`, the answer and the run as they are once it was taken; of a run that goes on here, `{ run, result }`.",
  ],
  positionals: { run: required(runArgument) },
  options: {
    param: texts("NAME=VALUE", "A field of the answer; may be given several times.", { short: "p" }),
    input: text("JSON|@FILE", "The answer in whole; `@-` reads it from the standard input."),
    as: text("NAME", "Who gives the answer. Default: the user of this machine."),
    quiet: flag("Of a suspended run that goes on here: show nothing but the result.", { short: "q" }),
  },
  examples: [
    { command: "inbox answer 019a3b2c-4d5e -p approve=true", why: "field by field" },
    { command: `inbox answer 019a3b2c-4d5e --input '{"approve":true}' --as ada`, why: "in whole, in Ada's name" },
  ],
  async run({ args, options }, context) {
    const { answered, taking } = await giveAnswer(context, { reference: args.run, ...options });
    const { goesOn } = answered;
    if (goesOn === "when-resumed") return await goOnHere(answered, { ...context, isQuiet: options.quiet });
    if (context.json) {
      context.out.json({ answer: taking?.answer ?? answered.answer, run: taking?.run ?? answered.run, goesOn });
      return taking === null ? exitCodes.ok : exitCodeOfTaking(taking);
    }
    if (taking !== null) return tellTaking(taking, context);
    context.out.line(`${answeredText(answered)} It is ${answered.run.state.name}, and is started again.`);
    return exitCodes.ok;
  },
});

interface Given {
  readonly reference: string;
  readonly param: readonly string[];
  readonly input: string | undefined;
  readonly as: string | undefined;
}

interface Outcome {
  readonly answered: AnsweredPause;
  /** Null for a run that goes on elsewhere than in the process that waits. */
  readonly taking: Taking | null;
}

async function giveAnswer(context: CommandContext, { reference, as, ...written }: Given): Promise<Outcome> {
  const answeredBy = (as ?? userName()).trim();
  if (answeredBy === "") throw new UsageProblem("--as takes the name of whoever gives the answer");
  await using host = await context.openHost();
  const { api } = host;
  const item = await requireItem(api, await findFlowRun(api, reference));
  const input = await readAnswer(written, item);
  const isAnswered = givenAnswer(item) !== null;
  // Who comes too late is told that, and not what is missing.
  if (input === undefined && item.schema !== null && !isAnswered) throw unanswered(item);
  const answered = await api.answerPause({
    flowRunId: item.flowRunId,
    ...(item.key === null ? {} : { key: item.key }),
    ...(input === undefined ? {} : { input }),
    answeredBy,
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

/** The root is what is gone on with: a subflow runs as a step of it. */
async function goOnHere(
  answered: AnsweredPause,
  context: CommandContext & { readonly isQuiet: boolean },
): Promise<ExitCode> {
  const { isQuiet, err, json } = context;
  const { run, answer } = answered;
  if (!isQuiet && !json) err.line(`${answeredText(answered)} It goes on here.`);
  let refusal: string | null = null;
  const exitCode = await executeRun(context, {
    isQuiet,
    execute: async (host) => {
      const end = await host.continueRun({ id: run.rootRunId, mode: "resume" });
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
