import * as z from "zod";
import { labels, orNull, pageOf, paging, record, runName, slice, text, texts, time, timeText, uuid } from "./common.ts";
import { historyWindow } from "./flow-runs.ts";
import { runFilters } from "./run-filters.ts";
import { state, stateCreate, stateType, taskInputs, taskInputsCreate } from "./states.ts";

/** One delay for all retries, or one for each, in s. */
const retryDelay = z.union([z.number(), z.array(z.number()).max(50)]);

const taskRunPolicyInput = z.object({
  max_retries: z.int().default(0),
  retry_delay_seconds: z.number().default(0),
  retries: orNull(z.int()),
  retry_delay: orNull(retryDelay),
  retry_jitter_factor: orNull(z.number().nonnegative()),
});

const taskRunPolicy = z
  .object({
    max_retries: z.int(),
    retry_delay_seconds: z.number(),
    retries: z.int().nullable(),
    retry_delay: retryDelay.nullable(),
    retry_jitter_factor: z.number().nullable(),
  })
  .meta({ id: "TaskRunPolicy" });

export const taskRunCreate = z
  .object({
    id: orNull(uuid),
    state: orNull(stateCreate),
    name: runName,
    flow_run_id: orNull(uuid),
    task_key: text,
    dynamic_key: text,
    cache_key: orNull(text.max(2000)),
    cache_expiration: orNull(time),
    task_version: orNull(text),
    empirical_policy: taskRunPolicyInput.prefault({}),
    tags: texts.default([]),
    labels: labels.nullable().default({}),
    task_inputs: taskInputsCreate.default({}),
  })
  .meta({ id: "TaskRunCreate" });

export const taskRunUpdate = z.object({ name: text.nullish() }).meta({ id: "TaskRunUpdate" });

const taskRunFields = {
  ...record,
  name: text,
  flow_run_id: uuid.nullable(),
  task_key: text,
  dynamic_key: text,
  cache_key: text.nullable(),
  cache_expiration: timeText.nullable(),
  task_version: text.nullable(),
  empirical_policy: taskRunPolicy,
  tags: texts,
  labels: labels.nullable(),
  state_id: uuid.nullable(),
  task_inputs: taskInputs,
  state_type: stateType.nullable(),
  state_name: text.nullable(),
  run_count: z.int(),
  flow_run_run_count: z.int(),
  expected_start_time: timeText.nullable(),
  next_scheduled_start_time: timeText.nullable(),
  start_time: timeText.nullable(),
  end_time: timeText.nullable(),
  total_run_time: z.number(),
  estimated_run_time: z.number(),
  estimated_start_time_delta: z.number(),
  state: state.nullable(),
};

export const taskRun = z.object(taskRunFields).meta({ id: "TaskRun" });

export const taskRunOfPage = z.object({ ...taskRunFields, flow_run_name: text.nullable() }).meta({ id: "UITaskRun" });

/** Shorter than the others. */
const taskRunInPage = z
  .object({
    ...record,
    name: text,
    flow_run_id: uuid.nullable(),
    task_key: text,
    state_id: uuid.nullable(),
    state: state.nullable(),
    task_version: text.nullable(),
    task_inputs: taskInputs,
    empirical_policy: taskRunPolicy,
    tags: texts,
    start_time: timeText.nullable(),
    end_time: timeText.nullable(),
    total_run_time: z.number(),
    estimated_run_time: z.number(),
    estimated_start_time_delta: z.number(),
  })
  .meta({ id: "TaskRunResponse" });

const sort = z
  .enum([
    "ID_DESC",
    "EXPECTED_START_TIME_ASC",
    "EXPECTED_START_TIME_DESC",
    "NAME_ASC",
    "NAME_DESC",
    "NEXT_SCHEDULED_START_TIME_ASC",
    "END_TIME_DESC",
    "DURATION_DESC",
    "DURATION_ASC",
  ])
  .default("ID_DESC");

export const filterTaskRunsBody = z.object(runFilters);
export const readTaskRunsBody = z.object({ ...runFilters, ...slice, sort });
export const paginateTaskRunsBody = z.object({ ...runFilters, ...paging, sort });
export const taskRunHistoryBody = z.object({ ...historyWindow, ...runFilters });

export const taskRunPage = pageOf(taskRunInPage).meta({ id: "TaskRunPaginationResponse" });

export type TaskRunCreate = z.output<typeof taskRunCreate>;
export type TaskRun = z.output<typeof taskRun>;
