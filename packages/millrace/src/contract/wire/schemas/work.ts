/** Schemas of contract/work.ts. Pools, queues and workers themselves are objects of objects.ts. */

import * as z from "zod";
import type { Worker, WorkPool, WorkQueue } from "../../objects.ts";
import type { WorkPoolChange, WorkPoolToMake, WorkQueueChange, WorkQueueToMake } from "../../work.ts";
import { objectSchemas } from "./objects.ts";
import { time } from "./states.ts";

const id = z.string();
const ids = z.array(id);
const runtime = z.enum(["node", "python"]);
const limit = z.int().min(1).max(200).exactOptional();

// The fields of objects.ts are known as schemas, and not as types.
export const workPool = objectSchemas["work-pool"].whole as unknown as z.ZodType<WorkPool>;
export const workQueue = objectSchemas["work-queue"].whole as unknown as z.ZodType<WorkQueue>;
export const worker = objectSchemas.worker.whole as unknown as z.ZodType<Worker>;

export const workPoolToMake = objectSchemas["work-pool"].created
  .omit({ defaultQueueId: true, readiness: true })
  .extend({ paused: z.boolean().exactOptional() })
  .meta({ id: "WorkPoolToMake" }) as unknown as z.ZodType<WorkPoolToMake>;

export const workPoolChange = objectSchemas["work-pool"].change
  .omit({ defaultQueueId: true, readiness: true })
  .meta({ id: "ChangeOfWorkPool" }) as unknown as z.ZodType<WorkPoolChange>;

export const workQueueToMake = objectSchemas["work-queue"].created
  .omit({ polledAt: true, readiness: true })
  .extend({ paused: z.boolean().exactOptional(), priority: z.int().min(1).exactOptional() })
  .meta({ id: "WorkQueueToMake" }) as unknown as z.ZodType<WorkQueueToMake>;

export const workQueueChange = objectSchemas["work-queue"].change
  .omit({ workPoolId: true, readiness: true })
  .meta({ id: "ChangeOfWorkQueue" }) as unknown as z.ZodType<WorkQueueChange>;

export const dueRunsRequest = z
  .object({
    workPoolId: id,
    workQueueIds: ids.exactOptional(),
    before: time,
    after: time.exactOptional(),
    limit,
    isLook: z.boolean().exactOptional(),
    runtime: runtime.exactOptional(),
    waitMs: z.number().int().min(0).max(60_000).exactOptional(),
    askedBy: z.string().min(1).max(200).exactOptional(),
  })
  .meta({ id: "DueRunsRequest" });

export const dueRunsOfDeploymentsRequest = z
  .object({ deploymentIds: ids, before: time, limit })
  .meta({ id: "DueRunsOfDeploymentsRequest" });

export const queueUse = z.object({ workQueueId: id, active: z.number() }).meta({ id: "QueueUse" });

export const workerHeartbeat = z
  .object({
    workPoolId: id,
    name: z.string().min(1),
    heartbeatIntervalMs: z.number().nullable().exactOptional(),
    runtime: runtime.exactOptional(),
  })
  .meta({ id: "WorkerHeartbeat" });
