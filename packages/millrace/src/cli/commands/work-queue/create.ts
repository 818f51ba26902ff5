import { flag, number, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { workPools } from "../../object-lookups.ts";

export const workQueueCreate = defineCommand({
  summary: "Make a queue in a work pool",
  details: ["Queues of a pool are served in the order of their priorities, 1 first. With --json: the work queue."],
  positionals: { name: required("The name of the queue: NAME with --pool, or POOL/NAME.") },
  options: {
    pool: text("POOL", "The work pool."),
    priority: number("N", "1 comes first; queues that have it, and those behind, move back. Default: the first free.", {
      min: 1,
    }),
    concurrencyLimit: number("N", "How many of its runs may go at once. Default: as many as there are."),
    description: text("TEXT", "For people."),
    paused: flag("Its runs wait until `work-queue resume`."),
  },
  examples: [{ command: "work-queue create local/urgent --priority 1", why: "before all others of the pool" }],
  async run({ args, options }, context) {
    const { priority, concurrencyLimit, description, paused } = options;
    const { pool: poolName, name } = split(args.name, options.pool);
    await using host = await context.openHost();
    const { api } = host;
    const pool = await findObject(api, poolName, workPools);
    const queue = await api.createWorkQueue({
      workPoolId: pool.id,
      name,
      paused,
      ...(priority === undefined ? {} : { priority }),
      ...(concurrencyLimit === undefined ? {} : { concurrencyLimit }),
      ...(description === undefined ? {} : { description }),
    });
    if (context.json) context.out.json(queue);
    else context.out.line(`Made the work queue ${pool.name}/${queue.name}, priority ${queue.priority}.`);
    return undefined;
  },
});

function split(written: string, pool: string | undefined): { readonly pool: string; readonly name: string } {
  if (pool !== undefined) return { pool, name: written };
  const at = written.indexOf("/");
  if (at < 1) throw new UsageProblem("in which work pool?", `write POOL/${written}, or add --pool`);
  return { pool: written.slice(0, at), name: written.slice(at + 1) };
}
