/** Workers of work pools. */

import type { Worker } from "../../../contract/objects.ts";
import type { Condition } from "../../../contract/query.ts";
import { PrefectError } from "../errors.ts";
import { fromField } from "../mapping/filters.ts";
import { toPrefectWorker } from "../mapping/work-pool.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import type { WorkerFilter, WorkerResponse } from "../schemas/workers.ts";
import { readPool } from "./work-lookups.ts";

type WorkerHandler = Extract<keyof PrefectHandlers, "workerHeartbeat" | "readWorkers" | "deleteWorker">;

/** Workers of one pool that are looked at, at most. */
const maxWorkers = 10_000;

export function workerHandlers({ api, clock }: PrefectContext): Pick<PrefectHandlers, WorkerHandler> {
  async function list(workPoolId: string, more: readonly Condition[]): Promise<readonly Worker[]> {
    const where = { all: [{ field: "workPoolId", in: [workPoolId] }, ...more] };
    const sort = { field: "heartbeatAt", direction: "desc" } as const;
    return (await api.listObjects("worker", { where, sort }, { limit: maxWorkers })).items;
  }

  return {
    async workerHeartbeat({ params, body }) {
      const pool = await readPool(api, params.work_pool_name);
      const { name, heartbeat_interval_seconds: seconds } = body;
      await api.heartbeatWorker({
        workPoolId: pool.id,
        name,
        heartbeatIntervalMs: seconds === null ? null : seconds * 1000,
        runtime: "python",
      });
      return { status: 204 };
    },

    async readWorkers({ params, body }) {
      const pool = await readPool(api, params.work_pool_name);
      const now = clock.now();
      const all = (await list(pool.id, [])).map((worker) => toPrefectWorker(worker, now));
      const { workers: filter } = body;
      const times = filter === null ? null : fromField("heartbeatAt", filter.last_heartbeat_time);
      const inTime = times === null ? null : new Set((await list(pool.id, [times])).map(({ id }) => id));
      const found = all.filter((worker) => meets(worker, filter, inTime));
      return { status: 200, body: found.slice(body.offset, body.offset + body.limit) };
    },

    async deleteWorker({ params }) {
      const pool = await readPool(api, params.work_pool_name);
      const [worker] = await list(pool.id, [{ field: "name", in: [params.name] }]);
      if (worker === undefined || !(await api.deleteObject("worker", worker.id))) {
        throw new PrefectError({ status: 404, detail: "Worker not found." });
      }
      return { status: 204 };
    },
  };
}

/** Whether a worker is there is known only when it is looked at, so that the filter of it is applied here. */
function meets(worker: WorkerResponse, filter: WorkerFilter | null, inTime: ReadonlySet<string> | null): boolean {
  if (filter === null) return true;
  const { any_ = null, not_any_ = null } = filter.status ?? {};
  const conditions = [
    any_ === null ? [] : any_.includes(worker.status),
    not_any_ === null ? [] : !not_any_.includes(worker.status),
    inTime === null ? [] : inTime.has(worker.id),
  ].flat();
  if (conditions.length === 0) return true;
  return filter.operator === "or_" ? conditions.includes(true) : !conditions.includes(false);
}
