/** Handing out work: who is there to run things, and which runs are due for them. */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { WorkPool, WorkQueue } from "../contract/objects.ts";
import type { DueRunsOfQueues, Store } from "../contract/store.ts";
import { type CodeRuntime, type DueRunsRequest, runtimeOf } from "../contract/work.ts";
import type { Clock } from "../kit/clock.ts";
import { freeSlots } from "../rules/work.ts";
import type { ObjectMethods } from "./objects.ts";
import { createReadiness } from "./readiness.ts";
import { noPool, type Queues } from "./queues.ts";
import { createWorkerBeats } from "./worker-beats.ts";

type WorkMethods = Pick<
  Api,
  | "createWorkPool"
  | "updateWorkPool"
  | "createWorkQueue"
  | "updateWorkQueue"
  | "findDueRuns"
  | "findDueRunsOfDeployments"
  | "countActiveRuns"
  | "heartbeatWorker"
  | "tellReadiness"
>;

/** That somebody asks is written down at most this often, in ms. */
const markEveryMs = 5000;

const maxRuns = 200;
/** How often it is looked past the runs of deployments that are for other workers. */
const maxRounds = 20;
const maxQueues = 10_000;

export interface WorkOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly objects: ObjectMethods;
  readonly queues: Queues;
}

export function createWork({ store, clock, objects, queues }: WorkOptions): WorkMethods {
  const readiness = createReadiness({ store, clock });

  async function findDueRuns(request: DueRunsRequest): Promise<readonly FlowRun[]> {
    const [pool] = await store.readObjects("work-pool", [request.workPoolId]);
    if (pool === undefined) throw noPool(request.workPoolId);
    const all = await queuesOf(pool);
    const asked = request.workQueueIds === undefined ? all : all.filter(({ id }) => request.workQueueIds?.includes(id));
    const found = pool.paused ? [] : await findIn(pool, { all, asked, request });
    if (request.isLook !== true) await markQueues(asked);
    return found;
  }

  async function queuesOf(pool: WorkPool): Promise<readonly WorkQueue[]> {
    const where = { field: "workPoolId", in: [pool.id] };
    const sort = { field: "priority", direction: "asc" } as const;
    return (await store.findObjects("work-queue", { where, sort }, { limit: maxQueues })).items;
  }

  async function findIn(
    pool: WorkPool,
    {
      all,
      asked,
      request,
    }: {
      readonly all: readonly WorkQueue[];
      readonly asked: readonly WorkQueue[];
      readonly request: DueRunsRequest;
    },
  ): Promise<readonly FlowRun[]> {
    const isLimited = pool.concurrencyLimit != null || asked.some(({ concurrencyLimit }) => concurrencyLimit != null);
    const used = isLimited ? await store.countActiveRuns(all.map(({ id }) => id)) : [];
    const activeOf = new Map(used.map(({ workQueueId, active }) => [workQueueId, active]));
    const active = used.reduce((sum, each) => sum + each.active, 0);
    const limit = Math.min(request.limit ?? maxRuns, maxRuns, freeSlots({ limit: pool.concurrencyLimit, active }));
    if (limit === 0) return [];
    const open = asked.filter(({ paused }) => !paused);
    const { before, after, runtime } = request;
    const question = {
      queues: open.map(({ id, concurrencyLimit }) => ({
        id,
        max: Math.min(limit, freeSlots({ limit: concurrencyLimit, active: activeOf.get(id) ?? 0 })),
      })),
      before,
      ...(after === undefined ? {} : { after }),
      limit,
    };
    const found = runtime === undefined ? await store.findDueRuns(question) : await findFor(runtime, question);
    return found.filter(isForAnyone);
  }

  /** Asks again without the deployments that are for others, as long as their runs are in the way of more. */
  async function findFor(runtime: CodeRuntime, question: DueRunsOfQueues): Promise<readonly FlowRun[]> {
    const ofOthers = new Set<string>();
    for (let round = 1; ; round++) {
      const found = await store.findDueRuns({ ...question, exceptDeploymentIds: [...ofOthers] });
      const ids = [...new Set(found.flatMap(({ deploymentId }) => deploymentId ?? []))];
      const before = ofOthers.size;
      for (const { id, entrypoint } of ids.length === 0 ? [] : await store.readObjects("deployment", ids)) {
        if (runtimeOf(entrypoint) !== runtime) ofOthers.add(id);
      }
      if (ofOthers.size > before && round < maxRounds) continue;
      return found.filter(({ deploymentId }) => deploymentId === null || !ofOthers.has(deploymentId));
    }
  }

  async function markQueues(asked: readonly WorkQueue[]): Promise<void> {
    const now = clock.now();
    const ids = asked.filter(({ polledAt }) => polledAt === null || polledAt < now - markEveryMs).map(({ id }) => id);
    if (ids.length === 0) return;
    await store.markPolled("work-queue", { ids, at: now, unlessSince: now - markEveryMs });
    await readiness.tellOf("work-queue", ids);
  }

  /** Of one server's own marks, so that each question does not become a write. */
  const markedAt = new Map<string, number>();

  async function markDeployments(deploymentIds: readonly string[]): Promise<void> {
    const now = clock.now();
    const ids = deploymentIds.filter((id) => (markedAt.get(id) ?? 0) < now - markEveryMs);
    if (ids.length === 0) return;
    for (const [id, at] of markedAt) if (at < now - markEveryMs) markedAt.delete(id);
    for (const id of ids) markedAt.set(id, now);
    await store.markPolled("deployment", { ids, at: now, unlessSince: now - markEveryMs });
    await readiness.tellOf("deployment", ids);
  }

  return {
    createWorkPool: queues.createPool,
    updateWorkPool: queues.updatePool,
    createWorkQueue: queues.create,
    updateWorkQueue: queues.update,
    findDueRuns,
    async findDueRunsOfDeployments({ deploymentIds, before, limit = maxRuns }) {
      if (deploymentIds.length === 0) return [];
      const found = await store.findDueRunsOfDeployments({ deploymentIds, before, limit: Math.min(limit, maxRuns) });
      await markDeployments(deploymentIds);
      return found.filter(isForAnyone);
    },
    countActiveRuns: (workQueueIds) => store.countActiveRuns(workQueueIds),
    heartbeatWorker: createWorkerBeats({ store, clock, objects, readiness }),
    tellReadiness: readiness.tell,
  };
}

/** A run whose own process waits to try it again is not for another one. */
function isForAnyone({ state, extra }: FlowRun): boolean {
  return state.name !== "AwaitingRetry" || extra.retryType !== "in_process";
}
