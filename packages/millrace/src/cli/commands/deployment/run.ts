import type { Api } from "../../../contract/api.ts";
import type { SubmittedRun } from "../../../contract/deployments.ts";
import type { JsonObject } from "../../../contract/objects.ts";
import { describeUnknownParameters, namesInSchema } from "../../../contract/unknown-parameters.ts";
import { flag, text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand, type ExitCode, exitCodes } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { watchRun } from "../../live/watch-run.ts";
import { deploymentArgument, deployments } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { runTitle } from "../../output/run-title.ts";
import { shortId } from "../../output/short-id.ts";
import { readParameters } from "../../parameters.ts";
import { parseStart } from "../../when.ts";

export const deploymentRun = defineCommand({
  summary: "Submit a run of a deployment, for a worker or the process that serves it",
  details: [
    "Parameters go over those of the deployment, one by one. What is not to begin now is given a time by --at or --in.",
    "With --watch the command stays until the run ends: exit code 0 when it completes, 1 when not. Without, it says what the run waits for, if it waits.",
    'With --json: `{ "run": the flow run, "isNew": false when the idempotency key was known }`; with --watch as well, the run as it ended.',
  ],
  positionals: { deployment: required(deploymentArgument) },
  options: {
    param: texts("NAME=VALUE", "A parameter; may be given several times.", { short: "p" }),
    params: text("JSON|@FILE", "Parameters, as a JSON object."),
    name: text("TEXT", "The name of the run. Default: one is made up."),
    tag: texts("TAG", "A tag of the run; may be given several times.", { short: "t" }),
    at: text("DATE", "When it is due: 2026-11-22T14:00."),
    in: text("DURATION", "When it is due, from now: 10m, 2h."),
    queue: text("NAME", "A queue of the deployment's work pool."),
    jobVariable: texts("NAME=VALUE", "What the worker is told of where to run it; may be given several times."),
    idempotencyKey: text("KEY", "The same key twice is one run."),
    watch: flag("Stay, and show the run until it ends.", { short: "w" }),
  },
  examples: [
    { command: "deployment run etl/nightly -p date=2026-11-22 --watch", why: "now, and see it go" },
    { command: "deployment run etl/nightly --in 2h", why: "later" },
    { command: "deployment run etl/nightly --idempotency-key order-4711", why: "once, however often it is called" },
  ],
  async run({ args, options }, context) {
    const { name, tag, queue, idempotencyKey } = options;
    const scheduledAt = parseStart(options, context.clock.now());
    const parameters = toObject(await readParameters({ one: options.param, all: options.params }));
    const jobVariables = toObject(await readParameters({ one: options.jobVariable, all: undefined }));
    await using host = await context.openHost();
    const { api } = host;
    const { id: deploymentId, flowName: flow, parameterSchema } = await findObject(api, args.deployment, deployments);
    const known = namesInSchema(parameterSchema ?? null);
    if (known !== null) context.err.lines(describeUnknownParameters({ flow, given: parameters, known }));
    const submitted = await api.submitRun({
      deployment: deploymentId,
      tags: tag,
      ...(parameters === undefined ? {} : { parameters }),
      ...(jobVariables === undefined ? {} : { jobVariables }),
      ...(name === undefined ? {} : { name }),
      ...(scheduledAt === undefined ? {} : { scheduledAt }),
      ...(queue === undefined ? {} : { workQueueName: queue }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    if (options.watch) return await watch(api, submitted, context);
    if (context.json) context.out.json(submitted);
    else await tell(api, submitted, context);
    return undefined;
  },
});

function toObject(given: unknown): JsonObject | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return given as JsonObject;
  throw new UsageProblem("--params takes a JSON object");
}

async function watch(api: Api, { run }: SubmittedRun, context: CommandContext): Promise<ExitCode> {
  const end = await watchRun({ api, id: run.id, context });
  if (end === null) return exitCodes.interrupted;
  if (context.json) context.out.json(end);
  return end.state.type === "COMPLETED" ? exitCodes.ok : exitCodes.failed;
}

async function tell(api: Api, { run, isNew }: SubmittedRun, { out, times }: CommandContext): Promise<void> {
  const title = runTitle(run, out.look);
  if (!isNew) {
    out.line(`${title} (${run.id}) was submitted before with this key. It is ${cleanLine(run.state.name)}.`);
    return;
  }
  out.line(`Submitted ${title} (${run.id}).`);
  const { holds } = await api.whyWaiting(run.id);
  for (const { kind, reason, advice, until } of holds) {
    const due = until === null ? "" : ` It is due ${times.short(until)}.`;
    out.line(kind === "not-due" ? due.trim() : cleanLine(`${reason}${due}${advice === null ? "" : ` ${advice}`}`));
  }
  if (holds.length === 0) out.line(out.look.paint.dim(`millrace flow-run watch ${shortId(run.id)}`));
}
