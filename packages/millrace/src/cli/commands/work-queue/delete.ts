import { MillraceError } from "../../../contract/errors.ts";
import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { workPools, workQueueArgument } from "../../object-lookups.ts";
import { plural } from "../../output/numbers.ts";
import { findQueue, poolOption, queueTitle } from "./find-queue.ts";

export const workQueueDelete = defineCommand({
  summary: "Delete a work queue",
  details: [
    "The default queue of a pool stays as long as the pool. Runs that wait in the queue begin nowhere afterwards.",
    'With --json: `{ "deleted": [ids] }`.',
  ],
  positionals: { queue: required(workQueueArgument) },
  options: { pool: poolOption, yes: flag("Do not ask.", { short: "y" }) },
  examples: [{ command: "work-queue delete local/urgent", why: "says what waits in it, and asks" }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const queue = await findQueue(api, args.queue, options.pool);
    const title = await queueTitle(api, queue);
    const pool = await findObject(api, queue.workPoolId, workPools);
    if (pool.defaultQueueId === queue.id) {
      throw new MillraceError("USAGE", {
        reason: `${title} is the default queue of its pool.`,
        advice: `Pause it: \`millrace work-queue pause ${title}\`; or delete the pool.`,
      });
    }
    const ofQueue = { field: "workQueueId", in: [queue.id] };
    const waiting = await api.count("flow-run", { all: [ofQueue, { field: "stateType", in: ["SCHEDULED"] }] });
    const deployments = await api.count("deployment", ofQueue);
    const use = `${plural(deployments, "deployment")} and ${plural(waiting, "run")} to come`;
    await confirm({ question: `Delete work queue ${title}, which ${use} use?`, isSure: options.yes }, context);
    const isDeleted = await api.deleteObject("work-queue", queue.id);
    if (context.json) context.out.json({ deleted: isDeleted ? [queue.id] : [] });
    else context.out.line(`Deleted work queue ${title}.`);
    return undefined;
  },
});
