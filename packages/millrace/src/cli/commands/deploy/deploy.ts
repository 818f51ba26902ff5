import { dirname } from "node:path";
import type { DeploymentPlan } from "../../../app/deploy-flows.ts";
import type { DeploymentFile, WrittenDeployment } from "../../../app/deployment-file.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { JsonObject } from "../../../contract/objects.ts";
import type { Duration } from "../../../kit/duration.ts";
import { nearest } from "../../../kit/nearest.ts";
import { choice, flag, text, texts } from "../../arguments/options.ts";
import { optional } from "../../arguments/positionals.ts";
import type { OptionValues } from "../../arguments/parse.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand, exitCodes } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { readParameters } from "../../parameters.ts";
import { printOutcomes } from "./outcomes.ts";

const options = {
  all: flag("All deployments of the file."),
  file: text("FILE", "The file of deployments. Default: millrace.yaml or prefect.yaml of the working directory.", {
    short: "f",
  }),
  name: texts("NAME", "The deployment's name; of a file several may be given. Default: the flow's name.", {
    short: "n",
  }),
  pool: text("NAME", "The work pool whose workers run it.", { short: "p" }),
  queue: text("NAME", "The queue of the pool; it is made if need be.", { short: "q" }),
  cron: texts("EXPRESSION", "Run at these times; may be given several times."),
  interval: text("DURATION", "Run so often: 10m, 1h."),
  rrule: text("RULE", "Run at the times of an RFC 5545 rule."),
  timezone: text("ZONE", "The zone of the schedules, as Europe/Berlin. Default: UTC."),
  param: texts("NAME=VALUE", "A parameter of its runs; may be given several times."),
  params: text("JSON|@FILE", "All parameters as a JSON object, or a file of it."),
  tag: texts("TAG", "A tag of its runs; may be given several times.", { short: "t" }),
  description: text("TEXT", "What people are told of it."),
  version: text("TEXT", "Default: the flow's version, or a hash of the code that it is deployed with."),
  concurrencyLimit: text("N", "Runs of it at the same time."),
  collisionStrategy: choice(
    ["enqueue", "cancel-new", "cancel-running", "latest-only"],
    "What becomes of a run when the limit is reached. Default enqueue.",
  ),
  jobVariable: texts("NAME=VALUE", "What the worker is told of where to run it; may be given several times."),
  image: text("NAME", "Build an image of this name, push it, and execute its runs in it."),
  platform: text("PLATFORM", "The platform of the image, as linux/amd64."),
  skipBuild: flag("Build nothing: the image is there already."),
  skipPush: flag("Push nothing."),
  paused: flag("Make no scheduled runs."),
  dryRun: flag("Say what would be changed, and change nothing."),
} as const;

export const deployCommand = defineCommand({
  summary: "Make deployments for the workers of a pool, or change them",
  details: [
    "Deploys a flow of a file, or the deployments of millrace.yaml (a prefect.yaml is read too). What is there and as it should be is left alone, so that it can be run again and again.",
    "Workers find the code in the folder of its package, or where the `pull` steps of the file say: git_clone, pull_archive, set_working_directory and npm_ci. Its `build` and `push` steps are taken first: build_image, build_archive, push_image and push_archive. No step is run by a shell.",
    "With --json: an array of `{ id, name, outcome, changes, version, steps }`; `outcome` is made, changed or unchanged, and `steps` are what was built and pushed, each `{ phase, name, does }`.",
  ],
  positionals: {
    "file[:export]": optional("A file and, where it has several flows, the name under which one is exported."),
  },
  options,
  examples: [
    { command: 'deploy etl.ts:nightly --pool local --cron "0 2 * * *"', why: "a flow of a file" },
    { command: "deploy --all", why: "all of millrace.yaml" },
    { command: "deploy --all --dry-run", why: "what would it build, push and change?" },
    { command: "deploy etl.ts:nightly --pool docker --image registry.example/team/etl", why: "in an image" },
  ],
  async run({ args, options: given }, context) {
    const { saveDeployments } = await import("../../../app/deploy-flows.ts");
    const { createStepTools } = await import("../../../app/deploy/step-tools.ts");
    const target = args["file[:export]"];
    await using host = await context.openHost();
    const plans = target === undefined ? await planFile(given, context) : [await planTarget(target, given)];
    if (plans.length === 0) return exitCodes.ok;
    const tools = createStepTools({ api: host.api, settings: await context.settings(), say: sayOnStderr });
    const outcomes = await saveDeployments(host.api, plans, { isDryRun: given.dryRun, tools });
    printOutcomes(outcomes, { isDryRun: given.dryRun }, context);
    return undefined;
  },
});

type Given = OptionValues<typeof options>;

/** What programs print is for people: the standard output is the command's own. */
function sayOnStderr(text: string): void {
  process.stderr.write(text);
}

