/** Where the runs of a deployment are put: a work pool, and a queue of it. */

import { MillraceError } from "../contract/errors.ts";
import type { Deployment } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";
import { defaultQueueName } from "../contract/work.ts";
import type { Queues } from "./queues.ts";

type Place = Pick<Deployment, "workPoolId" | "workQueueId">;

/**
 * Workers take runs from queues: a pool without one would keep its runs for ever. So where no queue is named it is the
 * pool's default one, or that which the deployment has while its pool stays.
 *
 * @param before null for a new deployment
 * @returns the change with both, or as it is where it names neither
 * @throws OBJECT_INVALID for a queue of another pool, or of none
 */
export async function placeInPool<Change extends Partial<Place>>(
  { store, queues }: { readonly store: Store; readonly queues: Queues },
  before: Place | null,
  change: Change,
): Promise<Change> {
  if (change.workPoolId === undefined && change.workQueueId === undefined) return change;
  const known = before?.workPoolId ?? null;
  const workPoolId = change.workPoolId === undefined ? known : change.workPoolId;
  const kept = workPoolId === known ? (before?.workQueueId ?? null) : null;
  const asked = change.workQueueId === undefined ? kept : change.workQueueId;
  if (asked === null) {
    return { ...change, workPoolId, workQueueId: workPoolId === null ? null : await defaultQueue(workPoolId) };
  }
  const [queue] = await store.readObjects("work-queue", [asked]);
  // One that is not there is told by who checks what a deployment names.
  if (queue !== undefined && queue.workPoolId !== workPoolId) {
    const whose = workPoolId === null ? "a work pool, and workPoolId names none" : "another work pool";
    throw new MillraceError("OBJECT_INVALID", { reason: `workQueueId names the queue ${queue.name} of ${whose}` });
  }
  return { ...change, workPoolId, workQueueId: asked };

  async function defaultQueue(id: string): Promise<string | null> {
    const [pool] = await store.readObjects("work-pool", [id]);
    if (pool === undefined) return null;
    return pool.defaultQueueId ?? (await queues.ensure(id, defaultQueueName)).id;
  }
}
