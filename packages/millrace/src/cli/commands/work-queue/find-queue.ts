import type { Api } from "../../../contract/api.ts";
import type { WorkQueue } from "../../../contract/objects.ts";
import type { WorkQueueChange } from "../../../contract/work.ts";
import { text } from "../../arguments/options.ts";
import type { CommandContext } from "../../command.ts";
import { demandChanged } from "../../demand-changed.ts";
import { findObject } from "../../find-object.ts";
import { queuesOf, workPools, workQueues } from "../../object-lookups.ts";

/** Which pool is meant by a name that several have. */
export const poolOption = text("POOL", "The work pool of the queue, where its name alone does not say which.");

/** @throws NOT_FOUND, and USAGE where queues of several pools have the name */
export async function findQueue(api: Api, reference: string, pool: string | undefined): Promise<WorkQueue> {
  if (pool === undefined) return findObject(api, reference, workQueues);
  return findObject(api, reference, queuesOf(await findObject(api, pool, workPools)));
}

/** "pool/name" */
export async function queueTitle(api: Api, queue: WorkQueue): Promise<string> {
  const [title = queue.name] = await workQueues.titles(api, [queue]);
  return title;
}

/** Changes a queue and says so. @throws NOT_FOUND when it was deleted meanwhile */
export async function changeQueue(
  api: Api,
  options: {
    readonly queue: WorkQueue;
    readonly change: WorkQueueChange;
    readonly context: CommandContext;
    readonly told: (title: string) => string;
  },
): Promise<void> {
  const { queue, change, context, told } = options;
  const updated = await api.updateWorkQueue(queue.id, change);
  const changed = demandChanged(updated, { kind: "work queue", name: queue.name });
  if (context.json) context.out.json(changed);
  else context.out.line(told(await queueTitle(api, changed)));
}
