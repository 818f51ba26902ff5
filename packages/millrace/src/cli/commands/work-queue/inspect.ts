import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { workQueueArgument } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { watchable } from "../../watchable.ts";
import { withPage } from "../../with-page.ts";
import { limitText } from "../work-pool/pool-status.ts";
import { findQueue, poolOption, queueTitle } from "./find-queue.ts";
import { queueStatus } from "./queues-table.ts";

export const workQueueInspect = withPage(
  watchable(
    defineCommand({
      summary: "Show a work queue: its priority, its limit, how many of its runs are under way and how many wait",
      details: ["With --json: the work queue, with `active` (runs under way) and `waiting` (runs that are due)."],
      positionals: { queue: required(workQueueArgument) },
      options: { pool: poolOption },
      examples: [{ command: "work-queue inspect local/urgent", why: "" }],
      async run({ args, options }, context) {
        await using host = await context.openHost();
        const { api } = host;
        const { out, json, times, clock } = context;
        const queue = await findQueue(api, args.queue, options.pool);
        const [use] = await api.countActiveRuns([queue.id]);
        const isDue = { field: "dueAt", atMost: clock.now() };
        const waiting = await api.count("flow-run", { all: [{ field: "workQueueId", in: [queue.id] }, isDue] });
        const active = use?.active ?? 0;
        if (json) {
          out.json({ ...queue, active, waiting });
          return undefined;
        }
        const facts = renderFacts(
          [
            ["Work queue", out.look.paint.bold(cleanLine(await queueTitle(api, queue)))],
            ["Id", queue.id],
            ["Status", queueStatus(queue, clock.now())],
            ["Priority", String(queue.priority)],
            ["Description", queue.description == null ? null : cleanLine(queue.description)],
            ["Limit", limitText(queue.concurrencyLimit)],
            ["Under way", String(active)],
            ["Due", String(waiting)],
            ["Last asked for", queue.polledAt === null ? "never" : times.long(queue.polledAt)],
            ["Created", times.long(queue.createdAt)],
          ],
          out,
        );
        out.lines(facts);
        return undefined;
      },
    }),
  ),
  { kind: "work-queue", find: async (api, { queue }, { pool }) => (await findQueue(api, queue, pool)).id },
);
