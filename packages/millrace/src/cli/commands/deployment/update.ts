import type { DeploymentChange } from "../../../contract/deployments.ts";
import type { Deployment } from "../../../contract/objects.ts";
import { choice, flagOverSetting, text, texts, toNumber } from "../../arguments/options.ts";
import type { OptionValues } from "../../arguments/parse.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { demandChanged } from "../../demand-changed.ts";
import { findObject } from "../../find-object.ts";
import { deploymentArgument, deployments, deploymentTitle, queuesOf, workPools } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { readParameters, toJsonObject } from "../../parameters.ts";

const options = {
  description: text("TEXT", "For people."),
  version: text("TEXT", "What its version is called."),
  tag: texts("TAG", "Its tags, in place of those that it has; may be given several times.", { short: "t" }),
  param: texts("NAME=VALUE", "A default parameter, over those that it has; may be given several times.", {
    short: "p",
  }),
  params: text("JSON|@FILE", "Its default parameters, all of them, as a JSON object."),
  jobVariable: texts("NAME=VALUE", "A job variable, over those that it has; may be given several times."),
  enforceSchema: flagOverSetting("Whether parameters of its runs must meet its schema."),
  pool: text("POOL", "The work pool that its runs go to; `none` for none: a process serves it."),
  queue: text("NAME", "The queue of the pool."),
  concurrencyLimit: text("N", "How many of its runs may go at once; `none` for as many as there are."),
  collisionStrategy: choice(
    ["enqueue", "cancel-new", "cancel-running", "latest-only"],
    "What becomes of a run where as many go as may.",
  ),
} as const;

type Given = OptionValues<typeof options>;

export const deploymentUpdate = defineCommand({
  summary: "Change a deployment; what is not given stays as it is",
  details: [
    "What its code is, `millrace deploy` says; its schedules are changed by `deployment schedule update`. A change of what its runs are made of is a new version. Runs that its schedules have made and that have not begun are made anew by what it is then.",
    "With --json: the deployment.",
  ],
  positionals: { deployment: required(deploymentArgument) },
  options,
  examples: [
    { command: "deployment update etl/nightly -p rows=1000 --concurrency-limit 2", why: "other defaults" },
    { command: "deployment update etl/nightly --pool gpu --queue urgent", why: "it runs elsewhere" },
  ],
  async run({ args, options: given }, context) {
    const written = await readWritten(given);
    await using host = await context.openHost();
    const { api } = host;
    const found = await findObject(api, args.deployment, deployments);
    const pool =
      given.pool === undefined || given.pool === "none" ? null : await findObject(api, given.pool, workPools);
    const poolId = pool?.id ?? (given.pool === "none" ? null : found.workPoolId);
    const change: DeploymentChange = {
      ...overWhatIsThere(written, { found, isWhole: given.params !== undefined }),
      ...(given.pool === undefined ? {} : { workPoolId: poolId, workQueueId: pool?.defaultQueueId ?? null }),
    };
    const moved = given.queue === undefined ? {} : { workQueueId: (await findQueue(given.queue, poolId)).id };
    const updated = await api.updateDeployment(found.id, { ...change, ...moved }, found.revision);
    const changed = demandChanged(updated, { kind: "deployment", name: deploymentTitle(found) });
    if (context.json) context.out.json(changed);
    else context.out.line(cleanLine(`${deploymentTitle(changed)} is changed.`));
    return undefined;

    async function findQueue(name: string, workPoolId: string | null) {
      const of = workPoolId === null ? null : await api.readObject("work-pool", workPoolId);
      if (of === null) throw new UsageProblem("--queue is of a work pool, and the deployment has none", "add --pool");
      return findObject(api, name, queuesOf(of));
    }
  },
});

/** What does not depend on the deployment and its pool. */
async function readWritten(given: Given): Promise<DeploymentChange> {
  const { description, version, tag, enforceSchema, concurrencyLimit, collisionStrategy, pool, queue } = given;
  const parameters = toJsonObject(await readParameters({ one: given.param, all: given.params }));
  const jobVariables = toJsonObject(await readParameters({ one: given.jobVariable, all: undefined }));
  const written = {
    ...(description === undefined ? {} : { description }),
    ...(version === undefined ? {} : { version }),
    ...(tag.length === 0 ? {} : { tags: tag }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(jobVariables === undefined ? {} : { jobVariables }),
    ...(enforceSchema === undefined ? {} : { enforcesSchema: enforceSchema }),
    ...(concurrencyLimit === undefined ? {} : { concurrencyLimit: toLimit(concurrencyLimit) }),
    ...(collisionStrategy === undefined ? {} : { collisionStrategy }),
  };
  if (Object.keys(written).length > 0 || pool !== undefined || queue !== undefined) return written;
  throw new UsageProblem("say what to change: --param or the like");
}

/** @param isWhole whether the parameters are all that it is to have */
function overWhatIsThere(
  written: DeploymentChange,
  { found, isWhole }: { readonly found: Deployment; readonly isWhole: boolean },
): DeploymentChange {
  const { parameters, jobVariables } = written;
  return {
    ...written,
    ...(parameters === undefined || isWhole ? {} : { parameters: { ...found.parameters, ...parameters } }),
    ...(jobVariables === undefined ? {} : { jobVariables: { ...found.jobVariables, ...jobVariables } }),
  };
}

function toLimit(written: string): number | null {
  return written === "none" ? null : toNumber(written, "--concurrency-limit");
}
