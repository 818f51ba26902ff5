/** The queues of work pools, by their names. */

import { isMillraceError } from "../../../contract/errors.ts";
import type { WorkQueue } from "../../../contract/objects.ts";
import type { WorkQueueChange, WorkQueueToMake } from "../../../contract/work.ts";
import { PrefectError } from "../errors.ts";
import { fromWorkQueueFilter } from "../mapping/filters.ts";
import { toPrefectQueues } from "../mapping/work-pool.ts";
import type { PrefectContext, PrefectHandlers, PrefectRequest } from "../routes-table-types.ts";
import type { WorkQueueCreate, WorkQueueResponse } from "../schemas/work-queues.ts";
import { listAtMost } from "./list-at-most.ts";
import { deleteQueue, readPool, readQueue } from "./work-lookups.ts";

type WorkPoolQueueHandler = Extract<
  keyof PrefectHandlers,
  "createWorkPoolQueue" | "readWorkPoolQueue" | "updateWorkPoolQueue" | "deleteWorkPoolQueue" | "readWorkPoolQueues"
>;

export function workPoolQueueHandlers({ api, clock }: PrefectContext): Pick<PrefectHandlers, WorkPoolQueueHandler> {
  const toOne = (queue: WorkQueue) => toPrefectQueue({ api, clock }, queue);

  return {
    async createWorkPoolQueue({ params, body }) {
      const pool = await readPool(api, params.work_pool_name);
      try {
        return { status: 201, body: await toOne(await api.createWorkQueue(fromPrefectQueue(body, pool.id))) };
      } catch (error) {
        if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
        const detail = `A work queue with this name already exists in work pool '${pool.name}'.`;
        throw new PrefectError({ status: 409, detail });
      }
    },

    async readWorkPoolQueue({ params }) {
      const pool = await readPool(api, params.work_pool_name);
      return { status: 200, body: await toOne(await readQueue(api, pool, params.name)) };
    },

    async updateWorkPoolQueue({ params, body }) {
      const pool = await readPool(api, params.work_pool_name);
      await api.updateWorkQueue((await readQueue(api, pool, params.name)).id, fromPrefectQueueUpdate(body));
      return { status: 204 };
    },

    async deleteWorkPoolQueue({ params }) {
      const pool = await readPool(api, params.work_pool_name);
      await deleteQueue(api, await readQueue(api, pool, params.name));
      return { status: 204 };
    },

    async readWorkPoolQueues({ params, body }) {
      const pool = await readPool(api, params.work_pool_name);
      const filter = body.work_queues === null ? [] : [fromWorkQueueFilter(body.work_queues)];
      const where = { all: [{ field: "workPoolId", in: [pool.id] }, ...filter] };
      const query = { where, sort: { field: "priority", direction: "asc" } } as const;
      const queues = await listAtMost(body, (page) => api.listObjects("work-queue", query, page));
      return { status: 200, body: await toPrefectQueues({ api, now: clock.now() }, queues) };
    },
  };
}

export async function toPrefectQueue(
  { api, clock }: Pick<PrefectContext, "api" | "clock">,
  queue: WorkQueue,
): Promise<WorkQueueResponse> {
  const [one] = await toPrefectQueues({ api, now: clock.now() }, [queue]);
  return one as WorkQueueResponse;
}

export function fromPrefectQueue(body: WorkQueueCreate, workPoolId: string): WorkQueueToMake {
  return {
    workPoolId,
    name: body.name,
    paused: body.is_paused,
    description: body.description,
    concurrencyLimit: body.concurrency_limit,
    ...(body.priority === null ? {} : { priority: body.priority }),
  };
}

export function fromPrefectQueueUpdate(body: PrefectRequest<"updateWorkQueue">["body"]): WorkQueueChange {
  return {
    ...(body.name == null ? {} : { name: body.name }),
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.is_paused === undefined ? {} : { paused: body.is_paused }),
    ...(body.concurrency_limit === undefined ? {} : { concurrencyLimit: body.concurrency_limit }),
    ...(body.priority == null ? {} : { priority: body.priority }),
    ...(body.last_polled == null ? {} : { polledAt: body.last_polled }),
  };
}
