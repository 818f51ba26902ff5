/** The first exchange on a worker's channel: its hello finds the pool and the queues, and counts as its first heartbeat. */

import type { Api } from "../../../contract/api.ts";
import { isMillraceError } from "../../../contract/errors.ts";
import type { WorkPool, WorkQueue } from "../../../contract/objects.ts";
import type { Clock } from "../../../kit/clock.ts";
import { findPool } from "../handlers/work-lookups.ts";
import { toPrefectPools } from "../mapping/work-pool.ts";
import { workPoolCreate } from "../schemas/work-pools.ts";
import {
  channelVersion,
  cleanupCapability,
  requiredCapabilities,
  type WorkerHello,
} from "../schemas/worker-channel.ts";
import { ChannelClosed, toSnapshot } from "./channel-frames.ts";

/** Queues of a pool that are named to its worker, at most. */
const maxQueues = 10_000;

export interface Welcome {
  /** The payload of `worker.ready.v1`. */
  readonly ready: object;
  readonly pool: WorkPool;
  readonly workQueueIds: readonly string[];
  /** How many orders it takes at once; 0 for a worker that takes none. */
  readonly maxTeardowns: number;
}

/** @throws ChannelClosed when the worker cannot be let in */
export async function welcomeWorker(
  { api, clock }: { readonly api: Api; readonly clock: Pick<Clock, "now"> },
  { poolName, hello }: { readonly poolName: string; readonly hello: WorkerHello },
): Promise<Welcome> {
  if (!hello.supported_channel_versions.includes(channelVersion)) throw new ChannelClosed("unsupported_version");
  const found = await ensureTemplate(api, await ensurePool(api, poolName, hello), hello);
  const queues = await findQueues(api, found, hello.work_queue_names);
  await beat(api, found.id, hello);
  const pool = (await api.readObject("work-pool", found.id)) ?? found;
  const [shown] = await toPrefectPools({ api, now: clock.now() }, [pool]);
  if (shown === undefined) throw new ChannelClosed("transient_server_error");
  const cleansUp =
    hello.requested_capabilities.includes(cleanupCapability) &&
    hello.handled_cleanup_kinds.length > 0 &&
    hello.max_cleanup_concurrency > 0;
  const accepted: readonly string[] = cleansUp ? [...requiredCapabilities, cleanupCapability] : requiredCapabilities;
  const ready = {
    consumer_id: hello.consumer_id,
    // As Prefect's own server has it: only its cloud tells workers their ids.
    worker_id: null,
    selected_channel_version: channelVersion,
    effective_heartbeat_interval_seconds: hello.heartbeat_interval_seconds,
    accepted_capabilities: accepted,
    rejected_capabilities: [...new Set(hello.requested_capabilities)].filter((each) => !accepted.includes(each)),
    effective_max_cleanup_concurrency: cleansUp ? hello.max_cleanup_concurrency : 0,
    resolved_work_queues: queues.map(({ id, name }) => ({ id, name })),
    initial_snapshot: toSnapshot(shown, { sequence: 1, reason: "initial" }),
  };
  const takes = cleansUp && hello.handled_cleanup_kinds.includes("cancelling_timeout_teardown.v1");
  return {
    ready,
    pool,
    workQueueIds: queues.map(({ id }) => id),
    maxTeardowns: takes ? hello.max_cleanup_concurrency : 0,
  };
}

/** What its hello and each of its heartbeats write down. @throws ChannelClosed */
export async function beat(
  api: Api,
  workPoolId: string,
  {
    worker_name: name,
    heartbeat_interval_seconds: seconds,
  }: Pick<WorkerHello, "worker_name" | "heartbeat_interval_seconds">,
): Promise<void> {
  try {
    await api.heartbeatWorker({ workPoolId, name, heartbeatIntervalMs: seconds * 1000, runtime: "python" });
  } catch (cause) {
    throw new ChannelClosed("heartbeat_persistence_failed", { cause });
  }
}

async function ensurePool(api: Api, name: string, hello: WorkerHello): Promise<WorkPool> {
  const known = await findPool(api, name);
  if (known !== null) return known;
  const isReserved = name.toLowerCase().startsWith("prefect");
  if (!hello.create_pool_if_not_found || isReserved) throw new ChannelClosed("authorization_failed");
  const { worker_type: type, default_base_job_template: base_job_template } = hello;
  const parsed = workPoolCreate.safeParse({ name, type, base_job_template });
  if (!parsed.success) throw new ChannelClosed("protocol_error", { cause: parsed.error });
  try {
    return await api.createWorkPool({ name, type, baseJobTemplate: parsed.data.base_job_template });
  } catch (error) {
    // The same template would be refused the next time too.
    if (isMillraceError(error, "JOB_TEMPLATE_INVALID") || isMillraceError(error, "NOT_FOUND")) {
      throw new ChannelClosed("protocol_error", { cause: error });
    }
    const other = isMillraceError(error, "OBJECT_EXISTS") ? await findPool(api, name) : null;
    if (other === null) throw error;
    return other;
  }
}

/** A pool that was made without a template takes that of its first worker. */
async function ensureTemplate(api: Api, pool: WorkPool, hello: WorkerHello): Promise<WorkPool> {
  const { default_base_job_template: template } = hello;
  const isBare = Object.keys(pool.baseJobTemplate ?? {}).length === 0;
  if (!isBare || Object.keys(template).length === 0) return pool;
  const parsed = workPoolCreate.safeParse({ name: pool.name, base_job_template: template });
  if (!parsed.success) throw new ChannelClosed("protocol_error", { cause: parsed.error });
  const change = { baseJobTemplate: parsed.data.base_job_template };
  return (await api.updateObject("work-pool", pool.id, change)) ?? pool;
}

/** Those it names, else all of the pool. */
async function findQueues(api: Api, pool: WorkPool, names: readonly string[]): Promise<readonly WorkQueue[]> {
  const ofPool = { field: "workPoolId", in: [pool.id] };
  if (names.length === 0) return (await api.listObjects("work-queue", { where: ofPool }, { limit: maxQueues })).items;
  const wanted = [...new Set(names)];
  const where = { all: [ofPool, { field: "name", in: wanted }] };
  const { items } = await api.listObjects("work-queue", { where }, { limit: wanted.length });
  const byName = new Map(items.map((queue) => [queue.name, queue]));
  return wanted.map((name) => {
    const queue = byName.get(name);
    if (queue === undefined) throw new ChannelClosed("authorization_failed");
    return queue;
  });
}
