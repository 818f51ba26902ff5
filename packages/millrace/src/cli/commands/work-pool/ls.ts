import type { Api } from "../../../contract/api.ts";
import type { Worker, WorkPool } from "../../../contract/objects.ts";
import { text, wholeNumber } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { formatCount } from "../../output/numbers.ts";
import { renderTable } from "../../output/table.ts";
import { readPages } from "../../read-pages.ts";
import { limitText, poolStatus, poolStatusStyle } from "./pool-status.ts";
import { watchable } from "../../watchable.ts";
import { withListPage } from "../../with-page.ts";

export const workPoolLs = withListPage(
  watchable(
    defineCommand({
      summary: "List work pools, with who is there for them and how many runs they have under way",
      details: ["With --json: an array of work pools."],
      positionals: {},
      options: {
        type: text("TYPE", "Only pools of this type, such as process."),
        limit: wholeNumber("N", "At most so many.", { initial: 200, max: 10_000, short: "n" }),
      },
      examples: [{ command: "work-pool ls", why: "is there a worker for each?" }],
      async run({ options }, context) {
        await using host = await context.openHost();
        const { api } = host;
        const query = {
          ...(options.type === undefined ? {} : { where: { field: "type", in: [options.type] } }),
          sort: { field: "name", direction: "asc" },
        } as const;
        const pools = await readPages((page) => api.listObjects("work-pool", query, page), { limit: options.limit });
        const { out, json, clock } = context;
        if (json) {
          out.json(pools);
          return undefined;
        }
        if (pools.length === 0) {
          out.line(
            options.type === undefined
              ? "There are no work pools. Make one: `millrace work-pool create <name> --type process`."
              : "No work pool matches.",
          );
          return undefined;
        }
        const { workers, active } = await readUse(api);
        const table = renderTable(
          pools.map((pool) => ({ pool, status: poolStatus(pool, workers.get(pool.id) ?? [], clock.now()) })),
          [
            { title: "NAME", cell: ({ pool }) => pool.name, shrinksTo: 16 },
            { title: "TYPE", cell: ({ pool }) => pool.type, shrinksTo: 8 },
            {
              title: "STATUS",
              cell: ({ status }) => status,
              style: ({ status }) => poolStatusStyle(status, out.look),
            },
            { title: "ACTIVE", cell: ({ pool }) => formatCount(active.get(pool.id) ?? 0), align: "right" },
            { title: "LIMIT", cell: ({ pool }) => limitText(pool.concurrencyLimit), align: "right" },
            { title: "DESCRIPTION", cell: ({ pool }) => pool.description ?? "", shrinksTo: 11, leftOut: 1 },
          ],
          { width: out.width, look: out.look },
        );
        out.lines(table);
        return undefined;
      },
    }),
  ),
  "work-pool",
);

/** Workers, and runs that hold a slot, of each pool. */
async function readUse(api: Api): Promise<{
  readonly workers: ReadonlyMap<WorkPool["id"], readonly Worker[]>;
  readonly active: ReadonlyMap<WorkPool["id"], number>;
}> {
  const workers = await readPages((page) => api.listObjects("worker", {}, page));
  const queues = await readPages((page) => api.listObjects("work-queue", {}, page));
  const poolOf = new Map(queues.map(({ id, workPoolId }) => [id, workPoolId]));
  const active = new Map<string, number>();
  for (const use of await api.countActiveRuns(queues.map(({ id }) => id))) {
    const pool = poolOf.get(use.workQueueId) ?? "";
    active.set(pool, (active.get(pool) ?? 0) + use.active);
  }
  return { workers: Map.groupBy(workers, ({ workPoolId }) => workPoolId), active };
}
