import { number, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { workQueueArgument } from "../../object-lookups.ts";
import { changeQueue, findQueue, poolOption } from "./find-queue.ts";

export const workQueueUpdate = defineCommand({
  summary: "Change a work queue; what is not given stays as it is",
  details: [
    "Queues of a pool are served in the order of their priorities, 1 first: those that have the new one, and those behind, move back.",
    "With --json: the work queue.",
  ],
  positionals: { queue: required(workQueueArgument) },
  options: {
    pool: poolOption,
    name: text("NAME", "Another name."),
    description: text("TEXT", "For people."),
    priority: number("N", "1 comes first.", { min: 1 }),
    concurrencyLimit: number("N", "How many of its runs may go at once."),
  },
  examples: [{ command: "work-queue update local/urgent --priority 1", why: "before all others of the pool" }],
  async run({ args, options }, context) {
    const { name, description, priority, concurrencyLimit } = options;
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(priority === undefined ? {} : { priority }),
      ...(concurrencyLimit === undefined ? {} : { concurrencyLimit }),
    };
    if (Object.keys(change).length === 0) throw new UsageProblem("say what to change: --priority or the like");
    await using host = await context.openHost();
    const queue = await findQueue(host.api, args.queue, options.pool);
    await changeQueue(host.api, { queue, change, context, told: (title) => `${title} is changed.` });
    return undefined;
  },
});
