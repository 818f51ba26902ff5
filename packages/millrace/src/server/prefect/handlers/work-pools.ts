/** Work pools, and the runs that are due in them. */

import { isMillraceError } from "../../../contract/errors.ts";
import type { ObjectChange } from "../../../contract/objects.ts";
import { PrefectError } from "../errors.ts";
import { fromWorkPoolFilter } from "../mapping/filters.ts";
import { readNames, toPrefectFlowRun } from "../mapping/flow-run.ts";
import { countActive, fromStorage, toPrefectPools, toSlotHolder } from "../mapping/work-pool.ts";
import type { PrefectContext, PrefectHandlers, PrefectRequest } from "../routes-table-types.ts";
import { describeVariableFault } from "./describe-variable-fault.ts";
import { listAtMost } from "./list-at-most.ts";
import { toPrefectPage } from "./paging.ts";
import { listSlotHolders, readPool, readQueue } from "./work-lookups.ts";

type WorkPoolHandler = Extract<
  keyof PrefectHandlers,
  | "createWorkPool"
  | "readWorkPool"
  | "updateWorkPool"
  | "deleteWorkPool"
  | "readWorkPools"
  | "countWorkPools"
  | "readWorkPoolConcurrencyStatus"
  | "getScheduledFlowRuns"
>;

/** Who names no time asks for all that is scheduled. */
export const endOfTime = 8.64e15;

const forReserved = "Work pools starting with 'Prefect' are reserved for internal use";

