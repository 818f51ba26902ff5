/** Work pools and queues as Prefect's clients name them. */

import type { Api } from "../../../contract/api.ts";
import { isMillraceError } from "../../../contract/errors.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { WorkPool, WorkQueue } from "../../../contract/objects.ts";
import type { Condition } from "../../../contract/query.ts";
import type { PageRequest } from "../../../contract/records.ts";
import { PrefectError } from "../errors.ts";
import { agentPoolType } from "../mapping/work-pool.ts";

/** The pool of queues that were made without one. */
export const agentPoolName = "default-agent-pool";

export async function findPool(api: Api, name: string): Promise<WorkPool | null> {
  return (await api.listObjects("work-pool", { where: { field: "name", in: [name] } }, { limit: 1 })).items[0] ?? null;
}

/** @throws 404 when there is none */
export async function readPool(api: Api, name: string): Promise<WorkPool> {
  const pool = await findPool(api, name);
  if (pool === null) throw new PrefectError({ status: 404, detail: `Work pool "${name}" not found.` });
  return pool;
}

export async function findQueue(api: Api, workPoolId: string, name: string): Promise<WorkQueue | null> {
  const where = {
    all: [
      { field: "workPoolId", in: [workPoolId] },
      { field: "name", in: [name] },
    ],
  };
  return (await api.listObjects("work-queue", { where }, { limit: 1 })).items[0] ?? null;
}

/** @throws 404 when there is none */
export async function readQueue(api: Api, pool: WorkPool, name: string): Promise<WorkQueue> {
  const queue = await findQueue(api, pool.id, name);
  if (queue !== null) return queue;
  throw new PrefectError({ status: 404, detail: `Work pool queue '${pool.name}/${name}' not found.` });
}

/** The queue of that name, which is made if it is not there. */
export async function ensureQueue(api: Api, pool: WorkPool, name: string): Promise<WorkQueue> {
  const known = await findQueue(api, pool.id, name);
  if (known !== null) return known;
  try {
    return await api.createWorkQueue({ workPoolId: pool.id, name });
  } catch (error) {
    if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
    return readQueue(api, pool, name);
  }
}

/** Deletes a queue; deployments that were put into it go to the default queue of its pool. */
export async function deleteQueue(api: Api, queue: WorkQueue): Promise<void> {
  const pool = await api.readObject("work-pool", queue.workPoolId);
  if (pool?.defaultQueueId === queue.id) {
    throw new PrefectError({ status: 409, detail: "Can't delete a pool's default queue." });
  }
  const where = { field: "workQueueId", in: [queue.id] };
  for (;;) {
    const { items } = await api.listObjects("deployment", { where }, { limit: 200 });
    if (items.length === 0) break;
    for (const { id } of items) await api.updateDeployment(id, { workQueueId: pool?.defaultQueueId ?? null });
  }
  await api.deleteObject("work-queue", queue.id);
}

/** The pool of agents, which is made when it is first needed. */
export async function ensureAgentPool(api: Api): Promise<WorkPool> {
  const known = await findPool(api, agentPoolName);
  if (known !== null) return known;
  try {
    return await api.createWorkPool({ name: agentPoolName, type: agentPoolType });
  } catch (error) {
    if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
    return readPool(api, agentPoolName);
  }
}

/** The runs that hold slots of a queue, those that have held them longest first. */
export async function listSlotHolders(api: Api, workQueueId: string, page: PageRequest): Promise<readonly FlowRun[]> {
  return (await api.listFlowRuns({ where: holdSlots(workQueueId) }, "started-asc", page)).items;
}

export function holdSlots(workQueueId: string): Condition {
  return {
    all: [
      { field: "workQueueId", in: [workQueueId] },
      { field: "stateType", in: ["PENDING", "RUNNING"] },
    ],
  };
}
