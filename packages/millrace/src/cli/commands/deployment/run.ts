import { describeUnknownParameters, namesInSchema } from "../../../contract/unknown-parameters.ts";
import { flag, text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { findFlowRun } from "../../find-run.ts";
import { deploymentArgument, deployments } from "../../object-lookups.ts";
import { readParameters, toJsonObject } from "../../parameters.ts";
import { parseStart } from "../../when.ts";
import { reportSubmitted } from "./submitted-run.ts";

export const deploymentRun = defineCommand({
  summary: "Submit a run of a deployment, for a worker or the process that serves it",
  details: [
    "Parameters go over those of the deployment, one by one, and over those of a run that is run again (--rerun-of); with --from as well, the new run takes that one's results up to the step, and runs the rest. What is not to begin now is given a time by --at or --in.",
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
    rerunOf: text(
      "RUN",
      "Run this run again: its parameters and tags are taken. By its id or its start, its name, or `latest`.",
    ),
    from: text("STEP", "With --rerun-of, the first step to run: a task's name, a task run's name, or its id."),
    watch: flag("Stay, and show the run until it ends.", { short: "w" }),
  },
  examples: [
    { command: "deployment run etl/nightly -p date=2026-11-22 --watch", why: "now, and see it go" },
    { command: "deployment run etl/nightly --in 2h", why: "later" },
    { command: "deployment run etl/nightly --idempotency-key order-4711", why: "once, however often it is called" },
    {
      command: "deployment run etl/nightly --rerun-of 019a3b2c-4d5e --from train",
      why: "keep what came before `train`",
    },
  ],
  async run({ args, options }, context) {
    const { name, tag, queue, idempotencyKey, rerunOf, from } = options;
    if (from !== undefined && rerunOf === undefined)
      throw new UsageProblem("--from needs --rerun-of: a step of which run?");
    const scheduledAt = parseStart(options, context.clock.now());
    const parameters = toJsonObject(await readParameters({ one: options.param, all: options.params }));
    const jobVariables = toJsonObject(await readParameters({ one: options.jobVariable, all: undefined }));
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
      ...(rerunOf === undefined
        ? {}
        : {
            rerun: {
              of: (await findFlowRun(api, rerunOf)).id,
              ...(from === undefined ? {} : { fromStep: from }),
            },
          }),
    });
    return await reportSubmitted(api, { submitted, stays: options.watch }, context);
  },
});
