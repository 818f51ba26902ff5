import { isOnline } from "../../../contract/work.ts";
import { flag, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { workerArgument, workers, workersOf, workPools } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";

export const workerDelete = defineCommand({
  summary: "Take a worker out of the lists of its pool; its process is not ended",
  details: [
    "One that is there comes back with its next sign of life. Those that are gone are taken out by themselves after workerRetentionMs.",
    'With --json: `{ "deleted": [ids] }`.',
  ],
  positionals: { worker: required(workerArgument) },
  options: {
    pool: text("POOL", "The work pool of the worker, where its name alone does not say which."),
    yes: flag("Do not ask.", { short: "y" }),
  },
  examples: [{ command: "worker delete local/alder-1", why: "asks first" }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const lookup = options.pool === undefined ? workers : workersOf(await findObject(api, options.pool, workPools));
    const worker = await findObject(api, args.worker, lookup);
    const [title = worker.name] = await workers.titles(api, [worker]);
    const isThere = isOnline(worker, context.clock.now());
    const question = `Delete worker ${title}${isThere ? ", which is there and comes back with its next sign of life" : ""}?`;
    await confirm({ question, isSure: options.yes }, context);
    const isDeleted = await api.deleteObject("worker", worker.id);
    if (context.json) context.out.json({ deleted: isDeleted ? [worker.id] : [] });
    else context.out.line(cleanLine(`Deleted worker ${title}.`));
    return undefined;
  },
});
