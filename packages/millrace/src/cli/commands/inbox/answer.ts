import { flag, text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand, exitCodes } from "../../command.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { userName } from "../../set-by.ts";
import { readAnswer } from "./answer-values.ts";
import { type GivenAnswer, giveAnswer, goOnHere, tellAnswered } from "./give-answer.ts";
import { exitCodeOfTaking } from "./taken.ts";
import { requireItem } from "./waiting-run.ts";

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
    const answeredBy = (options.as ?? userName()).trim();
    if (answeredBy === "") throw new UsageProblem("--as takes the name of whoever gives the answer");
    const outcome = await answerRun(context, { reference: args.run, ...options, answeredBy });
    const { answered, taking } = outcome;
    if (answered.goesOn === "when-resumed") return await goOnHere(answered, context, { isQuiet: options.quiet });
    if (!context.json) return tellAnswered(outcome, context);
    const { answer, run, goesOn } = answered;
    context.out.json({ answer: taking?.answer ?? answer, run: taking?.run ?? run, goesOn });
    return taking === null ? exitCodes.ok : exitCodeOfTaking(taking);
  },
});

/** The ledger is closed again before the run goes on here. */
async function answerRun(
  context: CommandContext,
  {
    reference,
    answeredBy,
    ...written
  }: {
    readonly reference: string;
    readonly param: readonly string[];
    readonly input: string | undefined;
    readonly answeredBy: string;
  },
): Promise<GivenAnswer> {
  await using host = await context.openHost();
  const item = await requireItem(host.api, await findFlowRun(host.api, reference));
  const input = await readAnswer(written, item);
  return await giveAnswer(host.api, { item, input, answeredBy, then: "schedule" }, context);
}