async function planFile(given: Given, context: CommandContext): Promise<readonly DeploymentPlan[]> {
  const { findDeploymentFile, readDeploymentFile } = await import("../../../app/deployment-file.ts");
  const found =
    given.file === undefined ? await findDeploymentFile(process.cwd()) : await readDeploymentFile(given.file);
  if (found === null) {
    throw new UsageProblem(
      "there is no millrace.yaml or prefect.yaml here",
      "name a flow: `millrace deploy flow.ts --pool NAME`",
    );
  }
  const only = [
    "pool",
    "queue",
    "interval",
    "rrule",
    "description",
    "version",
    "concurrencyLimit",
    "collisionStrategy",
    "image",
    "platform",
  ] as const;
  const astray = only.find((name) => given[name] !== undefined);
  if (astray !== undefined) throw new UsageProblem(`--${astray} is for a flow that is named; here the file says it`);
  if (given.jobVariable.length > 0) {
    throw new UsageProblem("--job-variable is for a flow that is named; here the file says it");
  }
  for (const warning of found.warnings) context.err.line(`warning: ${cleanLine(warning)}`);
  const chosen = choose(found, given);
  if (chosen.length === 0) context.err.line(`${found.path} has no deployments.`);
  const { planDeployment } = await import("../../../app/plan-deployment.ts");
  const plans: DeploymentPlan[] = [];
  const skipped = { ...(given.skipBuild ? { build: [] } : {}), ...(given.skipPush ? { push: [] } : {}) };
  for (const written of chosen) {
    plans.push(await planDeployment({ ...written, ...skipped }, { folder: dirname(found.path) }));
  }
  return plans;
}

function choose({ path, deployments }: DeploymentFile, { all, name }: Given): readonly WrittenDeployment[] {
  if (all) return deployments;
  if (name.length > 0) return name.map((each) => findNamed(deployments, each, path));
  if (deployments.length < 2) return deployments;
  const names = deployments.map((each) => each.name).join(", ");
  throw new UsageProblem(`${path} has several deployments: ${names}`, "give --name, or --all");
}

function findNamed(deployments: readonly WrittenDeployment[], name: string, path: string): WrittenDeployment {
  const found = deployments.find((each) => each.name === name);
  if (found !== undefined) return found;
  const meant = nearest(
    name,
    deployments.map((each) => each.name),
  );
  const advice = meant === null ? `${path} has others.` : `Did you mean \`${meant}\`?`;
  throw new MillraceError("NOT_FOUND", { kind: "deployment", name, advice });
}

async function planTarget(target: string, given: Given): Promise<DeploymentPlan> {
  const { planDeployment } = await import("../../../app/plan-deployment.ts");
  if (/\.ya?ml$/i.test(target)) {
    const all = given.all ? " --all" : "";
    throw new UsageProblem(
      `${target} is no file of a flow`,
      `deployments of it: \`millrace deploy --file ${target}${all}\``,
    );
  }
  const { pool, queue = null, timezone, interval, rrule, description = null, version = null } = given;
  if (pool === undefined) throw new UsageProblem("--pool is missing: whose workers run it?");
  if (given.name.length > 1) throw new UsageProblem("--name may be given once for one flow");
  const zone = timezone === undefined ? {} : { timezone };
  const parameters = (await readParameters({ one: given.param, all: given.params })) ?? {};
  const image = toImageSteps(given);
  const jobVariables = (await readParameters({ one: given.jobVariable, all: undefined })) ?? {};
  if (given.collisionStrategy !== undefined && given.concurrencyLimit === undefined) {
    throw new UsageProblem("--collision-strategy is for a limit: give --concurrency-limit too");
  }
  const written: WrittenDeployment = {
    name: given.name[0] ?? "",
    entrypoint: target,
    flowName: null,
    description,
    version,
    tags: given.tag,
    parameters: parameters as JsonObject,
    enforcesSchema: true,
    schedules: [
      ...given.cron.map((cron) => ({ cron, ...zone })),
      ...(interval === undefined ? [] : [{ interval: interval as Duration, ...zone }]),
      ...(rrule === undefined ? [] : [{ rrule, ...zone }]),
    ],
    triggers: [],
    paused: given.paused,
    concurrencyLimit: toLimit(given.concurrencyLimit),
    collisionStrategy: given.collisionStrategy ?? null,
    startGraceMs: null,
    pool,
    queue,
    pullSteps: null,
    ...image,
    jobVariables: { ...image.jobVariables, ...(jobVariables as JsonObject) },
  };
  return planDeployment(written, { folder: process.cwd() });
}

function toImageSteps(given: Given): Pick<WrittenDeployment, "jobVariables" | "build" | "push"> {
  const { image, platform, skipBuild, skipPush } = given;
  if (image === undefined) {
    if (platform !== undefined) throw new UsageProblem("--platform is for an image: give --image too");
    return { jobVariables: {}, build: [], push: [] };
  }
  if (skipBuild) return { jobVariables: { image }, build: [], push: [] };
  const build = [{ build_image: { name: image, ...(platform === undefined ? {} : { platform }) } }];
  return { jobVariables: { image: "{{ image }}" }, build, push: skipPush ? [] : [{ push_image: {} }] };
}

function toLimit(written: string | undefined): number | null {
  if (written === undefined) return null;
  if (/^\d{1,6}$/.test(written)) return Number(written);
  throw new UsageProblem(`--concurrency-limit takes a whole number, not \`${written}\``);
}
