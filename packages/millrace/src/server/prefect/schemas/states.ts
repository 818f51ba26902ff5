/** States, and what the server answers to one that is proposed. */

import * as z from "zod";
import { orNull, text, time, timeText, uuid } from "./common.ts";

export const stateType = z
  .enum(["SCHEDULED", "PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "CRASHED", "PAUSED", "CANCELLING"])
  .meta({ id: "StateType" });

/** How many runs are in each. */
const countOfType = z.int();

export const countByState = z
  .object({
    COMPLETED: countOfType,
    PENDING: countOfType,
    RUNNING: countOfType,
    FAILED: countOfType,
    CANCELLED: countOfType,
    CRASHED: countOfType,
    PAUSED: countOfType,
    CANCELLING: countOfType,
    SCHEDULED: countOfType,
  })
  .meta({ id: "CountByState" });

/** `pause_timeout` comes as Unix time, unlike the other times. */
const stateDetailsInput = z.object({
  flow_run_id: orNull(uuid),
  task_run_id: orNull(uuid),
  child_flow_run_id: orNull(uuid),
  scheduled_time: orNull(time),
  cache_key: orNull(text),
  cache_expiration: orNull(time),
  deferred: z.boolean().nullable().default(false),
  untrackable_result: z.boolean().default(false),
  pause_timeout: orNull(time),
  pause_reschedule: z.boolean().default(false),
  pause_key: orNull(text),
  run_input_keyset: orNull(z.record(z.string(), z.string())),
  refresh_cache: orNull(z.boolean()),
  retriable: orNull(z.boolean()),
  transition_id: orNull(uuid),
  task_parameters_id: orNull(uuid),
  traceparent: orNull(text),
  deployment_concurrency_lease_id: orNull(uuid),
});

const stateDetails = z
  .object({
    flow_run_id: uuid.nullable(),
    task_run_id: uuid.nullable(),
    child_flow_run_id: uuid.nullable(),
    scheduled_time: timeText.nullable(),
    cache_key: text.nullable(),
    cache_expiration: timeText.nullable(),
    deferred: z.boolean().nullable(),
    untrackable_result: z.boolean(),
    pause_timeout: timeText.nullable(),
    pause_reschedule: z.boolean(),
    pause_key: text.nullable(),
    run_input_keyset: z.record(z.string(), z.string()).nullable(),
    refresh_cache: z.boolean().nullable(),
    retriable: z.boolean().nullable(),
    transition_id: uuid.nullable(),
    task_parameters_id: uuid.nullable(),
    traceparent: text.nullable(),
    deployment_concurrency_lease_id: uuid.nullable(),
  })
  .meta({ id: "StateDetails" });

/** `data` describes a result and is kept as it is. A state without a name is named after its type, by the server. */
export const stateCreate = z
  .object({
    type: stateType,
    name: orNull(text),
    message: orNull(text),
    data: orNull(z.unknown()),
    state_details: stateDetailsInput.prefault({}),
  })
  .meta({ id: "StateCreate" });

export const state = z
  .object({
    id: uuid,
    type: stateType,
    name: text.nullable(),
    timestamp: timeText,
    message: text.nullable(),
    data: z.unknown(),
    state_details: stateDetails,
  })
  .meta({ id: "State" });

const setStateStatus = z.enum(["ACCEPT", "REJECT", "ABORT", "WAIT"]);

const orchestrationDetails = z.discriminatedUnion("type", [
  z.object({ type: z.literal("accept_details") }),
  z.object({ type: z.literal("wait_details"), delay_seconds: z.int(), reason: text.nullable() }),
  z.object({ type: z.literal("reject_details"), reason: text.nullable() }),
  z.object({ type: z.literal("abort_details"), reason: text.nullable() }),
]);

/** The state to take: the proposed one where it is accepted, another where it is rejected, null where it is aborted. */
export const orchestrationResult = z
  .object({ state: state.nullable(), status: setStateStatus, details: orchestrationDetails })
  .meta({ id: "OrchestrationResult" });

export const flowRunOrchestrationResult = z
  .object({ flow_run_id: uuid, status: setStateStatus, state: state.nullable(), details: orchestrationDetails })
  .meta({ id: "FlowRunOrchestrationResult" });

export const setStateBody = z.object({ state: stateCreate, force: z.boolean().default(false) });

export const statesOfFlowRunQuery = z.object({ flow_run_id: uuid });
export const statesOfTaskRunQuery = z.object({ task_run_id: uuid });

/** A name that some run's state has had. */
export const observedState = z
  .object({ state_type: text, state_name: text, first_seen: timeText, last_seen: timeText })
  .meta({ id: "ObservedState" });

export const observedStatesQuery = z.object({
  query: orNull(text.max(100)),
  order_by: z.enum(["NAME_ASC", "LAST_SEEN_DESC"]).default("LAST_SEEN_DESC"),
  limit: z.coerce.number().int().min(1).max(200).default(200),
});

/** What a task was given, by name of its parameter. Clients may leave the type of an input out. */
export const taskInputsCreate = z.record(
  z.string(),
  z.array(
    z.union([
      z.object({ input_type: z.literal("task_run").default("task_run"), id: uuid }),
      z.object({ input_type: z.literal("flow_run"), id: uuid }),
      z.object({ input_type: z.literal("parameter").default("parameter"), name: text }),
      z.object({ input_type: z.literal("constant").default("constant"), type: text }),
    ]),
  ),
);

const taskInput = z.discriminatedUnion("input_type", [
  z.object({ input_type: z.literal("task_run"), id: uuid }),
  z.object({ input_type: z.literal("flow_run"), id: uuid }),
  z.object({ input_type: z.literal("parameter"), name: text }),
  z.object({ input_type: z.literal("constant"), type: text }),
]);

export const taskInputs = z.record(z.string(), z.array(taskInput));

/** How many runs were in each state within an interval, and how long they were estimated to take and to be late, in s. */
export const historyResponse = z
  .object({
    interval_start: timeText,
    interval_end: timeText,
    states: z.array(
      z.object({
        state_type: stateType,
        state_name: text,
        count_runs: z.int(),
        sum_estimated_run_time: z.number(),
        sum_estimated_lateness: z.number(),
      }),
    ),
  })
  .meta({ id: "HistoryResponse" });

export type StateCreate = z.output<typeof stateCreate>;
export type State = z.output<typeof state>;
export type OrchestrationResult = z.output<typeof orchestrationResult>;
export type TaskInputs = z.output<typeof taskInputs>;
export type HistoryResponse = z.output<typeof historyResponse>;
