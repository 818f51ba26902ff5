import * as z from "zod";
import {
  limit,
  name,
  orNull,
  pageCounts,
  paging,
  record,
  slice,
  text,
  texts,
  time,
  timeText,
  uuid,
  uuids,
} from "./common.ts";
import { workQueueFilter } from "./run-filters.ts";
import { stateType } from "./states.ts";

/** What older queues took their runs by. */
const queueFilterInput = z.object({ tags: orNull(texts), deployment_ids: orNull(uuids) });
const queueFilter = z.object({ tags: texts.nullable(), deployment_ids: uuids.nullable() }).meta({ id: "QueueFilter" });

const slots = z.int().nonnegative();
/** 1 comes first. */
const priority = z.int().positive();

export const workQueueCreate = z
  .object({
    name,
    description: text.nullable().default(""),
    is_paused: z.boolean().default(false),
    concurrency_limit: orNull(slots),
    priority: orNull(priority),
    filter: orNull(queueFilterInput),
  })
  .meta({ id: "WorkQueueCreate" });

/** What is left out stays as it is. */
export const workQueueUpdate = z
  .object({
    name: text.nullish(),
    description: text.nullish(),
    is_paused: z.boolean().optional(),
    concurrency_limit: slots.nullish(),
    priority: priority.nullish(),
    last_polled: time.nullish(),
    filter: queueFilterInput.nullish(),
  })
  .meta({ id: "WorkQueueUpdate" });

const workQueueFields = {
  ...record,
  name: text,
  description: text.nullable(),
  is_paused: z.boolean(),
  concurrency_limit: slots.nullable(),
  priority,
  work_pool_id: uuid.nullable(),
  filter: queueFilter.nullable(),
  last_polled: timeText.nullable(),
};

export const workQueue = z.object(workQueueFields).meta({ id: "WorkQueue" });

export const workQueueResponse = z
  .object({
    ...workQueueFields,
    work_pool_name: text.nullable(),
    status: z.enum(["READY", "NOT_READY", "PAUSED"]).nullable(),
    active_slots: z.int().nullable(),
  })
  .meta({ id: "WorkQueueResponse" });

export const readWorkQueuesBody = z.object({ work_queues: orNull(workQueueFilter), ...slice });

export const workQueueRunsBody = z.object({ scheduled_before: time.nullish(), limit });

export const workQueueStatus = z
  .object({
    healthy: z.boolean(),
    late_runs_count: z.int(),
    last_polled: timeText.nullable(),
    health_check_policy: z.object({
      maximum_late_runs: z.int().nullable(),
      maximum_seconds_since_last_polled: z.int().nullable(),
    }),
  })
  .meta({ id: "WorkQueueStatusDetail" });

/** A run that holds a slot; its time in the state is in s. */
const slotHolder = z
  .object({
    id: uuid,
    name: text,
    state_type: stateType.nullable(),
    state_name: text.nullable(),
    start_time: timeText.nullable(),
    state_timestamp: timeText.nullable(),
    time_in_current_state: z.number().nullable(),
  })
  .meta({ id: "FlowRunSlotSummary" });

const slotUse = {
  active_slots: z.int(),
  concurrency_limit: z.int().nullable(),
  flow_runs: z.array(slotHolder),
};

/** A queue's part of what its pool tells. */
export const workQueueSlots = z
  .object({ queue_id: uuid, queue_name: text, ...slotUse, flow_run_count: z.int().nullable() })
  .meta({ id: "WorkQueueConcurrencyStatusDetail" });

export const workQueueSlotsBody = z.object(paging);

export const workQueueSlotsPage = z.object({ ...slotUse, ...pageCounts }).meta({ id: "WorkQueueConcurrencyStatus" });

export type WorkQueueCreate = z.output<typeof workQueueCreate>;
export type WorkQueueResponse = z.output<typeof workQueueResponse>;
