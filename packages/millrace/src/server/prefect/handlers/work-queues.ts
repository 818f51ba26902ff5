/** Queues by their ids, and those of older agents, which are in a pool of their own. */

import { isMillraceError } from "../../../contract/errors.ts";
import type { WorkQueue } from "../../../contract/objects.ts";
import { isServed } from "../../../contract/work.ts";
import { PrefectError } from "../errors.ts";
import { fromWorkQueueFilter } from "../mapping/filters.ts";
import { toPrefectFlowRuns } from "../mapping/flow-run.ts";
import { toPrefectQueues, toSlotHolder } from "../mapping/work-pool.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import { toPrefectTimeOrNull } from "../times.ts";
import { listAtMost } from "./list-at-most.ts";
import { toPrefectPage } from "./paging.ts";
import {
  agentPoolName,
  deleteQueue,
  ensureAgentPool,
  findPool,
  findQueue,
  holdSlots,
  listSlotHolders,
} from "./work-lookups.ts";
import { fromPrefectQueue, fromPrefectQueueUpdate, toPrefectQueue } from "./work-pool-queues.ts";
import { endOfTime } from "./work-pools.ts";

type WorkQueueHandler = Extract<
  keyof PrefectHandlers,
  | "createWorkQueue"
  | "readWorkQueue"
  | "readWorkQueueByName"
  | "updateWorkQueue"
  | "deleteWorkQueue"
  | "readWorkQueues"
  | "readWorkQueueRuns"
  | "readWorkQueueStatus"
  | "readWorkQueueConcurrencyStatus"
>;

const maxSecondsSincePolled = 60;

export function workQueueHandlers({
  api,
  clock,
  onUnreadable,
}: PrefectContext): Pick<PrefectHandlers, WorkQueueHandler> {
  const toOne = (queue: WorkQueue) => toPrefectQueue({ api, clock }, queue);

  async function read(id: string): Promise<WorkQueue> {
    const queue = await api.readObject("work-queue", id);
    if (queue === null) throw new PrefectError({ status: 404, detail: `Work Queue ${id} not found` });
    return queue;
  }

  return {
    async createWorkQueue({ body }) {
      const isNewPool = (await findPool(api, agentPoolName)) === null;
      const pool = await ensureAgentPool(api);
      const first = isNewPool ? await findQueue(api, pool.id, body.name) : null;
      if (first !== null) return { status: 201, body: await toOne(first) };
      try {
        return { status: 201, body: await toOne(await api.createWorkQueue(fromPrefectQueue(body, pool.id))) };
      } catch (error) {
        if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
        throw new PrefectError({ status: 409, detail: "A work queue with this name already exists." });
      }
    },

    readWorkQueue: async ({ params }) => ({ status: 200, body: await toOne(await read(params.id)) }),

    async readWorkQueueByName({ params }) {
      const pool = await findPool(api, agentPoolName);
      const queue = pool === null ? null : await findQueue(api, pool.id, params.name);
      if (queue === null) throw new PrefectError({ status: 404, detail: "work queue not found" });
      return { status: 200, body: await toOne(queue) };
    },

    async updateWorkQueue({ params, body }) {
      await read(params.id);
      await api.updateWorkQueue(params.id, fromPrefectQueueUpdate(body));
      return { status: 204 };
    },

    async deleteWorkQueue({ params }) {
      await deleteQueue(api, await read(params.id));
      return { status: 204 };
    },

    async readWorkQueues({ body }) {
      const where = body.work_queues === null ? { all: [] } : fromWorkQueueFilter(body.work_queues);
      const query = { where, sort: { field: "name", direction: "asc" } } as const;
      const queues = await listAtMost(body, (page) => api.listObjects("work-queue", query, page));
      return { status: 200, body: await toPrefectQueues({ api, now: clock.now() }, queues) };
    },

    async readWorkQueueRuns({ params, body, headers }) {
      const queue = await read(params.id);
      if (body.limit === 0) return { status: 200, body: [] };
      const runs = await api.findDueRuns({
        workPoolId: queue.workPoolId,
        workQueueIds: [queue.id],
        before: body.scheduled_before ?? endOfTime,
        limit: body.limit,
        // The page looks at what waits; nobody is served by that.
        ...(headers["x-prefect-ui"] === "true" ? { isLook: true } : { runtime: "python" }),
      });
      return { status: 200, body: await toPrefectFlowRuns({ api, now: clock.now(), onUnreadable }, runs) };
    },

    async readWorkQueueStatus({ params }) {
      const queue = await read(params.id);
      const late = await api.count("flow-run", {
        all: [
          { field: "workQueueId", in: [queue.id] },
          { field: "stateName", in: ["Late"] },
        ],
      });
      return {
        status: 200,
        body: {
          healthy: late === 0 && isServed(queue.polledAt, clock.now()),
          late_runs_count: late,
          last_polled: toPrefectTimeOrNull(queue.polledAt),
          health_check_policy: {
            maximum_late_runs: 0,
            maximum_seconds_since_last_polled: maxSecondsSincePolled,
          },
        },
      };
    },

    async readWorkQueueConcurrencyStatus({ params, body }) {
      const queue = await read(params.id);
      const now = clock.now();
      const { results, ...page } = await toPrefectPage(body, {
        count: () => api.count("flow-run", holdSlots(queue.id)),
        list: (slice) => listSlotHolders(api, queue.id, slice),
      });
      return {
        status: 200,
        body: {
          active_slots: page.count,
          concurrency_limit: queue.concurrencyLimit ?? null,
          flow_runs: results.map((run) => toSlotHolder(run, now)),
          ...page,
        },
      };
    },
  };
}
