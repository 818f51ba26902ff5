import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { workQueueArgument } from "../../object-lookups.ts";
import { previewOptions, previewRuns } from "../../preview-runs.ts";
import { findQueue, poolOption, queueTitle } from "./find-queue.ts";

export const workQueuePreview = defineCommand({
  summary: "List the runs that a work queue has to come, in the order of their due times",
  details: ["With --json: an array of flow runs."],
  positionals: { queue: required(workQueueArgument) },
  options: { ...previewOptions, pool: poolOption },
  examples: [{ command: "work-queue preview local/urgent --within 2h", why: "what comes next?" }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const queue = await findQueue(host.api, args.queue, options.pool);
    const title = await queueTitle(host.api, queue);
    await previewRuns(host.api, { ...options, of: { field: "workQueueId", id: queue.id, title }, context });
    return undefined;
  },
});
