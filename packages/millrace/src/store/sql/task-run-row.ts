/** A task run as a row, in both databases. */

import type { RecordedError } from "../../contract/errors.ts";
import type { ResultRef } from "../../contract/results.ts";
import type { State } from "../../contract/states.ts";
import type { RunReason, TaskInput, TaskRun, TaskRunChange, TaskRunKind } from "../../contract/task-run.ts";
import type { Row } from "./database.ts";
import { dueAtOf, fromJson } from "./flow-run-row.ts";
import { cleanText, cleanTextOrNull, toJson, toTags } from "./text.ts";
import { checkUuid, checkUuidOrNull } from "./uuid.ts";

const emptyList = "[]";

/** The columns of a task run in the order of `toTaskRunValues`; `seq` is the database's. */
export const taskRunColumns = [
  "id",
  "flow_run_id",
  "parent_id",
  "child_flow_run_id",
  "kind",
  "task_name",
  "name",
  "key",
  "input_digest",
  "state_type",
  "state_name",
  "state_at",
  "history",
  "inputs",
  "input_preview",
  "tags",
  "attempt",
  "reason",
  "reason_detail",
  "cache_key",
  "code_hash",
  "created_at",
  "started_at",
  "ended_at",
  "result",
  "error",
  "extra",
  "due_at",
] as const;

/**
 * The row of a change, in the order of the columns. An array, and no detour: this runs once a task. A history that does not
 * end with the state gets the state added.
 */
export function toTaskRunValues(change: TaskRunChange): (string | number | null)[] {
  const { state, history } = change;
  return [
    checkUuid(change.id),
    checkUuidOrNull(change.flowRunId),
    checkUuidOrNull(change.parentId),
    checkUuidOrNull(change.childFlowRunId),
    change.kind,
    cleanText(change.taskName),
    cleanText(change.name),
    cleanText(change.key),
    cleanTextOrNull(change.inputDigest),
    state.type,
    cleanText(state.name),
    state.at,
    JSON.stringify(endsWith(history, state) ? history : [...history, state]),
    change.inputs.length === 0 ? emptyList : JSON.stringify(change.inputs),
    cleanTextOrNull(change.inputPreview),
    toTags(change.tags),
    change.attempt,
    change.reason,
    cleanTextOrNull(change.reasonDetail),
    cleanTextOrNull(change.cacheKey),
    cleanTextOrNull(change.codeHash),
    change.createdAt,
    change.startedAt,
    change.endedAt,
    toJson(change.result),
    toJson(change.error),
    toJson(change.extra),
    dueAtOf(state),
  ];
}

function endsWith(history: readonly State[], state: State): boolean {
  const last = history.at(-1);
  return last === state || (last?.at === state.at && last.type === state.type && last.name === state.name);
}

export function toTaskRun(row: Row): TaskRun {
  const history = JSON.parse(row.history as string) as State[];
  return {
    id: row.id as string,
    flowRunId: row.flow_run_id as string | null,
    parentId: row.parent_id as string | null,
    kind: row.kind as TaskRunKind,
    taskName: row.task_name as string,
    name: row.name as string,
    key: row.key as string,
    inputDigest: row.input_digest as string | null,
    state: history.at(-1) as State,
    history,
    inputs: row.inputs === emptyList ? [] : (JSON.parse(row.inputs as string) as TaskInput[]),
    inputPreview: row.input_preview as string | null,
    tags: row.tags === emptyList ? [] : (JSON.parse(row.tags as string) as string[]),
    attempt: row.attempt as number,
    reason: row.reason as RunReason | null,
    reasonDetail: row.reason_detail as string | null,
    cacheKey: row.cache_key as string | null,
    codeHash: row.code_hash as string | null,
    childFlowRunId: row.child_flow_run_id as string | null,
    createdAt: row.created_at as number,
    startedAt: row.started_at as number | null,
    endedAt: row.ended_at as number | null,
    result: fromJson<ResultRef>(row.result),
    error: fromJson<RecordedError>(row.error),
    extra: fromJson<Record<string, unknown>>(row.extra),
    seq: row.seq as number,
  };
}
