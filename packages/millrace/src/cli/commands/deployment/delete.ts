import type { Api } from "../../../contract/api.ts";
import type { Deployment } from "../../../contract/objects.ts";
import { flag } from "../../arguments/options.ts";
import { anyNumber } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { deploymentArgument, deployments, deploymentTitle } from "../../object-lookups.ts";
import { plural } from "../../output/numbers.ts";
import { readPages } from "../../read-pages.ts";

export const deploymentDelete = defineCommand({
  summary: "Delete deployments with their schedules and the runs that have not begun",
  details: [
    "Says first what would be deleted, and asks. Runs that have begun stay.",
    'With --json: `{ "deleted": [ids], "schedules": n, "waitingRuns": n }`.',
  ],
  positionals: { deployment: anyNumber(deploymentArgument) },
  options: {
    all: flag("All deployments."),
    yes: flag("Do not ask.", { short: "y" }),
    dryRun: flag("Only say what would be deleted."),
  },
  examples: [
    { command: "deployment delete etl/nightly", why: "says what goes, and asks" },
    { command: "deployment delete --all --dry-run", why: "what would go?" },
  ],
  async run({ args, options }, context) {
    if (options.all === args.deployment.length > 0) throw new UsageProblem("name deployments, or give --all");
    await using host = await context.openHost();
    const { api } = host;
    const found = options.all ? await readPages((page) => api.listObjects("deployment", {}, page)) : [];
    const named: Deployment[] = [...found];
    for (const reference of args.deployment) named.push(await findObject(api, reference, deployments));
    const chosen = [...new Map(named.map((each) => [each.id, each])).values()];
    const counts = await countAll(api, chosen);
    const { out, json } = context;
    const what = `${whatOf(chosen)} with ${plural(counts.schedules, "schedule")} and ${plural(counts.waitingRuns, "run")} to come`;
    if (options.dryRun || chosen.length === 0) {
      if (json) out.json({ deleted: [], ...counts });
      else out.line(chosen.length === 0 ? "There are no deployments." : `Would delete ${what}.`);
      return undefined;
    }
    await confirm({ question: `Delete ${what}?`, isSure: options.yes }, context);
    const deleted: string[] = [];
    for (const { id } of chosen) if (await api.deleteDeployment(id)) deleted.push(id);
    if (json) out.json({ deleted, ...counts });
    else out.line(`Deleted ${what}.`);
    return undefined;
  },
});

function whatOf(chosen: readonly Deployment[]): string {
  const [only, ...others] = chosen;
  return only !== undefined && others.length === 0
    ? `deployment ${deploymentTitle(only)}`
    : plural(chosen.length, "deployment");
}

async function countAll(
  api: Api,
  chosen: readonly Deployment[],
): Promise<{ readonly schedules: number; readonly waitingRuns: number }> {
  const counts = { schedules: 0, waitingRuns: 0 };
  for (const { id } of chosen) {
    const ofIt = { field: "deploymentId", in: [id] };
    counts.schedules += await api.count("schedule", ofIt);
    const waits = { all: [ofIt, { field: "stateType", in: ["SCHEDULED"] }, { field: "runCount", in: [0] }] };
    counts.waitingRuns += await api.count("flow-run", waits);
  }
  return counts;
}
