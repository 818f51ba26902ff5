import { text, wholeNumber } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { readWorkPools, workPools } from "../../object-lookups.ts";
import { readPages } from "../../read-pages.ts";
import { renderQueues } from "./queues-table.ts";
import { watchable } from "../../watchable.ts";
import { withListPage } from "../../with-page.ts";

export const workQueueLs = withListPage(
  watchable(
    defineCommand({
      summary: "List work queues: their order, their limits, and when a worker last asked for their runs",
      details: ["With --json: an array of work queues."],
      positionals: {},
      options: {
        pool: text("POOL", "Only queues of this work pool."),
        limit: wholeNumber("N", "At most so many.", { initial: 200, max: 10_000, short: "n" }),
      },
      examples: [{ command: "work-queue ls --pool local", why: "in which order are they served?" }],
      async run({ options }, context) {
        await using host = await context.openHost();
        const { api } = host;
        const pool = options.pool === undefined ? null : await findObject(api, options.pool, workPools);
        const query = {
          ...(pool === null ? {} : { where: { field: "workPoolId", in: [pool.id] } }),
          sort: { field: "priority", direction: "asc" },
        } as const;
        const queues = await readPages((page) => api.listObjects("work-queue", query, page), { limit: options.limit });
        const { out, json } = context;
        if (json) out.json(queues);
        else if (queues.length === 0) {
          out.line("There are no work queues. A work pool has one from the start: `millrace work-pool create <name>`.");
        } else {
          const pools = pool === null ? await readWorkPools(api) : new Map();
          const ordered = queues.toSorted((a, b) => nameOf(pools, a).localeCompare(nameOf(pools, b)));
          const active = await api.countActiveRuns(queues.map(({ id }) => id));
          out.lines(renderQueues(ordered, { ...context, active, pools }));
        }
        return undefined;
      },
    }),
  ),
  "work-pool",
);

/** Sorting by it keeps the order of priority within each pool. */
function nameOf(
  pools: ReadonlyMap<string, { readonly name: string }>,
  { workPoolId }: { readonly workPoolId: string },
): string {
  return pools.get(workPoolId)?.name ?? "";
}
