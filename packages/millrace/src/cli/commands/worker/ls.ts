import { flag, text, wholeNumber } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { isOnline } from "../../../contract/work.ts";
import { findObject } from "../../find-object.ts";
import { readWorkPools, workPools } from "../../object-lookups.ts";
import { readPages } from "../../read-pages.ts";
import { renderWorkers } from "./workers-table.ts";
import { watchable } from "../../watchable.ts";
import { withListPage } from "../../with-page.ts";

export const workerLs = withListPage(
  watchable(
    defineCommand({
      summary: "List workers, and whether they are there",
      details: ["With --json: an array of workers, each with `isOnline`."],
      positionals: {},
      options: {
        pool: text("POOL", "Only workers of this work pool."),
        online: flag("Only those that are there."),
        limit: wholeNumber("N", "At most so many.", { initial: 200, max: 10_000, short: "n" }),
      },
      examples: [{ command: "worker ls --online", why: "who is there?" }],
      async run({ options }, context) {
        await using host = await context.openHost();
        const { api } = host;
        const { out, json, clock } = context;
        const pool = options.pool === undefined ? null : await findObject(api, options.pool, workPools);
        const query = {
          ...(pool === null ? {} : { where: { field: "workPoolId", in: [pool.id] } }),
          sort: { field: "heartbeatAt", direction: "desc" },
        } as const;
        const found = await readPages((page) => api.listObjects("worker", query, page), { limit: options.limit });
        const now = clock.now();
        const workers = options.online ? found.filter((worker) => isOnline(worker, now)) : found;
        if (json) out.json(workers.map((worker) => ({ ...worker, isOnline: isOnline(worker, now) })));
        else if (workers.length === 0) {
          out.line(
            `No worker is ${options.online ? "there" : "known"}. Start one: \`millrace worker start --pool <name>\`.`,
          );
        } else {
          const pools = pool === null ? await readWorkPools(api) : new Map();
          out.lines(renderWorkers(workers, { ...context, pools }));
        }
        return undefined;
      },
    }),
  ),
  "work-pool",
);
