/** Whether pools, queues and deployments are served, and the events that tell of it when that changes. */

import type { Deployment, Readiness, WorkPool, WorkQueue } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import type { Store } from "../contract/store.ts";
import { isOnline, isServed } from "../contract/work.ts";
import type { Clock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";

interface Served {
  readonly "work-pool": WorkPool;
  readonly "work-queue": WorkQueue;
  readonly deployment: Deployment;
}

type Kind = keyof Served;

export interface ReadinessTeller {
  /** Looks at these. */
  readonly tellOf: (kind: Kind, ids: readonly string[]) => Promise<number>;
  /** Looks at some of all of them, at others the next time. */
  readonly tell: () => Promise<number>;
}

/** Of each kind, looked at in one go. */
const pageSize = 200;

/** Workers that were not heard of for so long are not looked at, in ms. */
const oldestHeartbeatMs = 86_400_000;
const maxWorkers = 10_000;

export function createReadiness({ store, clock }: { readonly store: Store; readonly clock: Clock }): ReadinessTeller {
  /** Where the next look goes on. */
  const cursors: Record<Kind, string | null> = { "work-pool": null, "work-queue": null, deployment: null };

  const read: { readonly [K in Kind]: (objects: readonly Served[K][]) => Promise<readonly Readiness[]> } = {
    "work-pool": async (pools) => {
      const served = await findServedPools(pools.map(({ id }) => id));
      return pools.map(({ id, paused }) => (paused ? "paused" : served.has(id) ? "ready" : "not-ready"));
    },
    "work-queue": async (queues) => {
      const now = clock.now();
      return queues.map(({ paused, polledAt }) =>
        paused ? "paused" : isServed(polledAt, now) ? "ready" : "not-ready",
      );
    },
    deployment: async (deployments) => {
      const now = clock.now();
      const queueIds = new Set(deployments.flatMap(({ workQueueId }) => workQueueId ?? []));
      const queues = await store.readObjects("work-queue", [...queueIds]);
      const served = new Set(queues.filter(({ polledAt }) => isServed(polledAt, now)).map(({ id }) => id));
      return deployments.map(({ polledAt, workQueueId }) =>
        isServed(polledAt, now) || (workQueueId !== null && served.has(workQueueId)) ? "ready" : "not-ready",
      );
    },
  };

  async function findServedPools(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const now = clock.now();
    const where: Condition = {
      all: [
        { field: "workPoolId", in: ids },
        { field: "heartbeatAt", above: now - oldestHeartbeatMs },
      ],
    };
    const { items } = await store.findObjects("worker", { where }, { limit: maxWorkers });
    return new Set(items.filter((worker) => isOnline(worker, now)).map(({ workPoolId }) => workPoolId));
  }

  async function tellAll<K extends Kind>(kind: K, objects: readonly Served[K][]): Promise<number> {
    if (objects.length === 0) return 0;
    const found = await read[kind](objects);
    let told = 0;
    for (const [index, object] of objects.entries()) {
      const readiness = found[index] ?? "not-ready";
      // Who was never served is not told to have ceased to be.
      if (readiness === (object.readiness ?? "not-ready")) continue;
      if (!(await write(kind, object, readiness))) continue;
      told++;
      if (kind === "work-queue") told += await tellDeploymentsOf(object.id);
    }
    return told;
  }

  /** False when it was changed meanwhile; it is looked at again. */
  async function write<K extends Kind>(kind: K, object: Served[K], readiness: Readiness): Promise<boolean> {
    const at = clock.now();
    const changed = { ...object, readiness, revision: object.revision + 1, updatedAt: at };
    const outcome = await store.replaceObject<Kind>(kind, changed, {
      id: uuidv7(),
      name: `millrace.${kind}.${readiness}`,
      at,
      flowRunId: null,
      taskRunId: null,
      resource: { id: `millrace.${kind}.${object.id}`, name: object.name },
      payload: null,
    });
    return outcome === "written";
  }

  async function tellDeploymentsOf(workQueueId: string): Promise<number> {
    const where: Condition = { field: "workQueueId", in: [workQueueId] };
    const { items } = await store.findObjects("deployment", { where }, { limit: pageSize });
    return tellAll("deployment", items);
  }

  async function tellSome<K extends Kind>(kind: K): Promise<number> {
    const page = await store.findObjects(kind, { where: { all: [] } }, { limit: pageSize, cursor: cursors[kind] });
    cursors[kind] = page.next;
    return tellAll(kind, page.items as unknown as readonly Served[K][]);
  }

  return {
    tellOf: async (kind, ids) => tellAll(kind, await store.readObjects(kind, ids)),
    tell: async () => (await tellSome("work-pool")) + (await tellSome("work-queue")) + (await tellSome("deployment")),
  };
}
