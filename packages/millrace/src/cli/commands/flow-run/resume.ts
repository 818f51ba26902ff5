import type { CommandHost, RunEnd } from "../../../app/command-host.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import { choice, flag, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand, type ExitCode } from "../../command.ts";
import { executeRun } from "../../execute-run.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { parseJson } from "../../parameters.ts";

export const flowRunResume = defineCommand({
  summary: "Go on with a run that crashed, was cancelled, or waits for an answer",
  details: [
    "Calls the flow's function again from the top; whatever was recorded is taken from the record and does not run again. " +
      "Failures stay as they were: `flow-run retry` drops them.",
    "A run that waits (Paused, Suspended) is answered with --input. A paused run goes on in its own process, a suspended one here.",
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
    const run = await look(context, args.run);
    if (options.input !== undefined || run.state.type === "PAUSED") return answer(run, input, options, context);
    const { onDrift } = options;
    const request = { id: run.id, mode: "resume", ...(onDrift === undefined ? {} : { onDrift }) } as const;
    return executeRun(context, { isQuiet: options.quiet, execute: (host) => host.continueRun(request) });
  },
});

async function look(context: CommandContext, reference: string): Promise<FlowRun> {
  await using host = await context.openHost();
  // Awaited here: the host closes as this function is left.
  return await findFlowRun(host.api, reference);
}

async function answer(
  run: FlowRun,
  input: unknown,
  { quiet }: { readonly quiet: boolean },
  context: CommandContext,
): Promise<ExitCode | undefined> {
  const { details } = run.state;
  if (details?.inputSchema !== undefined && input === undefined) {
    const asked = details.inputDescription === undefined ? "" : `: ${cleanLine(details.inputDescription)}`;
    throw new MillraceError("USAGE", {
      reason: `The run waits for an answer${asked}`,
      advice: `Give it: --input '<JSON>' that fits ${JSON.stringify(details.inputSchema)}`,
    });
  }
  if (details?.suspended === true) {
    return executeRun(context, { isQuiet: quiet, execute: (host) => answerSuspended(host, run, input) });
  }
  await using host = await context.openHost();
  await host.answerPause({ id: run.id, input });
  return await tellWhatBecame(run, host, context);
}

async function answerSuspended(host: CommandHost, run: FlowRun, input: unknown): Promise<RunEnd> {
  const { end } = await host.answerPause({ id: run.id, input });
  return end ?? host.continueRun({ id: run.id, mode: "resume" });
}

/** The process of the run takes the answer within a moment, unless it refuses it. */
const takesMs = 3000;

/** Waits a moment for the process of a run to take its answer, and says what became of it. */
export async function tellWhatBecame(
  run: FlowRun,
  host: CommandHost,
  context: CommandContext,
): Promise<ExitCode | undefined> {
  const { clock, out, err, json } = context;
  const until = clock.monotonic() + takesMs;
  let now = await host.api.readFlowRun(run.id);
  while (now?.state.type === "PAUSED" && now.state.at === run.state.at && clock.monotonic() < until) {
    await clock.sleep(100);
    now = await host.api.readFlowRun(run.id);
  }
  if (json) out.json(now);
  else if (now?.state.at === run.state.at)
    err.line(`The answer was sent, and the run has not taken it yet. Was it refused? millrace flow-run logs ${run.id}`);
  else out.line(`Answered. The run is ${now?.state.name ?? "gone"}, in its own process.`);
  return undefined;
}
