/** A flow run as a row, in both databases. */

import { isTerminal, type State } from "../../contract/states.ts";
import type { Entrypoint, FlowRun, FlowRunExtra, NewFlowRun, RunEnvironment } from "../../contract/flow-run.ts";
import type { RecordedError } from "../../contract/errors.ts";
import type { ResultRef } from "../../contract/results.ts";
import { assert } from "../../kit/assert.ts";
import type { Row } from "./database.ts";
import { cleanKey, cleanKeyOrNull, cleanText, cleanTextOrNull, toJson, toTags } from "./text.ts";
import { checkUuid, checkUuidOrNull } from "./uuid.ts";

/** The columns of a flow run; `seq` is the database's. */
export const flowRunColumns = [
  "id",
  "flow_name",
  "name",
  "state_type",
  "state_name",
  "state_at",
  "history",
  "parameters",
  "tags",
  "parent_run_id",
  "parent_task_run_id",
  "root_run_id",
  "deployment_id",
  "idempotency_key",
  "adopts",
  "version",
  "entrypoint",
  "environment",
  "created_at",
  "expected_at",
  "started_at",
  "ended_at",
  "run_count",
  "epoch",
  "owner_id",
  "result",
  "error",
  "work_pool_id",
  "work_queue_id",
  "auto_scheduled",
  "due_at",
  "extra",
] as const;

export type FlowRunColumn = (typeof flowRunColumns)[number];

export type FlowRunValues = Readonly<Record<FlowRunColumn, string | number | null>>;

/** The row of a new run: created with its first state, in its last one. */
export function toFlowRunValues(run: NewFlowRun): FlowRunValues {
  const first = run.states[0];
  const state = run.states.at(-1);
  assert(first !== undefined && state !== undefined, "has-state", run.id);
  const runs = run.states.filter(({ type }) => type === "RUNNING");
  return {
    id: checkUuid(run.id),
    flow_name: cleanKey(run.flowName),
    name: cleanText(run.name),
    state_type: state.type,
    state_name: cleanText(state.name),
    state_at: state.at,
    history: JSON.stringify(run.states),
    parameters: cleanText(run.parameters),
    tags: toTags(run.tags),
    parent_run_id: checkUuidOrNull(run.parentRunId),
    parent_task_run_id: checkUuidOrNull(run.parentTaskRunId),
    root_run_id: checkUuid(run.rootRunId ?? run.id),
    deployment_id: checkUuidOrNull(run.deploymentId),
    idempotency_key: cleanKeyOrNull(run.idempotencyKey),
    adopts: toJson(run.adopts),
    version: cleanTextOrNull(run.version),
    entrypoint: toJson(run.entrypoint),
    environment: toJson(run.environment ?? {}),
    created_at: first.at,
    expected_at: run.states.find(({ details }) => details?.scheduledAt !== undefined)?.details?.scheduledAt ?? first.at,
    started_at: runs[0]?.at ?? null,
    ended_at: isTerminal(state.type) ? state.at : null,
    run_count: Math.min(1, runs.length),
    epoch: run.ownerId == null ? 0 : 1,
    owner_id: cleanKeyOrNull(run.ownerId),
    result: null,
    error: null,
    work_pool_id: checkUuidOrNull(run.workPoolId),
    work_queue_id: checkUuidOrNull(run.workQueueId),
    auto_scheduled: run.autoScheduled === true ? 1 : 0,
    due_at: dueAtOf(state),
    extra: toExtra(run.extra),
  };
}

/** When a run in this state is due. */
export function dueAtOf({ type, at, details }: State): number | null {
  return type === "SCHEDULED" ? (details?.scheduledAt ?? at) : null;
}

/** Most runs have nothing there. */
export function toExtra(extra: FlowRunExtra | undefined): string | null {
  return extra === undefined || Object.keys(extra).length === 0 ? null : JSON.stringify(extra);
}

export function toFlowRun(row: Row): FlowRun {
  const history = JSON.parse(row.history as string) as State[];
  return {
    id: row.id as string,
    flowName: row.flow_name as string,
    name: row.name as string,
    state: history.at(-1) as State,
    history,
    parameters: row.parameters as string,
    tags: JSON.parse(row.tags as string) as string[],
    parentRunId: row.parent_run_id as string | null,
    parentTaskRunId: row.parent_task_run_id as string | null,
    rootRunId: row.root_run_id as string,
    deploymentId: row.deployment_id as string | null,
    idempotencyKey: row.idempotency_key as string | null,
    adopts: fromJson<NonNullable<FlowRun["adopts"]>>(row.adopts),
    version: row.version as string | null,
    entrypoint: fromJson<Entrypoint>(row.entrypoint),
    environment: fromJson<RunEnvironment>(row.environment) ?? {},
    createdAt: row.created_at as number,
    expectedAt: row.expected_at as number,
    startedAt: row.started_at as number | null,
    endedAt: row.ended_at as number | null,
    runCount: row.run_count as number,
    epoch: row.epoch as number,
    ownerId: row.owner_id as string | null,
    result: fromJson<ResultRef>(row.result),
    error: fromJson<RecordedError>(row.error),
    workPoolId: row.work_pool_id as string | null,
    workQueueId: row.work_queue_id as string | null,
    autoScheduled: row.auto_scheduled === 1,
    dueAt: row.due_at as number | null,
    extra: fromJson<FlowRunExtra>(row.extra) ?? {},
  };
}

/** What a column of JSON text holds. */
export function fromJson<T>(text: unknown): T | null {
  return text === null ? null : (JSON.parse(text as string) as T);
}
