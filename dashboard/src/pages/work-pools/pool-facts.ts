/** What is known of work pools beside themselves: who serves them, what they run now, and what waits for them. */

import type { Condition, Worker, WorkPool, WorkQueue } from "millrace/client";
import { api } from "../../api/api.ts";
import { readNow } from "../../format/now.ts";

/** Workers not heard of for so long are not read, in ms. */
const oldestHeartbeatMs = 86_400_000;
const maxWorkers = 500;
const maxQueues = 1000;
/** Of the runs that wait longest, over all pools or queues of a page. */
const maxOldest = 100;

export interface PoolFacts {
  readonly pool: WorkPool;
  readonly queues: readonly WorkQueue[];
  /** Runs that hold a slot. */
  readonly active: number;
  /** The newest heartbeat first. */
  readonly workers: readonly Worker[];
  readonly waiting: Waiting;
}

export interface Waiting {
  readonly count: number;
  /** When the run that waits longest was due; null where none waits, or it is not among the oldest of all. */
  readonly oldestDueAt: number | null;
}

export const nothingWaits: Waiting = { count: 0, oldestDueAt: null };

/** Runs whose time has come, and which nobody has taken. */
function isWaiting(now: number): Condition {
  return {
    all: [
      { field: "stateType", in: ["SCHEDULED"] },
      { field: "dueAt", atMost: now },
    ],
  };
}

/** By pool or by queue: how many runs wait for each, and since when. */
export async function readWaiting(
  field: "workPoolId" | "workQueueId",
  ids: readonly string[],
): Promise<ReadonlyMap<string, Waiting>> {
  if (ids.length === 0) return new Map();
  // To the second, so that the same question is asked again.
  const now = Math.floor(readNow() / 1000) * 1000;
  const where: Condition = { all: [{ field, in: ids }, isWaiting(now)] };
  const [counts, oldest] = await Promise.all([
    api.countBy("flow-run", field, where),
    api.listFlowRunRows({ where }, "expected-asc", { limit: maxOldest }),
  ]);
  const since = new Map<string, number>();
  for (const run of oldest.items) {
    const id = run[field];
    if (id !== null && !since.has(id)) since.set(id, run.dueAt ?? run.expectedAt);
  }
  return new Map(
    counts.map(({ value, count }) => [String(value), { count, oldestDueAt: since.get(String(value)) ?? null }]),
  );
}

export async function readPoolFacts(pools: readonly WorkPool[]): Promise<readonly PoolFacts[]> {
  if (pools.length === 0) return [];
  const ids = pools.map(({ id }) => id);
  const ofPools: Condition = { field: "workPoolId", in: ids };
  const [queues, workers, waiting] = await Promise.all([
    api.listObjects(
      "work-queue",
      { where: ofPools, sort: { field: "priority", direction: "asc" } },
      { limit: maxQueues },
    ),
    readWorkers(ofPools),
    readWaiting("workPoolId", ids),
  ]);
  const uses = await api.countActiveRuns(queues.items.map(({ id }) => id));
  const activeOf = new Map(uses.map(({ workQueueId, active }) => [workQueueId, active]));
  return pools.map((pool) => {
    const own = queues.items.filter(({ workPoolId }) => workPoolId === pool.id);
    return {
      pool,
      queues: own,
      active: own.reduce((sum, { id }) => sum + (activeOf.get(id) ?? 0), 0),
      workers: workers.filter(({ workPoolId }) => workPoolId === pool.id),
      waiting: waiting.get(pool.id) ?? nothingWaits,
    };
  });
}

async function readWorkers(ofPools: Condition): Promise<readonly Worker[]> {
  const where: Condition = { all: [ofPools, { field: "heartbeatAt", above: readNow() - oldestHeartbeatMs }] };
  const sort = { field: "heartbeatAt", direction: "desc" } as const;
  return (await api.listObjects("worker", { where, sort }, { limit: maxWorkers })).items;
}
