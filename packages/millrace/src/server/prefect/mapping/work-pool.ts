/** Work pools, queues and workers at the border. */

import type { Api } from "../../../contract/api.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { JsonObject, Worker, WorkPool, WorkQueue } from "../../../contract/objects.ts";
import { isOnline, isServed } from "../../../contract/work.ts";
import { readByIds } from "../../read-by-ids.ts";
import type { WorkPoolCreate, WorkPoolResponse } from "../schemas/work-pools.ts";
import type { WorkQueueResponse } from "../schemas/work-queues.ts";
import type { WorkerResponse } from "../schemas/workers.ts";
import { toPrefectTime, toPrefectTimeOrNull } from "../times.ts";

/** The type of the pool of agents, which came before workers: it has none, and no status. */
export const agentPoolType = "prefect-agent";

/** Workers that were not heard of for so long are not looked at, in ms. */
const oldestHeartbeatMs = 86_400_000;

/** Objects that are read for one answer, at most. */
const maxObjects = 10_000;

interface At {
  readonly api: Api;
  readonly now: number;
}

type Storage = WorkPoolCreate["storage_configuration"];

export function fromStorage(given: Storage): JsonObject {
  return {
    uploadStep: given.bundle_upload_step,
    executionStep: given.bundle_execution_step,
    resultStorageId: given.default_result_storage_block_id,
  };
}

function toStorage(kept: JsonObject = {}): WorkPoolResponse["storage_configuration"] {
  const { uploadStep, executionStep, resultStorageId } = kept as {
    readonly uploadStep?: Record<string, unknown> | null;
    readonly executionStep?: Record<string, unknown> | null;
    readonly resultStorageId?: string | null;
  };
  return {
    bundle_upload_step: uploadStep ?? null,
    bundle_execution_step: executionStep ?? null,
    default_result_storage_block_id: resultStorageId ?? null,
  };
}

export async function toPrefectPools({ api, now }: At, pools: readonly WorkPool[]): Promise<WorkPoolResponse[]> {
  if (pools.length === 0) return [];
  const ids = pools.map(({ id }) => id);
  const limited = pools.filter(({ concurrencyLimit }) => concurrencyLimit != null).map(({ id }) => id);
  const [served, active] = await Promise.all([findServed(api, ids, now), countActive(api, limited)]);
  return pools.map((pool) => ({
    id: pool.id,
    created: toPrefectTime(pool.createdAt),
    updated: toPrefectTime(pool.updatedAt),
    name: pool.name,
    description: pool.description ?? null,
    type: pool.type,
    base_job_template: { ...pool.baseJobTemplate },
    is_paused: pool.paused,
    concurrency_limit: pool.concurrencyLimit ?? null,
    status: pool.type === agentPoolType ? null : statusOf(pool.paused, served.has(pool.id)),
    default_queue_id: pool.defaultQueueId ?? null,
    storage_configuration: toStorage(pool.storageConfiguration),
    active_slots: pool.concurrencyLimit == null ? null : (active.get(pool.id) ?? 0),
  }));
}

function statusOf(isPaused: boolean, isReady: boolean): "PAUSED" | "READY" | "NOT_READY" {
  if (isPaused) return "PAUSED";
  return isReady ? "READY" : "NOT_READY";
}

/** The pools that have a worker which is there. */
async function findServed(api: Api, poolIds: readonly string[], now: number): Promise<ReadonlySet<string>> {
  const where = {
    all: [
      { field: "workPoolId", in: poolIds },
      { field: "heartbeatAt", above: now - oldestHeartbeatMs },
    ],
  };
  const { items } = await api.listObjects("worker", { where }, { limit: maxObjects });
  return new Set(items.filter((worker) => isOnline(worker, now)).map(({ workPoolId }) => workPoolId));
}

/** How many slots of each pool are taken. */
export async function countActive(api: Api, poolIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (poolIds.length === 0) return new Map();
  const where = { field: "workPoolId", in: poolIds };
  const { items: queues } = await api.listObjects("work-queue", { where }, { limit: maxObjects });
  const poolOf = new Map(queues.map(({ id, workPoolId }) => [id, workPoolId]));
  const active = new Map<string, number>();
  for (const use of await api.countActiveRuns([...poolOf.keys()])) {
    const poolId = poolOf.get(use.workQueueId) ?? "";
    active.set(poolId, (active.get(poolId) ?? 0) + use.active);
  }
  return active;
}

export async function toPrefectQueues({ api, now }: At, queues: readonly WorkQueue[]): Promise<WorkQueueResponse[]> {
  const limited = queues.filter(({ concurrencyLimit }) => concurrencyLimit != null).map(({ id }) => id);
  const [pools, uses] = await Promise.all([
    readByIds(
      api,
      "work-pool",
      queues.map(({ workPoolId }) => workPoolId),
    ),
    limited.length === 0 ? [] : api.countActiveRuns(limited),
  ]);
  const active = new Map(uses.map((use) => [use.workQueueId, use.active]));
  return queues.map((queue) => ({
    id: queue.id,
    created: toPrefectTime(queue.createdAt),
    updated: toPrefectTime(queue.updatedAt),
    name: queue.name,
    description: queue.description ?? "",
    is_paused: queue.paused,
    concurrency_limit: queue.concurrencyLimit ?? null,
    priority: queue.priority,
    work_pool_id: queue.workPoolId,
    filter: null,
    last_polled: toPrefectTimeOrNull(queue.polledAt),
    work_pool_name: pools.get(queue.workPoolId)?.name ?? null,
    status: statusOf(queue.paused, isServed(queue.polledAt, now)),
    active_slots: queue.concurrencyLimit == null ? null : (active.get(queue.id) ?? 0),
  }));
}

export function toPrefectWorker(worker: Worker, now: number): WorkerResponse {
  return {
    id: worker.id,
    created: toPrefectTime(worker.createdAt),
    updated: toPrefectTime(worker.updatedAt),
    name: worker.name,
    work_pool_id: worker.workPoolId,
    last_heartbeat_time: toPrefectTime(worker.heartbeatAt),
    heartbeat_interval_seconds:
      worker.heartbeatIntervalMs == null ? null : Math.round(worker.heartbeatIntervalMs / 1000),
    status: isOnline(worker, now) ? "ONLINE" : "OFFLINE",
  };
}

/** A run that holds a slot. */
export function toSlotHolder(run: FlowRun, now: number) {
  const { state } = run;
  return {
    id: run.id,
    name: run.name,
    state_type: state.type,
    state_name: state.name,
    start_time: toPrefectTimeOrNull(run.startedAt),
    state_timestamp: toPrefectTime(state.at),
    time_in_current_state: Math.max(0, now - state.at) / 1000,
  };
}
