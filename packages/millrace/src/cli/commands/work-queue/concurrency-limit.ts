import { toNumber } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { workQueueArgument } from "../../object-lookups.ts";
import { plural } from "../../output/numbers.ts";
import { changeQueue, findQueue, poolOption } from "./find-queue.ts";

export const workQueueSetLimit = defineCommand({
  summary: "Set how many runs of a work queue may go at once",
  details: ["Runs that are under way stay, also when there are more. With --json: the work queue."],
  positionals: { queue: required(workQueueArgument), limit: required("A whole number; 0 lets none begin.") },
  options: { pool: poolOption },
  examples: [{ command: "work-queue set-concurrency-limit local/urgent 4", why: "" }],
  run: ({ args, options }, context) =>
    setLimit(args.queue, { pool: options.pool, limit: toNumber(args.limit, "<limit>"), context }),
});

export const workQueueClearLimit = defineCommand({
  summary: "Let as many runs of a work queue go at once as its pool allows",
  details: ["With --json: the work queue."],
  positionals: { queue: required(workQueueArgument) },
  options: { pool: poolOption },
  examples: [{ command: "work-queue clear-concurrency-limit local/urgent", why: "" }],
  run: ({ args, options }, context) => setLimit(args.queue, { pool: options.pool, limit: null, context }),
});

async function setLimit(
  reference: string,
  options: { readonly pool: string | undefined; readonly limit: number | null; readonly context: CommandContext },
): Promise<undefined> {
  const { pool, limit, context } = options;
  await using host = await context.openHost();
  const queue = await findQueue(host.api, reference, pool);
  const told = limit === null ? "has no limit." : `lets ${plural(limit, "run")} go at once.`;
  await changeQueue(host.api, {
    queue,
    change: { concurrencyLimit: limit },
    context,
    told: (title) => `${title} ${told}`,
  });
}
