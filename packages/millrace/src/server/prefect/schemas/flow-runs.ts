import * as z from "zod";
import {
  bulkLimit,
  deleted,
  jsonObject,
  labels,
  orNull,
  pageOf,
  paging,
  record,
  runName,
  seconds,
  slice,
  text,
  texts,
  time,
  timeText,
  uuid,
  uuids,
} from "./common.ts";
import { filtersWithPools, filtersWithQueues, flowRunFilter, workQueueFilter } from "./run-filters.ts";
import { flowRunOrchestrationResult, state, stateCreate, stateType } from "./states.ts";

const retryType = z.enum(["in_process", "reschedule"]);

/** How often, and after how many seconds, a run is tried again. The first two are of older clients. */
export const flowRunPolicyInput = z.object({
  max_retries: z.int().default(0),
  retry_delay_seconds: z.number().default(0),
  retries: orNull(z.int()),
  retry_delay: orNull(z.int()),
  pause_keys: texts.nullable().default([]),
  resuming: z.boolean().nullable().default(false),
  retry_type: orNull(retryType),
});

export const flowRunPolicy = z
  .object({
    max_retries: z.int(),
    retry_delay_seconds: z.number(),
    retries: z.int().nullable(),
    retry_delay: z.int().nullable(),
    pause_keys: texts.nullable(),
    resuming: z.boolean().nullable(),
    retry_type: retryType.nullable(),
  })
  .meta({ id: "FlowRunPolicy" });

/** Who made or changed a thing. */
export const createdBy = z
  .object({ id: uuid.nullable(), type: text.nullable(), display_value: text.nullable() })
  .meta({ id: "CreatedBy" });

/** What a flow run can be given by whoever makes it, with a deployment or without. */
export const flowRunToMake = {
  state: orNull(stateCreate),
  name: runName,
  parameters: jsonObject.default({}),
  context: jsonObject.default({}),
  parent_task_run_id: orNull(uuid),
  infrastructure_document_id: orNull(uuid),
  empirical_policy: flowRunPolicyInput.prefault({}),
  tags: texts.default([]),
  labels: labels.nullable().default({}),
  idempotency_key: orNull(text),
  work_queue_name: orNull(text),
  job_variables: orNull(jsonObject),
};

export const flowRunCreate = z
  .object({
    ...flowRunToMake,
    flow_id: uuid,
    flow_version: orNull(text),
    work_pool_name: orNull(text),
    deployment_id: orNull(uuid),
  })
  .meta({ id: "FlowRunCreate" });

/** What is left out stays as it is. */
export const flowRunUpdate = z
  .object({
    name: text.nullish(),
    flow_version: text.nullish(),
    parameters: jsonObject.optional(),
    empirical_policy: flowRunPolicyInput.optional(),
    tags: texts.optional(),
    infrastructure_pid: text.nullish(),
    job_variables: jsonObject.nullish(),
  })
  .meta({ id: "FlowRunUpdate" });

const flowRunFields = {
  ...record,
  name: text,
  flow_id: uuid,
  state_id: uuid.nullable(),
  deployment_id: uuid.nullable(),
  deployment_version: text.nullable(),
  work_queue_id: uuid.nullable(),
  work_queue_name: text.nullable(),
  flow_version: text.nullable(),
  parameters: jsonObject,
  idempotency_key: text.nullable(),
  context: jsonObject,
  empirical_policy: flowRunPolicy,
  tags: texts,
  labels,
  parent_task_run_id: uuid.nullable(),
  state_type: stateType.nullable(),
  state_name: text.nullable(),
  run_count: z.int(),
  expected_start_time: timeText.nullable(),
  next_scheduled_start_time: timeText.nullable(),
  start_time: timeText.nullable(),
  end_time: timeText.nullable(),
  total_run_time: z.number(),
  estimated_run_time: z.number(),
  estimated_start_time_delta: z.number(),
  auto_scheduled: z.boolean(),
  infrastructure_document_id: uuid.nullable(),
  infrastructure_pid: text.nullable(),
  created_by: createdBy.nullable(),
  state: state.nullable(),
  job_variables: jsonObject.nullable(),
};

/** A flow run as every route but one gives it. */
export const flowRunResponse = z
  .object({ ...flowRunFields, work_pool_id: uuid.nullable(), work_pool_name: text.nullable() })
  .meta({ id: "FlowRunResponse" });

/** As the queues of a work pool give it to a worker: with the ids that say where it came from beside it. */
export const workerFlowRunResponse = z
  .object({
    work_pool_id: uuid,
    work_queue_id: uuid,
    flow_run: z.object({ ...flowRunFields, labels: labels.nullable() }).meta({ id: "FlowRun" }),
  })
  .meta({ id: "WorkerFlowRunResponse" });

export const flowRunSort = z.enum([
  "ID_DESC",
  "START_TIME_ASC",
  "START_TIME_DESC",
  "EXPECTED_START_TIME_ASC",
  "EXPECTED_START_TIME_DESC",
  "NAME_ASC",
  "NAME_DESC",
  "NEXT_SCHEDULED_START_TIME_ASC",
  "END_TIME_DESC",
]);

const sort = flowRunSort.default("ID_DESC");

export const filterFlowRunsBody = z.object(filtersWithQueues);
export const readFlowRunsBody = z.object({ ...filtersWithQueues, ...slice, sort });
export const paginateFlowRunsBody = z.object({ ...filtersWithQueues, ...paging, sort });

/** The window that a history divides, and the length of a division. */
export const historyWindow = { history_start: time, history_end: time, history_interval_seconds: seconds };

export const flowRunHistoryBody = z.object({
  ...historyWindow,
  ...filtersWithPools,
  work_queues: orNull(workQueueFilter),
});

export const bulkDeleteFlowRunsBody = z.object({ flow_runs: orNull(flowRunFilter), limit: bulkLimit });

export const bulkSetFlowRunStateBody = z.object({
  flow_runs: orNull(flowRunFilter),
  state: stateCreate,
  force: z.boolean().default(false),
  limit: bulkLimit,
});

export const resumeFlowRunBody = z.object({ run_input: orNull(jsonObject) });

export const createFlowRunInputBody = z.object({ key: text, value: text, sender: orNull(text) });

export const filterFlowRunInputBody = z.object({
  prefix: text,
  limit: z.int().default(1),
  exclude_keys: texts.default([]),
});

export const flowRunInput = z
  .object({ ...record, flow_run_id: uuid, key: text, value: text, sender: text.nullable() })
  .meta({ id: "FlowRunInput" });

export const flowRunPage = pageOf(flowRunResponse).meta({ id: "FlowRunPaginationResponse" });
export const flowRunsDeleted = deleted.meta({ id: "FlowRunBulkDeleteResponse" });

export const flowRunStatesSet = z
  .object({ results: z.array(flowRunOrchestrationResult) })
  .meta({ id: "FlowRunBulkSetStateResponse" });

export const flowRunIdsBody = z.object({ flow_run_ids: uuids.max(200) });

export type FlowRunCreate = z.output<typeof flowRunCreate>;
export type FlowRunResponse = z.output<typeof flowRunResponse>;
export type FlowRunPolicy = z.output<typeof flowRunPolicy>;
