import type { Api } from "../../../contract/api.ts";
import type { WorkPool } from "../../../contract/objects.ts";
import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { workPoolArgument, workPools } from "../../object-lookups.ts";
import { plural } from "../../output/numbers.ts";

export const workPoolDelete = defineCommand({
  summary: "Delete a work pool with its queues",
  details: [
    "Says first what uses it, and asks. Its deployments stay, and their runs begin nowhere until they have another pool.",
    'With --json: `{ "deleted": [ids], "queues": n, "deployments": n, "waitingRuns": n }`.',
  ],
  positionals: { pool: required(workPoolArgument) },
  options: { yes: flag("Do not ask.", { short: "y" }), dryRun: flag("Only say what would be deleted.") },
  examples: [{ command: "work-pool delete local", why: "says what uses it, and asks" }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const pool = await findObject(api, args.pool, workPools);
    const counts = await countUse(api, pool);
    const { out, json } = context;
    const what = `work pool ${pool.name} with ${plural(counts.queues, "queue")}`;
    const use = `${plural(counts.deployments, "deployment")} and ${plural(counts.waitingRuns, "run")} to come`;
    if (options.dryRun) {
      if (json) out.json({ deleted: [], ...counts });
      else out.line(`Would delete ${what}, which ${use} use.`);
      return undefined;
    }
    await confirm({ question: `Delete ${what}, which ${use} use?`, isSure: options.yes }, context);
    const isDeleted = await api.deleteObject("work-pool", pool.id);
    if (json) out.json({ deleted: isDeleted ? [pool.id] : [], ...counts });
    else out.line(`Deleted ${what}.`);
    return undefined;
  },
});

async function countUse(
  api: Api,
  { id }: WorkPool,
): Promise<{ readonly queues: number; readonly deployments: number; readonly waitingRuns: number }> {
  const ofPool = { field: "workPoolId", in: [id] };
  return {
    queues: await api.count("work-queue", ofPool),
    deployments: await api.count("deployment", ofPool),
    waitingRuns: await api.count("flow-run", { all: [ofPool, { field: "stateType", in: ["SCHEDULED"] }] }),
  };
}
