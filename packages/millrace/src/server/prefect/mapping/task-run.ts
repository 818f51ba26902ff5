/** Task runs at the border: those that Prefect's clients report, and those of our own engine. */

import type { State } from "../../../contract/states.ts";
import type { TaskInput, TaskRun, TaskRunObservation } from "../../../contract/task-run.ts";
import type { TaskRun as PrefectTaskRun, TaskRunCreate } from "../schemas/task-runs.ts";
import type { TaskInputs } from "../schemas/states.ts";
import { toPrefectTime, toPrefectTimeOrNull } from "../times.ts";
import { toPrefectLabelValues } from "./label-values.ts";
import { ofTaskRun, runTimes, startDelta, stateIdOf, toPrefectState } from "./state.ts";

/** What is kept of a task run of a Prefect client. */
export interface KeptTaskRun {
  readonly task_key?: string;
  readonly dynamic_key?: string;
  readonly task_version?: string | null;
  readonly cache_expiration?: string | null;
  readonly empirical_policy?: Partial<PrefectTaskRun["empirical_policy"]>;
  readonly task_inputs?: TaskInputs;
  readonly labels?: Record<string, string | number | boolean>;
  readonly flow_run_run_count?: number;
  readonly expected_start_time?: string | null;
}

const noPolicy = {
  max_retries: 0,
  retry_delay_seconds: 0,
  retries: null,
  retry_delay: null,
  retry_jitter_factor: null,
} as const;

/** A task run that a client makes over REST, in its first state. */
export function fromTaskRunCreate(
  given: TaskRunCreate,
  { id, state, name }: { readonly id: string; readonly state: State; readonly name: string },
): TaskRunObservation {
  const kept: KeptTaskRun = {
    task_key: given.task_key,
    dynamic_key: given.dynamic_key,
    task_version: given.task_version,
    cache_expiration: toPrefectTimeOrNull(given.cache_expiration),
    empirical_policy: given.empirical_policy,
    task_inputs: given.task_inputs,
    labels: toPrefectLabelValues(given.labels ?? {}),
  };
  return {
    id,
    flowRunId: given.flow_run_id,
    taskName: toTaskName(given.task_key),
    name,
    key: `${given.task_key}-${given.dynamic_key}`,
    state,
    tags: given.tags,
    inputs: fromTaskInputs(given.task_inputs),
    attempt: state.type === "RUNNING" ? 1 : 0,
    cacheKey: given.cache_key,
    extra: { ...kept },
  };
}

/** A key is the task's name and a digest of its code: `train-1a2b3c4d`, or its qualified name. */
export function toTaskName(taskKey: string): string {
  return taskKey.replace(/-[0-9a-f]{8}$/, "").replace(/^.*\./, "") || taskKey;
}

/** Dependencies on other task runs. */
export function fromTaskInputs(inputs: TaskInputs): readonly TaskInput[] {
  return Object.entries(inputs).flatMap(([parameter, given]) =>
    given.flatMap((input) => (input.input_type === "task_run" ? { parameter, taskRunId: input.id } : [])),
  );
}

function toTaskInputs(run: TaskRun, kept: KeptTaskRun): TaskInputs {
  if (kept.task_inputs !== undefined) return kept.task_inputs;
  const inputs: TaskInputs = {};
  for (const { parameter, taskRunId } of run.inputs) {
    (inputs[parameter] ??= []).push({ input_type: "task_run", id: taskRunId });
  }
  return inputs;
}

export function toPrefectTaskRun(run: TaskRun, { now }: { readonly now: number }): PrefectTaskRun {
  const kept: KeptTaskRun = run.extra ?? {};
  const { state } = run;
  const of = ofTaskRun(run);
  const times = runTimes(run.history, now);
  const isWaiting = state.type === "SCHEDULED";
  return {
    id: run.id,
    created: toPrefectTime(run.createdAt),
    updated: toPrefectTime(state.at),
    name: run.name,
    flow_run_id: run.flowRunId,
    task_key: kept.task_key ?? run.taskName,
    dynamic_key: kept.dynamic_key ?? run.key,
    cache_key: run.cacheKey,
    cache_expiration: kept.cache_expiration ?? null,
    task_version: kept.task_version ?? null,
    empirical_policy: { ...noPolicy, ...kept.empirical_policy },
    tags: [...run.tags],
    labels: kept.labels ?? {},
    state_id: stateIdOf(state, of),
    task_inputs: toTaskInputs(run, kept),
    state_type: state.type,
    state_name: state.name,
    run_count: run.attempt,
    flow_run_run_count: kept.flow_run_run_count ?? 1,
    expected_start_time: kept.expected_start_time ?? toPrefectTime(run.createdAt),
    next_scheduled_start_time: isWaiting ? toPrefectTime(state.details?.scheduledAt ?? state.at) : null,
    start_time: toPrefectTimeOrNull(run.startedAt),
    end_time: toPrefectTimeOrNull(run.endedAt),
    total_run_time: times.total,
    estimated_run_time: times.estimated,
    estimated_start_time_delta: startDelta({ ...run, expectedAt: run.createdAt, now }),
    state: toPrefectState(state, of),
  };
}
