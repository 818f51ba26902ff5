import type { Api } from "../../../contract/api.ts";
import { isMillraceError } from "../../../contract/errors.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import { choice, flag, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand, type ExitCode, exitCodes } from "../../command.ts";
import { executeRun } from "../../execute-run.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { parseJson } from "../../parameters.ts";
import { userName } from "../../set-by.ts";
import { type GivenAnswer, giveAnswer, goOnHere, tellAnswered } from "../inbox/give-answer.ts";
import { exitCodeOfTaking } from "../inbox/taken.ts";
import { givenAnswer, requireItem } from "../inbox/waiting-run.ts";

export const flowRunResume = defineCommand({
  summary: "Go on with a run that crashed, was cancelled, or waits for an answer",
  details: [
    "Calls the flow's function again from the top; whatever was recorded is taken from the record and does not run again. " +
      "Failures stay as they were: `flow-run retry` drops them.",
    "A run that waits (Paused, Suspended), also in a subflow, is answered with --input; `inbox inspect` shows its form. A paused run goes on in its own process, a suspended one here; " +
      "without --input where it was answered already, by `inbox answer` or over HTTP. A suspended run of Prefect's client is started again by its deployment.",
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
    const { onDrift, quiet: isQuiet } = options;
    const how = { isQuiet, ...(onDrift === undefined ? {} : { onDrift }) };
    const { id, given } = await answerIfItWaits(context, { reference: args.run, input });
    if (given !== null) return await goOn(given, context, how);
    const request = { id, mode: "resume", ...(onDrift === undefined ? {} : { onDrift }) } as const;
    return executeRun(context, { isQuiet, execute: (host) => host.continueRun(request) });
  },
});

interface Looked {
  /** The run to go on with. */
  readonly id: string;
  /** Null for a run that waits for no answer any more, or never did. */
  readonly given: GivenAnswer | null;
}

/** The ledger is closed again before the run goes on here. */
async function answerIfItWaits(
  context: CommandContext,
  { reference, input }: { readonly reference: string; readonly input: unknown },
): Promise<Looked> {
  await using host = await context.openHost();
  const { api } = host;
  const run = await findFlowRun(api, reference);
  const waits = run.state.type === "PAUSED";
  if (!waits && input === undefined) return { id: run.id, given: null };
  const item = await requireItem(api, run);
  const isHere = item.kind === "suspended" && (await goesOnHere(api, run));
  // Subflows go on as steps of their root.
  if (isHere && input === undefined && givenAnswer(item) !== null) return { id: run.rootRunId, given: null };
  try {
    const answer = { item, input, answeredBy: userName(), then: isHere ? "leave" : "schedule" } as const;
    return { id: run.rootRunId, given: await giveAnswer(api, answer, context) };
  } catch (error) {
    // Somebody has answered it since it was looked at.
    if (isHere && input === undefined && isMillraceError(error, "PAUSE_ANSWERED"))
      return { id: run.rootRunId, given: null };
    throw error;
  }
}

/** Where its code is was recorded of what our engine has begun. What others have begun, only their deployments start again. */
async function goesOnHere(api: Api, run: FlowRun): Promise<boolean> {
  const root = run.rootRunId === run.id ? run : await api.readFlowRun(run.rootRunId);
  return root === null || root.entrypoint !== null || root.deploymentId === null;
}

async function goOn(
  given: GivenAnswer,
  context: CommandContext,
  how: { readonly isQuiet: boolean; readonly onDrift?: "stop" | "rerun" },
): Promise<ExitCode> {
  const { answered, taking } = given;
  if (answered.goesOn === "when-resumed") return await goOnHere(answered, context, how);
  if (!context.json) return tellAnswered(given, context);
  context.out.json(taking === null ? answered.run : taking.run);
  return taking === null ? exitCodes.ok : exitCodeOfTaking(taking);
}
