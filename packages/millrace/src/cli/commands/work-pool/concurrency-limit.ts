import { toNumber } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { workPoolArgument, workPools } from "../../object-lookups.ts";
import { plural } from "../../output/numbers.ts";
import { changePool } from "./change-pool.ts";

export const workPoolSetLimit = defineCommand({
  summary: "Set how many runs of a work pool may go at once",
  details: ["Runs that are under way stay, also when there are more. With --json: the work pool."],
  positionals: { pool: required(workPoolArgument), limit: required("A whole number; 0 lets none begin.") },
  options: {},
  examples: [{ command: "work-pool set-concurrency-limit local 4", why: "" }],
  run: ({ args }, context) => setLimit(args.pool, { limit: toNumber(args.limit, "<limit>"), context }),
});

export const workPoolClearLimit = defineCommand({
  summary: "Let as many runs of a work pool go at once as there are",
  details: ["With --json: the work pool."],
  positionals: { pool: required(workPoolArgument) },
  options: {},
  examples: [{ command: "work-pool clear-concurrency-limit local", why: "" }],
  run: ({ args }, context) => setLimit(args.pool, { limit: null, context }),
});

async function setLimit(
  reference: string,
  { limit, context }: { readonly limit: number | null; readonly context: CommandContext },
): Promise<undefined> {
  await using host = await context.openHost();
  const pool = await findObject(host.api, reference, workPools);
  await changePool(host.api, {
    pool,
    change: { concurrencyLimit: limit },
    context,
    told: ({ name }) => (limit === null ? `${name} has no limit.` : `${name} lets ${plural(limit, "run")} go at once.`),
  });
}
