import * as z from "zod";
import {
  jsonObject,
  limit,
  nameWithText,
  orNull,
  pageCounts,
  paging,
  record,
  slice,
  text,
  texts,
  time,
  uuid,
} from "./common.ts";
import { workPoolFilter } from "./run-filters.ts";
import { workQueueSlots } from "./work-queues.ts";

const storageConfigurationInput = z.object({
  bundle_upload_step: orNull(jsonObject),
  bundle_execution_step: orNull(jsonObject),
  default_result_storage_block_id: orNull(uuid),
});

const storageConfiguration = z
  .object({
    bundle_upload_step: jsonObject.nullable(),
    bundle_execution_step: jsonObject.nullable(),
    default_result_storage_block_id: uuid.nullable(),
  })
  .meta({ id: "WorkPoolStorageConfiguration" });

/** Empty, or with both a configuration of jobs and the variables in it. */
const baseJobTemplate = jsonObject.superRefine((template, context) => {
  if (Object.keys(template).length === 0) return;
  const { job_configuration: configuration, variables } = template;
  if (!isFilled(configuration) || !isFilled(variables)) {
    const message = "The `base_job_template` must contain both a `job_configuration` key and a `variables` key.";
    context.addIssue({ code: "custom", message, input: template });
    return;
  }
  const known = new Set(isFilled(variables.properties) ? Object.keys(variables.properties) : []);
  const used = [...JSON.stringify(configuration).matchAll(/\{\{\s*([\w.\-[\]$]+)\s*\}\}/g)].map(
    ([, found = ""]) => found,
  );
  const missing = new Set(used.filter((each) => !known.has(each) && !isFromElsewhere(each)));
  if (missing.size === 0) return;
  const message = `The job configuration uses variables that are not declared: ${[...missing].join(", ")}.`;
  context.addIssue({ code: "custom", message, input: template });
});

function isFilled(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

/** Blocks, variables and the environment, which are filled in later. */
function isFromElsewhere(placeholder: string): boolean {
  return /^(prefect\.(blocks|variables)\.|\$)/.test(placeholder);
}

const slots = z.int().nonnegative();

export const workPoolCreate = z
  .object({
    name: nameWithText,
    description: orNull(text),
    type: text.default("prefect-agent"),
    base_job_template: baseJobTemplate.default({}),
    is_paused: z.boolean().default(false),
    concurrency_limit: orNull(slots),
    storage_configuration: storageConfigurationInput.prefault({}),
  })
  .meta({ id: "WorkPoolCreate" });

/** What is left out stays as it is. */
export const workPoolUpdate = z
  .object({
    description: text.nullish(),
    is_paused: z.boolean().nullish(),
    base_job_template: baseJobTemplate.nullish(),
    concurrency_limit: slots.nullish(),
    storage_configuration: storageConfigurationInput.nullish(),
  })
  .meta({ id: "WorkPoolUpdate" });

export const workPoolResponse = z
  .object({
    ...record,
    name: text,
    description: text.nullable(),
    type: text,
    base_job_template: jsonObject,
    is_paused: z.boolean(),
    concurrency_limit: slots.nullable(),
    status: z.enum(["READY", "NOT_READY", "PAUSED"]).nullable(),
    default_queue_id: uuid.nullable(),
    storage_configuration: storageConfiguration,
    active_slots: z.int().nullable(),
  })
  .meta({ id: "WorkPoolResponse" });

export const readWorkPoolsBody = z.object({ work_pools: orNull(workPoolFilter), ...slice });
export const countWorkPoolsBody = z.object({ work_pools: orNull(workPoolFilter) });

/** What a worker asks for. No names of queues means all of them. */
export const scheduledRunsOfPoolBody = z.object({
  work_queue_names: texts.nullable().default([]),
  scheduled_before: time.nullish(),
  scheduled_after: time.nullish(),
  limit,
});

export const workPoolSlotsBody = z.object({ ...paging, flow_run_limit: z.int().min(0).max(200).default(10) });

export const workPoolSlots = z
  .object({
    active_slots: z.int(),
    concurrency_limit: z.int().nullable(),
    queues: z.array(workQueueSlots),
    ...pageCounts,
  })
  .meta({ id: "WorkPoolConcurrencyStatus" });

export type WorkPoolCreate = z.output<typeof workPoolCreate>;
export type WorkPoolResponse = z.output<typeof workPoolResponse>;
