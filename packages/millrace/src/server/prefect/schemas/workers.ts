/** Who takes runs from work pools, and who runs background tasks. */

import * as z from "zod";
import { orNull, record, slice, text, texts, timeText, uuid } from "./common.ts";
import { operator, timeRange } from "./filter-fields.ts";

const workerStatus = z.enum(["ONLINE", "OFFLINE"]);

const workerFilter = z
  .object({
    operator,
    last_heartbeat_time: orNull(timeRange),
    status: orNull(z.object({ any_: orNull(z.array(workerStatus)), not_any_: orNull(z.array(workerStatus)) })),
  })
  .meta({ id: "WorkerFilter" });

export const readWorkersBody = z.object({ workers: orNull(workerFilter), ...slice });

/** The interval is in s. */
export const workerHeartbeatBody = z.object({ name: text, heartbeat_interval_seconds: orNull(z.int()) });

export const workerResponse = z
  .object({
    ...record,
    name: text,
    work_pool_id: uuid,
    last_heartbeat_time: timeText.nullable(),
    heartbeat_interval_seconds: z.int().nullable(),
    status: workerStatus,
  })
  .meta({ id: "WorkerResponse" });

const taskWorkerFilter = z.object({ task_keys: texts });

export const readTaskWorkersBody = z.object({ task_worker_filter: orNull(taskWorkerFilter) });

export const taskWorkerResponse = z
  .object({ identifier: text, task_keys: texts, timestamp: timeText })
  .meta({ id: "TaskWorkerResponse" });

export type WorkerFilter = z.output<typeof workerFilter>;
export type WorkerResponse = z.output<typeof workerResponse>;