export function workPoolHandlers({ api, clock, onUnreadable }: PrefectContext): Pick<PrefectHandlers, WorkPoolHandler> {
  const toOne = async (pool: Parameters<typeof toPrefectPools>[1][number]) => {
    const [one] = await toPrefectPools({ api, now: clock.now() }, [pool]);
    if (one === undefined) throw new PrefectError({ status: 404, detail: `Work pool "${pool.name}" not found.` });
    return one;
  };

  return {
    async createWorkPool({ body }) {
      if (isReserved(body.name)) throw new PrefectError({ status: 403, detail: `${forReserved}.` });
      try {
        const made = await api.createWorkPool({
          name: body.name,
          type: body.type,
          paused: body.is_paused,
          description: body.description,
          concurrencyLimit: body.concurrency_limit,
          baseJobTemplate: body.base_job_template,
          storageConfiguration: fromStorage(body.storage_configuration),
        });
        return { status: 201, body: await toOne(made) };
      } catch (error) {
        throw toPoolError(error);
      }
    },

    readWorkPool: async ({ params }) => ({ status: 200, body: await toOne(await readPool(api, params.name)) }),

    async updateWorkPool({ params, body }) {
      const { is_paused: _, concurrency_limit: __, ...others } = body;
      if (isReserved(params.name) && Object.values(others).some((value) => value !== undefined)) {
        const detail = `${forReserved} and can only be updated to set concurrency limits or pause.`;
        throw new PrefectError({ status: 403, detail });
      }
      const pool = await readPool(api, params.name);
      // Prefect's server checks the defaults of a template that a pool is made with, and takes a later one as it is.
      await api.updateObject("work-pool", pool.id, toChange(body));
      return { status: 204 };
    },

    async deleteWorkPool({ params }) {
      if (isReserved(params.name)) {
        throw new PrefectError({ status: 403, detail: `${forReserved} and can not be deleted.` });
      }
      await api.deleteObject("work-pool", (await readPool(api, params.name)).id);
      return { status: 204 };
    },

    async readWorkPools({ body }) {
      const where = body.work_pools === null ? { all: [] } : fromWorkPoolFilter(body.work_pools);
      const query = { where, sort: { field: "name", direction: "asc" } } as const;
      const pools = await listAtMost(body, (page) => api.listObjects("work-pool", query, page));
      return { status: 200, body: await toPrefectPools({ api, now: clock.now() }, pools) };
    },

    countWorkPools: async ({ body }) => ({
      status: 200,
      body: await api.count("work-pool", body.work_pools === null ? { all: [] } : fromWorkPoolFilter(body.work_pools)),
    }),

    async readWorkPoolConcurrencyStatus({ params, body }) {
      const pool = await readPool(api, params.name);
      const where = { field: "workPoolId", in: [pool.id] };
      const sort = { field: "priority", direction: "asc" } as const;
      const { results: queues, ...page } = await toPrefectPage(body, {
        count: () => api.count("work-queue", where),
        list: async (slice) => (await api.listObjects("work-queue", { where, sort }, slice)).items,
      });
      const uses = await api.countActiveRuns(queues.map(({ id }) => id));
      const activeOf = new Map(uses.map((use) => [use.workQueueId, use.active]));
      const now = clock.now();
      const details = await Promise.all(
        queues.map(async (queue) => {
          const active = activeOf.get(queue.id) ?? 0;
          const limit = Math.min(active, body.flow_run_limit);
          const holders = limit === 0 ? [] : await listSlotHolders(api, queue.id, { limit });
          return {
            queue_id: queue.id,
            queue_name: queue.name,
            active_slots: active,
            concurrency_limit: queue.concurrencyLimit ?? null,
            flow_runs: holders.map((run) => toSlotHolder(run, now)),
            flow_run_count: active,
          };
        }),
      );
      const active_slots = (await countActive(api, [pool.id])).get(pool.id) ?? 0;
      const concurrency_limit = pool.concurrencyLimit ?? null;
      return { status: 200, body: { active_slots, concurrency_limit, queues: details, ...page } };
    },

    async getScheduledFlowRuns({ params, body }) {
      const pool = await readPool(api, params.name);
      const names = body.work_queue_names ?? [];
      const asked = await Promise.all(names.map((name) => readQueue(api, pool, name)));
      if (body.limit === 0) return { status: 200, body: [] };
      const runs = await api.findDueRuns({
        workPoolId: pool.id,
        ...(asked.length === 0 ? {} : { workQueueIds: asked.map(({ id }) => id) }),
        before: body.scheduled_before ?? endOfTime,
        ...(body.scheduled_after == null ? {} : { after: body.scheduled_after }),
        limit: body.limit,
        runtime: "python",
      });
      const at = { names: await readNames(api, runs), now: clock.now(), onUnreadable };
      const answer = runs.map((run) => {
        const { work_pool_id: _, work_pool_name: __, ...flowRun } = toPrefectFlowRun(run, at);
        return { work_pool_id: pool.id, work_queue_id: run.workQueueId ?? pool.id, flow_run: flowRun };
      });
      return { status: 200, body: answer };
    },
  };
}

/** What is wrong with a new pool as Prefect's clients are told of it. */
function toPoolError(error: unknown): unknown {
  if (!isMillraceError(error)) return error;
  switch (error.code) {
    case "OBJECT_EXISTS":
      return new PrefectError({ status: 409, detail: "A work pool with this name already exists." });
    case "NOT_FOUND":
      return new PrefectError({ status: 404, detail: "Block not found." });
    case "JOB_TEMPLATE_INVALID": {
      const what = "Validation failed for work pool's job variable defaults";
      return new PrefectError({ status: 422, detail: `${what}: ${describeVariableFault(error.data)}` });
    }
    default:
      return error;
  }
}

function isReserved(name: string): boolean {
  return name.toLowerCase().startsWith("prefect");
}

function toChange(body: PrefectRequest<"updateWorkPool">["body"]): ObjectChange<"work-pool"> {
  return {
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.is_paused == null ? {} : { paused: body.is_paused }),
    ...(body.concurrency_limit === undefined ? {} : { concurrencyLimit: body.concurrency_limit }),
    ...(body.base_job_template == null ? {} : { baseJobTemplate: body.base_job_template }),
    ...(body.storage_configuration == null ? {} : { storageConfiguration: fromStorage(body.storage_configuration) }),
  };
}
