/** Room in work pools and their queues for the runs that are under way: asked for by claims, and told of when there is some. */

import type { FlowRun } from "../contract/flow-run.ts";
import type { WorkPool, WorkQueue } from "../contract/objects.ts";
import type { PoolRoom } from "../contract/record.ts";
import type { Store } from "../contract/store.ts";
import { roomFreedEvent } from "../contract/work.ts";
import type { Clock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { emptyBatch } from "./empty-batch.ts";

/** Queues of a pool that count against its limit. */
const maxQueues = 10_000;

/** What the run needs of its pool and its queue; null where neither has a limit. */
export async function findRoom(store: Store, run: FlowRun): Promise<PoolRoom | null> {
  const found = await readPlace(store, run);
  return found === null ? null : toRoom(store, found);
}

/** Whether there is room now. Only a guarded write can say that there still is. */
export async function isThereRoom(store: Store, { limits }: PoolRoom): Promise<boolean> {
  const used = await store.countActiveRuns([...new Set(limits.flatMap(({ workQueueIds }) => workQueueIds))]);
  const activeOf = new Map(used.map(({ workQueueId, active }) => [workQueueId, active]));
  return limits.every(
    ({ workQueueIds, limit }) => workQueueIds.reduce((sum, id) => sum + (activeOf.get(id) ?? 0), 0) < limit,
  );
}

/** Tells of the room that a run has left, if due runs wait for it: workers that were refused some look again. */
export async function tellOfRoom(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  left: FlowRun,
): Promise<void> {
  const place = await readPlace(store, left);
  if (place === null) return;
  const queues = await queuesOf(store, place.pool);
  const open = queues.filter(({ paused }) => !paused).map(({ id }) => ({ id, max: 1 }));
  const now = clock.now();
  if (place.pool.paused || (await store.findDueRuns({ queues: open, before: now, limit: 1 })).length === 0) return;
  const { id, name } = place.pool;
  const event = {
    id: uuidv7(),
    name: roomFreedEvent,
    at: now,
    flowRunId: null,
    taskRunId: null,
    resource: { id: `millrace.work-pool.${id}`, name },
    payload: null,
  };
  await store.record({ ...emptyBatch, events: [event] });
}

interface Place {
  readonly pool: WorkPool;
  readonly queue: WorkQueue;
}

/** Null where there is nothing that is limited. */
async function readPlace(store: Store, { workPoolId, workQueueId }: FlowRun): Promise<Place | null> {
  if (workPoolId === null || workQueueId === null) return null;
  const [[pool], [queue]] = await Promise.all([
    store.readObjects("work-pool", [workPoolId]),
    store.readObjects("work-queue", [workQueueId]),
  ]);
  if (pool === undefined || queue === undefined) return null;
  return pool.concurrencyLimit == null && queue.concurrencyLimit == null ? null : { pool, queue };
}

async function toRoom(store: Store, { pool, queue }: Place): Promise<PoolRoom> {
  const ofQueue = queue.concurrencyLimit == null ? [] : [{ workQueueIds: [queue.id], limit: queue.concurrencyLimit }];
  if (pool.concurrencyLimit == null) return { workPoolId: pool.id, limits: ofQueue };
  const workQueueIds = (await queuesOf(store, pool)).map(({ id }) => id);
  return { workPoolId: pool.id, limits: [...ofQueue, { workQueueIds, limit: pool.concurrencyLimit }] };
}

async function queuesOf(store: Store, { id }: WorkPool): Promise<readonly WorkQueue[]> {
  const where = { field: "workPoolId", in: [id] };
  return (await store.findObjects("work-queue", { where }, { limit: maxQueues })).items;
}
