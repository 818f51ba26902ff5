import type { CommandHost, RunEnd } from "../../../app/command-host.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { InboxItem } from "../../../contract/inbox.ts";
import { choice, flag, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand, type ExitCode } from "../../command.ts";
import { executeRun } from "../../execute-run.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { parseJson } from "../../parameters.ts";
import { userName } from "../../set-by.ts";
import { awaitTaking, exitCodeOfTaking, tellTaking } from "../inbox/taken.ts";
import { givenAnswer, requireItem } from "../inbox/waiting-run.ts";

export const flowRunResume = defineCommand({
  summary: "Go on with a run that crashed, was cancelled, or waits for an answer",
  details: [
    "Calls the flow's function again from the top; whatever was recorded is taken from the record and does not run again. " +
      "Failures stay as they were: `flow-run retry` drops them.",
    "A run that waits (Paused, Suspended) is answered with --input. A paused run goes on in its own process, a suspended one here; " +
      "without --input where it was answered already, by `inbox answer` or over HTTP.",
  ],
  positionals: { run: required(runArgument) },
  options: {
    onDrift: choice(["stop", "rerun"], "What to do when the code calls other steps than were recorded. Default stop."),
    input: text("JSON", "The answer that a paused or suspended run waits for."),
    quiet: flag("Show nothing but the result.", { short: "q" }),
  },
  examples: [
    { command: "flow-run resume 019a3b2c-4d5e", why: "after a crash" },
    { command: `flow-run resume latest --input '{"approved":true}'`, why: "answer a pause" },
    { command: "flow-run resume 019a3b2c-4d5e --on-drift rerun", why: "the code has changed, and that is meant" },
  ],
  async run({ args, options }, context) {
    const input = options.input === undefined ? undefined : parseJson(options.input, "--input");
    const { run, item } = await look(context, args.run);
    const isAnswered = item?.kind === "suspended" && givenAnswer(item) !== null;
    if (options.input !== undefined || (run.state.type === "PAUSED" && !isAnswered)) {
      return answer(run, input, options, context);
    }
    const { onDrift } = options;
    const request = { id: run.id, mode: "resume", ...(onDrift === undefined ? {} : { onDrift }) } as const;
    return executeRun(context, { isQuiet: options.quiet, execute: (host) => host.continueRun(request) });
  },
});

async function look(
  context: CommandContext,
  reference: string,
): Promise<{ readonly run: FlowRun; readonly item: InboxItem | null }> {
  await using host = await context.openHost();
  const run = await findFlowRun(host.api, reference);
  return { run, item: await host.api.readInboxItem(run.id) };
}

async function answer(
  run: FlowRun,
  input: unknown,
  { quiet }: { readonly quiet: boolean },
  context: CommandContext,
): Promise<ExitCode | undefined> {
  const { details } = run.state;
  if (details?.inputSchema !== undefined && input === undefined) {
    const question = details.inputTitle ?? details.inputDescription;
    const asked = question === undefined ? "" : `: ${cleanLine(question)}`;
    throw new MillraceError("USAGE", {
      reason: `The run waits for an answer${asked}`,
      advice: `Give it: --input '<JSON>' that fits ${JSON.stringify(details.inputSchema)}`,
    });
  }
  if (details?.suspended === true) {
    return executeRun(context, { isQuiet: quiet, execute: (host) => answerSuspended(host, run, input) });
  }
  await using host = await context.openHost();
  const item = await requireItem(host.api, run);
  await host.answerPause({ id: run.id, input, answeredBy: userName() });
  const taking = await awaitTaking(host.api, item, context);
  if (!context.json) return tellTaking(taking, context);
  context.out.json(taking.run);
  return exitCodeOfTaking(taking);
}

async function answerSuspended(host: CommandHost, run: FlowRun, input: unknown): Promise<RunEnd> {
  const { end } = await host.answerPause({ id: run.id, input, answeredBy: userName() });
  return end ?? host.continueRun({ id: run.id, mode: "resume" });
}
