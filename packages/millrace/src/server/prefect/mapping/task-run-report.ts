/**
 * The events by which a Prefect client tells of its task runs: one for each state, with the task run as it is then. They are
 * read with what is needed of them; what is missing or of another form is as if it were not there, for clients differ.
 */

import type { State, StateType } from "../../../contract/states.ts";
import { stateTypes } from "../../../contract/states.ts";
import type { TaskRunObservation } from "../../../contract/task-run.ts";
import { stateCreate, taskInputsCreate } from "../schemas/states.ts";
import type { Event as PrefectEvent } from "../schemas/events.ts";
import { fromPrefectTime } from "../times.ts";
import { fromPrefectState } from "./state.ts";
import { fromTaskInputs, type KeptTaskRun, toTaskName } from "./task-run.ts";

const idPrefix = "prefect.task-run.";
const uuidPattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

/** Whether an event is such a report. */
export function isTaskRunReport({ event, resource }: Pick<PrefectEvent, "event" | "resource">): boolean {
  return event.startsWith(idPrefix) && resource["prefect.orchestration"] === "client";
}

/** Null for one that cannot be read: it has no id, or no state. */
export function fromTaskRunReport(event: PrefectEvent): TaskRunObservation | null {
  const id = event.resource["prefect.resource.id"]?.slice(idPrefix.length).toLowerCase() ?? "";
  const payload = asObject(event.payload);
  const given = asObject(payload.task_run);
  const state = toState(event, asObject(payload.validated_state));
  if (!uuidPattern.test(id) || state === null) return null;
  const taskKey = asText(given.task_key) ?? "task";
  const dynamicKey = asText(given.dynamic_key) ?? id;
  const inputs = taskInputsCreate.safeParse(given.task_inputs ?? {});
  const runCount = asNumber(given.run_count) ?? asNumber(event.resource["prefect.run-count"]) ?? 0;
  const kept: KeptTaskRun = {
    task_key: taskKey,
    dynamic_key: dynamicKey,
    task_version: asText(given.task_version),
    cache_expiration: asText(given.cache_expiration),
    empirical_policy: asObject(given.empirical_policy),
    task_inputs: inputs.success ? inputs.data : {},
    labels: asObject(given.labels) as Record<string, string>,
    flow_run_run_count: asNumber(given.flow_run_run_count) ?? 1,
    expected_start_time: asText(given.expected_start_time),
  };
  return {
    id,
    flowRunId: toFlowRunId(event, asObject(asObject(payload.validated_state).state_details), given),
    taskName: toTaskName(taskKey),
    name: asText(given.name) ?? event.resource["prefect.resource.name"] ?? taskKey,
    key: `${taskKey}-${dynamicKey}`,
    state,
    tags: Array.isArray(given.tags) ? given.tags.filter((tag) => typeof tag === "string") : [],
    inputs: fromTaskInputs(kept.task_inputs ?? {}),
    attempt: runCount,
    childFlowRunId: state.details?.childFlowRunId ?? null,
    cacheKey: asText(given.cache_key),
    extra: { ...kept },
  };
}

function toState(event: PrefectEvent, given: Readonly<Record<string, unknown>>): State | null {
  const type = asText(given.type) ?? event.resource["prefect.state-type"];
  if (type === undefined || !(stateTypes as readonly string[]).includes(type)) return null;
  const parsed = stateCreate.safeParse({
    type,
    name: asText(given.name) ?? event.resource["prefect.state-name"] ?? null,
    message: asText(given.message),
    data: given.data ?? null,
    state_details: asObject(given.state_details),
  });
  const at = fromPrefectTime(event.resource["prefect.state-timestamp"] ?? "") ?? event.occurred;
  if (!parsed.success) return { id: event.id, type: type as StateType, name: type, at };
  return { ...fromPrefectState(parsed.data), id: event.id, at };
}

function toFlowRunId(
  event: PrefectEvent,
  details: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): string | null {
  const ofRole = event.related.find((labels) => labels["prefect.resource.role"] === "flow-run");
  const named = ofRole?.["prefect.resource.id"]?.replace("prefect.flow-run.", "");
  const id = (named ?? asText(given.flow_run_id) ?? asText(details.flow_run_id) ?? undefined)?.toLowerCase();
  return id !== undefined && uuidPattern.test(id) ? id : null;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function asText(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function asNumber(value: unknown): number | null {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}
