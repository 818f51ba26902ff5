/** What the pages of Prefect's dashboard ask for in one go. */

import * as z from "zod";
import { jsonObject, orNull, text, timeText, uuid } from "./common.ts";
import { flowRunSort } from "./flow-runs.ts";
import { filtersWithPools, runFilters, taskRunFilter, workQueueFilter } from "./run-filters.ts";
import { stateType } from "./states.ts";

export const flowRunDotsBody = z.object({
  ...filtersWithPools,
  sort: flowRunSort.default("EXPECTED_START_TIME_DESC"),
  limit: z.int().max(1000).default(1000),
  offset: z.int().nonnegative().default(0),
});

/** A run as a dot in a chart; its durations are in s. */
export const simpleFlowRun = z
  .object({ id: uuid, state_type: stateType, timestamp: timeText, duration: z.number(), lateness: z.number() })
  .meta({ id: "SimpleFlowRun" });

const simpleNextFlowRun = z
  .object({
    id: uuid,
    flow_id: uuid,
    name: text,
    state_name: text,
    state_type: stateType,
    next_scheduled_start_time: timeText,
  })
  .meta({ id: "SimpleNextFlowRun" });

/** By id of what is counted. */
export const counts = z.record(uuid, z.int());

/** By id of the flow. */
export const nextRuns = z.record(uuid, simpleNextFlowRun.nullable());

export const taskRunCountsBody = z.object({
  ...filtersWithPools,
  task_runs: taskRunFilter,
  work_queues: orNull(workQueueFilter),
});

/** In an interval: how many have completed, and how many have failed. */
export const taskRunCounts = z.array(z.record(z.string(), z.int()));

export const taskRunsByStateBody = z.object(runFilters);

export const validateValuesBody = z.object({ schema: jsonObject, values: jsonObject });

export interface PropertyError {
  property: string;
  errors: ValueError[];
}

export interface IndexError {
  index: number;
  errors: ValueError[];
}

/** What is wrong with a value, or with one within it. */
type ValueError = string | PropertyError | IndexError;

const valueError: z.ZodType<ValueError, ValueError> = z
  .union([
    text,
    z.object({ property: text, errors: z.array(z.lazy(() => valueError)) }),
    z.object({ index: z.int(), errors: z.array(z.lazy(() => valueError)) }),
  ])
  .meta({ id: "SchemaValueError" });

export const valuesValidation = z
  .object({ errors: z.array(valueError), valid: z.boolean() })
  .meta({ id: "SchemaValuesValidationResponse" });
