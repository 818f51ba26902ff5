import type { CommandHost } from "../../../app/command-host.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { JsonObject } from "../../../contract/objects.ts";
import { flag, text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { executeRun } from "../../execute-run.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { shortId } from "../../output/short-id.ts";
import { readJsonOption, readParameters } from "../../parameters.ts";
import { tellWhatBecame } from "../flow-run/resume.ts";
import { fieldsOf, schemaOf } from "./form.ts";
import { requireWaiting } from "./waiting-run.ts";

export const inboxAnswer = defineCommand({
  summary: "Answer a run that waits for a person, and let it go on",
  details: [
    "The answer is checked against the form before it is sent: nothing is sent when it does not fit. A run that asks for nothing is answered without one.",
    "A paused run goes on in its own process, a suspended one here, as by `flow-run resume`.",
    "With --json: the flow run, once it has taken the answer.",
  ],
  positionals: { run: required(runArgument) },
  options: {
    param: texts("NAME=VALUE", "A field of the answer; may be given several times.", { short: "p" }),
    input: text("JSON|@FILE", "The answer in whole."),
    quiet: flag("Of a suspended run that goes on here: show nothing but the result.", { short: "q" }),
  },
  examples: [
    { command: "inbox answer 019a3b2c-4d5e -p approve=true", why: "field by field" },
    { command: `inbox answer 019a3b2c-4d5e --input '{"approve":true}'`, why: "in whole" },
  ],
  async run({ args, options }, context) {
    const given = await readAnswer(options);
    const run = await look(context, { reference: args.run, given });
    if (isGuest(run)) return await resumeGuest(run, context);
    if (run.state.details?.suspended === true) {
      return executeRun(context, { isQuiet: options.quiet, execute: (host) => goOnHere(host, run, given) });
    }
    await using host = await context.openHost();
    await host.answerPause({ id: run.id, input: given });
    return await tellWhatBecame(run, host, context);
  },
});

async function readAnswer({
  param,
  input,
}: {
  readonly param: readonly string[];
  readonly input: string | undefined;
}): Promise<unknown> {
  if (input === undefined) return readParameters({ one: param, all: undefined });
  if (param.length > 0) throw new UsageProblem("--param and --input are not for one answer");
  return readJsonOption(input, "--input");
}

/** The run, which waits, and for an answer that fits. @throws USAGE, INPUT_INVALID */
async function look(
  context: CommandContext,
  { reference, given }: { readonly reference: string; readonly given: unknown },
): Promise<FlowRun> {
  await using host = await context.openHost();
  const run = requireWaiting(await findFlowRun(host.api, reference));
  await check(host, run, given);
  return run;
}

async function check(host: CommandHost, run: FlowRun, given: unknown): Promise<void> {
  if (isGuest(run)) return checkGuest(host, run, given);
  const schema = schemaOf(run);
  if (schema === null) return;
  const key = run.state.details?.pauseKey ?? "";
  if (given === undefined) {
    const needed = fieldsOf(schema).filter(({ isRequired }) => isRequired);
    const fields = needed.map(({ name, type }) => `${name} (${type})`).join(", ");
    throw new MillraceError("USAGE", {
      reason: `The run waits for an answer${fields === "" ? "" : `: ${fields}`}`,
      advice: `\`millrace inbox inspect ${shortId(run.id)}\` shows the form.`,
    });
  }
  // What is no object is checked by the run itself.
  if (typeof given !== "object" || given === null || Array.isArray(given)) return;
  const faults = await host.api.checkValues({ schema, values: given as JsonObject });
  if (faults.length === 0) return;
  const issues = faults.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")} ${message}`));
  throw new MillraceError("INPUT_INVALID", { key, issues: issues.join("; ") });
}

async function goOnHere(host: CommandHost, run: FlowRun, input: unknown): ReturnType<CommandHost["continueRun"]> {
  const { end } = await host.answerPause({ id: run.id, input });
  return end ?? host.continueRun({ id: run.id, mode: "resume" });
}

/** A run of Prefect's client: only that can read its forms. */
function isGuest({ entrypoint }: FlowRun): boolean {
  return entrypoint === null;
}

/** What has no form is let go on. @throws RUN_NOT_RESUMABLE for what has one */
async function checkGuest({ api }: CommandHost, { id, state }: FlowRun, given: unknown): Promise<void> {
  if (given === undefined && (await api.listRunInputs(id)).length === 0) return;
  throw new MillraceError("RUN_NOT_RESUMABLE", {
    id,
    state: state.name,
    verb: "answered here",
    reason: "it was started by Prefect's client, which keeps the form to itself",
    advice: `Answer it from Python: \`resume_flow_run("${id}", run_input={…})\`.`,
  });
}

async function resumeGuest({ id, state }: FlowRun, context: CommandContext): Promise<undefined> {
  await using host = await context.openHost();
  const next =
    state.details?.suspended === true
      ? ({ type: "SCHEDULED", name: "Resuming" } as const)
      : ({ type: "RUNNING", name: "Running" } as const);
  const { decision, run } = await host.api.proposeFlowRunState({ id, state: next, guest: true });
  if (run === null || decision.answer !== "ACCEPT") {
    const reason = decision.answer === "ACCEPT" ? "it is gone" : decision.reason;
    throw new MillraceError("TRANSITION_REFUSED", { kind: "Flow run", id, from: state.name, to: next.name, reason });
  }
  if (context.json) context.out.json(run);
  else context.out.line(`Answered. The run is ${run.state.name}.`);
}
