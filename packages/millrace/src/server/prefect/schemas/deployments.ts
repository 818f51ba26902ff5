import * as z from "zod";
import {
  bulkLimit,
  deleted,
  jsonObject,
  labels,
  limit,
  orNull,
  pageOf,
  paging,
  record,
  seconds,
  slice,
  text,
  texts,
  time,
  timeText,
  uuid,
  uuids,
} from "./common.ts";
import { globalConcurrencyLimit } from "./concurrency-limits-v2.ts";
import { createdBy, flowRunToMake } from "./flow-runs.ts";
import { deploymentFilter, filtersWithQueues } from "./run-filters.ts";
import { deploymentSchedule, deploymentScheduleCreate, deploymentScheduleUpdate } from "./schedules.ts";

/** What happens to a run that finds the limit taken. */
const collisionStrategy = z.enum(["ENQUEUE", "CANCEL_NEW"]);

const gracePeriodSeconds = z.int().min(60).max(86_400);

const concurrencyOptionsInput = z.object({
  collision_strategy: collisionStrategy,
  grace_period_seconds: orNull(gracePeriodSeconds),
});

const concurrencyOptions = z
  .object({ collision_strategy: collisionStrategy, grace_period_seconds: z.int().nullable() })
  .meta({ id: "ConcurrencyOptions" });

const versionInfo = z.looseObject({ type: text, version: text });

export const deploymentCreate = z
  .object({
    name: text,
    flow_id: uuid,
    /** A deployment that is there stays as it is where it is left out. */
    paused: z.boolean().optional(),
    schedules: z.array(deploymentScheduleCreate).default([]),
    concurrency_limit: orNull(z.int().positive()),
    concurrency_options: orNull(concurrencyOptionsInput),
    global_concurrency_limit_id: orNull(uuid),
    enforce_parameter_schema: z.boolean().default(true),
    parameter_openapi_schema: jsonObject.nullable().default({ type: "object", properties: {} }),
    parameters: jsonObject.default({}),
    tags: texts.default([]),
    labels: labels.nullable().default({}),
    pull_steps: orNull(z.array(jsonObject)),
    work_queue_name: orNull(text),
    work_pool_name: orNull(text),
    storage_document_id: orNull(uuid),
    infrastructure_document_id: orNull(uuid),
    description: orNull(text),
    path: orNull(text),
    version: orNull(text),
    entrypoint: orNull(text),
    job_variables: jsonObject.default({}),
    version_info: orNull(versionInfo),
  })
  .refine(hasOneLimit, "A deployment cannot have both a concurrency limit and a global concurrency limit.")
  .meta({ id: "DeploymentCreate" });

/** What is left out stays as it is. */
export const deploymentUpdate = z
  .object({
    version: text.nullish(),
    description: text.nullish(),
    paused: z.boolean().optional(),
    schedules: z.array(deploymentScheduleUpdate).optional(),
    concurrency_limit: z.int().positive().nullish(),
    concurrency_options: concurrencyOptionsInput.nullish(),
    global_concurrency_limit_id: uuid.nullish(),
    parameters: jsonObject.nullish(),
    parameter_openapi_schema: jsonObject.nullish(),
    tags: texts.optional(),
    work_queue_name: text.nullish(),
    work_pool_name: text.nullish(),
    path: text.nullish(),
    job_variables: jsonObject.nullish(),
    pull_steps: z.array(jsonObject).nullish(),
    entrypoint: text.nullish(),
    storage_document_id: uuid.nullish(),
    infrastructure_document_id: uuid.nullish(),
    enforce_parameter_schema: z.boolean().nullish(),
    version_info: versionInfo.nullish(),
  })
  .refine(hasOneLimit, "A deployment cannot have both a concurrency limit and a global concurrency limit.")
  .meta({ id: "DeploymentUpdate" });

function hasOneLimit(given: {
  readonly concurrency_limit?: number | null | undefined;
  readonly global_concurrency_limit_id?: string | null | undefined;
}): boolean {
  return given.concurrency_limit == null || given.global_concurrency_limit_id == null;
}

export const deploymentResponse = z
  .object({
    ...record,
    name: text,
    version: text.nullable(),
    description: text.nullable(),
    flow_id: uuid,
    paused: z.boolean(),
    schedules: z.array(deploymentSchedule),
    concurrency_limit: z.int().nullable(),
    global_concurrency_limit: globalConcurrencyLimit.nullable(),
    concurrency_options: concurrencyOptions.nullable(),
    job_variables: jsonObject,
    parameters: jsonObject,
    tags: texts,
    labels,
    work_queue_name: text.nullable(),
    work_queue_id: uuid.nullable(),
    last_polled: timeText.nullable(),
    parameter_openapi_schema: jsonObject.nullable(),
    path: text.nullable(),
    pull_steps: z.array(jsonObject).nullable(),
    entrypoint: text.nullable(),
    storage_document_id: uuid.nullable(),
    infrastructure_document_id: uuid.nullable(),
    created_by: createdBy.nullable(),
    updated_by: createdBy.nullable(),
    work_pool_name: text.nullable(),
    status: z.enum(["READY", "NOT_READY"]).nullable(),
    enforce_parameter_schema: z.boolean(),
  })
  .meta({ id: "DeploymentResponse" });

export const deploymentFlowRunCreate = z
  .object({ ...flowRunToMake, enforce_parameter_schema: orNull(z.boolean()) })
  .meta({ id: "DeploymentFlowRunCreate" });

export const flowRunsCreated = z
  .object({
    results: z.array(
      z.object({ flow_run_id: uuid.nullable(), status: z.enum(["CREATED", "FAILED"]), error: text.nullable() }),
    ),
  })
  .meta({ id: "FlowRunBulkCreateResponse" });

const sort = z.enum(["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"]).default("NAME_ASC");

export const countDeploymentsBody = z.object(filtersWithQueues);
export const readDeploymentsBody = z.object({ ...filtersWithQueues, ...slice, sort });
export const paginateDeploymentsBody = z.object({ ...filtersWithQueues, ...paging, sort });
export const bulkDeleteDeploymentsBody = z.object({ deployments: orNull(deploymentFilter), limit: bulkLimit });

/** What a process that serves deployments asks for. */
export const scheduledRunsOfDeploymentsBody = z.object({
  deployment_ids: uuids,
  scheduled_before: time.optional(),
  limit,
});

/** A window to fill with runs, past or to come. `min_time` is in s. */
export const scheduleDeploymentBody = z.object({
  start_time: time.optional(),
  end_time: time.optional(),
  min_time: seconds.optional(),
  min_runs: z.int().optional(),
  max_runs: z.int().optional(),
});

export const deploymentPage = pageOf(deploymentResponse).meta({ id: "DeploymentPaginationResponse" });
export const deploymentsDeleted = deleted.meta({ id: "DeploymentBulkDeleteResponse" });

export type DeploymentCreate = z.output<typeof deploymentCreate>;
export type DeploymentUpdate = z.output<typeof deploymentUpdate>;
export type DeploymentResponse = z.output<typeof deploymentResponse>;
export type DeploymentFlowRunCreate = z.output<typeof deploymentFlowRunCreate>;
