import type { Api } from "../../../contract/api.ts";
import type { Worker, WorkPool, WorkQueue } from "../../../contract/objects.ts";
import type { QueueUse } from "../../../contract/work.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { workPoolArgument, workPools } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { renderWorkers } from "../worker/workers-table.ts";
import { renderQueues } from "../work-queue/queues-table.ts";
import { limitText, poolStatus } from "./pool-status.ts";
import { watchable } from "../../watchable.ts";
import { withPage } from "../../with-page.ts";

export const workPoolInspect = withPage(
  watchable(
    defineCommand({
      summary: "Show a work pool: its queues, its workers, its limit",
      details: ["With --json: the work pool, with `queues` and `workers`, and `baseJobTemplate` as it is."],
      positionals: { pool: required(workPoolArgument) },
      options: {},
      examples: [{ command: "work-pool inspect local", why: "" }],
      async run({ args }, context) {
        await using host = await context.openHost();
        const pool = await findObject(host.api, args.pool, workPools);
        const parts = await readParts(host.api, pool);
        if (context.json) context.out.json({ ...pool, queues: parts.queues, workers: parts.workers });
        else print(pool, parts, context);
        return undefined;
      },
    }),
  ),
  { kind: "work-pool", find: async (api, { pool }) => (await findObject(api, pool, workPools)).name },
);

interface Parts {
  readonly queues: readonly WorkQueue[];
  readonly workers: readonly Worker[];
  readonly active: readonly QueueUse[];
  readonly deployments: number;
}

async function readParts(api: Api, { id }: WorkPool): Promise<Parts> {
  const where = { field: "workPoolId", in: [id] };
  const byPriority = { where, sort: { field: "priority", direction: "asc" } } as const;
  const lastSeen = { where, sort: { field: "heartbeatAt", direction: "desc" } } as const;
  const queues = (await api.listObjects("work-queue", byPriority, { limit: 1000 })).items;
  return {
    queues,
    workers: (await api.listObjects("worker", lastSeen, { limit: 1000 })).items,
    active: await api.countActiveRuns(queues.map((queue) => queue.id)),
    deployments: await api.count("deployment", where),
  };
}

function print(pool: WorkPool, { queues, workers, active, deployments }: Parts, context: CommandContext): void {
  const { out, times, clock } = context;
  const { bold, dim } = out.look.paint;
  const used = active.reduce((sum, each) => sum + each.active, 0);
  out.lines(
    renderFacts(
      [
        ["Work pool", bold(cleanLine(pool.name))],
        ["Id", pool.id],
        ["Type", cleanLine(pool.type)],
        ["Status", poolStatus(pool, workers, clock.now())],
        ["Description", pool.description == null ? null : cleanLine(pool.description)],
        ["Limit", limitText(pool.concurrencyLimit)],
        ["Under way", String(used)],
        ["Deployments", String(deployments)],
        ["Created", times.long(pool.createdAt)],
      ],
      out,
    ),
  );
  out.lines(["", dim("Queues"), ...renderQueues(queues, { ...context, active, pools: new Map() })]);
  if (workers.length > 0) out.lines(["", dim("Workers"), ...renderWorkers(workers, { ...context, pools: new Map() })]);
  else if (!pool.paused) {
    out.lines(["", `No worker has been there yet. Start one: \`millrace worker start --pool ${pool.name}\`.`]);
  }
}
