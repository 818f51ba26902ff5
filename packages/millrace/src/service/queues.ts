/** The queues of work pools, and their order. */

import { MillraceError, isMillraceError } from "../contract/errors.ts";
import { jobTemplateOf } from "../contract/job-templates/job-template-of.ts";
import type { WorkPool, WorkQueue } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";
import {
  defaultQueueName,
  type WorkPoolChange,
  type WorkPoolToMake,
  type WorkQueueChange,
  type WorkQueueToMake,
} from "../contract/work.ts";
import { uuidv7 } from "../kit/ids.ts";
import { freePriority, makeRoom } from "../rules/work.ts";
import { checkJobTemplate } from "./check-job-template.ts";
import type { ObjectMethods } from "./objects.ts";

export interface Queues {
  readonly createPool: (pool: WorkPoolToMake) => Promise<WorkPool>;
  readonly updatePool: (id: string, change: WorkPoolChange, revision?: number) => Promise<WorkPool | null>;
  readonly create: (queue: WorkQueueToMake) => Promise<WorkQueue>;
  readonly update: (id: string, change: WorkQueueChange, revision?: number) => Promise<WorkQueue | null>;
  /** The queue of that name, which is made if it is not there. */
  readonly ensure: (workPoolId: string, name: string) => Promise<WorkQueue>;
}

/** Queues of a pool that are read at once. More are not ordered among each other. */
const maxQueues = 10_000;

export function createQueues({ store, objects }: { readonly store: Store; readonly objects: ObjectMethods }): Queues {
  async function queuesOf(workPoolId: string): Promise<readonly WorkQueue[]> {
    const where = { field: "workPoolId", in: [workPoolId] };
    return (await store.findObjects("work-queue", { where }, { limit: maxQueues })).items;
  }

  async function moveOthers(queue: WorkQueue): Promise<void> {
    for (const { id, priority } of makeRoom(await queuesOf(queue.workPoolId), queue)) {
      await objects.updateObject("work-queue", id, { priority });
    }
  }

  async function create(queue: WorkQueueToMake & { readonly id?: string }): Promise<WorkQueue> {
    const { workPoolId } = queue;
    if ((await store.readObjects("work-pool", [workPoolId])).length === 0) throw noPool(workPoolId);
    const priority = queue.priority ?? freePriority((await queuesOf(workPoolId)).map((each) => each.priority));
    const made = await objects.createObject("work-queue", { paused: false, ...queue, priority, polledAt: null });
    if (queue.priority !== undefined) await moveOthers(made);
    return made;
  }

  async function find(workPoolId: string, name: string): Promise<WorkQueue | null> {
    const where = {
      all: [
        { field: "workPoolId", in: [workPoolId] },
        { field: "name", in: [name] },
      ],
    };
    return (await store.findObjects("work-queue", { where }, { limit: 1 })).items[0] ?? null;
  }

  async function ensure(workPoolId: string, name: string): Promise<WorkQueue> {
    const known = await find(workPoolId, name);
    if (known !== null) return known;
    try {
      return await create({ workPoolId, name });
    } catch (error) {
      const other = isMillraceError(error, "OBJECT_EXISTS") ? await find(workPoolId, name) : null;
      if (other === null) throw error;
      return other;
    }
  }

  return {
    create,
    ensure,
    async createPool(pool) {
      // An empty one is a template too: it checks nothing, and waits for that of a worker.
      const baseJobTemplate = pool.baseJobTemplate ?? (await jobTemplateOf(pool.type)) ?? {};
      await checkJobTemplate(store, { name: pool.name, template: baseJobTemplate });
      const defaultQueueId = uuidv7();
      const made = await objects.createObject("work-pool", { paused: false, ...pool, baseJobTemplate, defaultQueueId });
      const description = "The work pool's default queue.";
      await create({ id: defaultQueueId, workPoolId: made.id, name: defaultQueueName, description });
      return made;
    },
    async updatePool(id, change, revision) {
      const [known] = await store.readObjects("work-pool", [id]);
      if (known === undefined) return null;
      await checkJobTemplate(store, { name: known.name, template: change.baseJobTemplate });
      return await objects.updateObject("work-pool", id, change, revision);
    },
    async update(id, change, revision) {
      const changed = await objects.updateObject("work-queue", id, change, revision);
      if (changed !== null && change.priority !== undefined) await moveOthers(changed);
      return changed;
    },
  };
}

export function noPool(id: string): MillraceError {
  return new MillraceError("NOT_FOUND", {
    kind: "work-pool",
    name: id,
    advice: "Look at the list of those there are.",
  });
}
