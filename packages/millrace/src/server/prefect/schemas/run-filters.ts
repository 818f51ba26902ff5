/**
 * Filters of what runs are, come from and go through. A request may have several, each of which restricts the answer by
 * what is joined to it: "flow runs whose deployment …".
 */

import * as z from "zod";
import { orNull, texts, uuids } from "./common.ts";
import {
  allOrAnyTags,
  allTags,
  anyOrLikeText,
  anyOrNotText,
  anyOrNotUuid,
  anyOrPrefixText,
  anyText,
  anyUuid,
  isEqual,
  isNull,
  isThere,
  joinedText,
  joinedUuid,
  likeText,
  numberRange,
  operator,
  timeRange,
  timeRangeOrNull,
} from "./filter-fields.ts";
import { stateType } from "./states.ts";

export const flowFilter = z
  .object({
    operator,
    id: orNull(anyOrNotUuid),
    deployment: orNull(isNull),
    name: orNull(anyOrLikeText),
    tags: orNull(allTags),
  })
  .meta({ id: "FlowFilter" });

const flowRunFilterState = z.object({
  operator,
  type: orNull(z.object({ any_: orNull(z.array(stateType)), not_any_: orNull(z.array(stateType)) })),
  name: orNull(anyOrNotText),
});

const flowRunFilterCreatedBy = z.object({
  operator,
  id_: orNull(uuids),
  type_: orNull(texts),
  is_null_: orNull(z.boolean()),
});

export const flowRunFilter = z
  .object({
    operator,
    id: orNull(anyOrNotUuid),
    name: orNull(anyOrLikeText),
    tags: orNull(allOrAnyTags),
    deployment_id: orNull(joinedUuid),
    work_queue_name: orNull(joinedText),
    state: orNull(flowRunFilterState),
    flow_version: orNull(anyText),
    start_time: orNull(timeRangeOrNull),
    end_time: orNull(timeRangeOrNull),
    expected_start_time: orNull(timeRange),
    next_scheduled_start_time: orNull(timeRange),
    parent_flow_run_id: orNull(z.object({ operator, any_: orNull(uuids) })),
    parent_task_run_id: orNull(joinedUuid),
    idempotency_key: orNull(anyOrNotText),
    created_by: orNull(flowRunFilterCreatedBy),
  })
  .meta({ id: "FlowRunFilter" });

const taskRunFilterState = z.object({
  operator,
  type: orNull(z.object({ any_: orNull(z.array(stateType)) })),
  name: orNull(anyText),
});

export const taskRunFilter = z
  .object({
    operator,
    id: orNull(anyUuid),
    name: orNull(anyOrLikeText),
    tags: orNull(allTags),
    state: orNull(taskRunFilterState),
    start_time: orNull(timeRangeOrNull),
    end_time: orNull(timeRangeOrNull),
    expected_start_time: orNull(timeRange),
    subflow_runs: orNull(isThere),
    flow_run_id: orNull(z.object({ operator, any_: orNull(uuids), is_null_: z.boolean().nullable().default(false) })),
  })
  .meta({ id: "TaskRunFilter" });

export const deploymentFilter = z
  .object({
    operator,
    id: orNull(anyOrNotUuid),
    name: orNull(anyOrLikeText),
    flow_or_deployment_name: orNull(likeText),
    paused: orNull(isEqual),
    tags: orNull(allOrAnyTags),
    work_queue_name: orNull(anyText),
    concurrency_limit: orNull(numberRange.extend({ is_null_: orNull(z.boolean()) })),
  })
  .meta({ id: "DeploymentFilter" });

export const workPoolFilter = z
  .object({ operator, id: orNull(anyUuid), name: orNull(anyText), type: orNull(anyText) })
  .meta({ id: "WorkPoolFilter" });

export const workQueueFilter = z
  .object({ operator, id: orNull(anyUuid), name: orNull(anyOrPrefixText) })
  .meta({ id: "WorkQueueFilter" });

/** The filters that most requests have. */
export const runFilters = {
  flows: orNull(flowFilter),
  flow_runs: orNull(flowRunFilter),
  task_runs: orNull(taskRunFilter),
  deployments: orNull(deploymentFilter),
};

export const filtersWithPools = { ...runFilters, work_pools: orNull(workPoolFilter) };

export const filtersWithQueues = { ...filtersWithPools, work_pool_queues: orNull(workQueueFilter) };

export type FlowFilter = z.output<typeof flowFilter>;
export type FlowRunFilter = z.output<typeof flowRunFilter>;
export type TaskRunFilter = z.output<typeof taskRunFilter>;
export type DeploymentFilter = z.output<typeof deploymentFilter>;
export type WorkPoolFilter = z.output<typeof workPoolFilter>;
export type WorkQueueFilter = z.output<typeof workQueueFilter>;
