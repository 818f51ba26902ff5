import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { workQueueArgument } from "../../object-lookups.ts";
import { changeQueue, findQueue, poolOption } from "./find-queue.ts";

export const workQueuePause = defineCommand({
  summary: "Let no run of a work queue begin; those under way go on",
  details: ["With --json: the work queue."],
  positionals: { queue: required(workQueueArgument) },
  options: { pool: poolOption },
  examples: [{ command: "work-queue pause local/urgent", why: "until `work-queue resume`" }],
  run: ({ args, options }, context) => setPaused(args.queue, { pool: options.pool, isPaused: true, context }),
});

export const workQueueResume = defineCommand({
  summary: "Let the runs of a work queue begin again",
  details: ["With --json: the work queue."],
  positionals: { queue: required(workQueueArgument) },
  options: { pool: poolOption },
  examples: [{ command: "work-queue resume local/urgent", why: "" }],
  run: ({ args, options }, context) => setPaused(args.queue, { pool: options.pool, isPaused: false, context }),
});

async function setPaused(
  reference: string,
  options: { readonly pool: string | undefined; readonly isPaused: boolean; readonly context: CommandContext },
): Promise<undefined> {
  const { pool, isPaused, context } = options;
  await using host = await context.openHost();
  const queue = await findQueue(host.api, reference, pool);
  const told = isPaused ? "is paused." : "goes on.";
  await changeQueue(host.api, { queue, change: { paused: isPaused }, context, told: (title) => `${title} ${told}` });
}
