/** A flow run as a row of a list; see contract/flow-run-row.ts. */

import type { RecordedError } from "../../contract/errors.ts";
import {
  type ErrorSummary,
  type FlowRunRow,
  maxRowMessageLength,
  maxRowNameLength,
} from "../../contract/flow-run-row.ts";
import type { State } from "../../contract/states.ts";
import type { Row } from "./database.ts";
import { fromJson } from "./flow-run-row.ts";
import { clipText } from "./text.ts";

/** Those that it is made of. The message of a state is in the history only. */
export const summaryColumns = [
  "id",
  "flow_name",
  "name",
  "history",
  "tags",
  "parent_run_id",
  "root_run_id",
  "deployment_id",
  "work_pool_id",
  "work_queue_id",
  "created_at",
  "expected_at",
  "started_at",
  "ended_at",
  "run_count",
  "auto_scheduled",
  "due_at",
  "error",
] as const;

export function toFlowRunSummary(row: Row): FlowRunRow {
  const { type, name, at, message } = (JSON.parse(row.history as string) as State[]).at(-1) as State;
  return {
    id: row.id as string,
    flowName: row.flow_name as string,
    name: clipText(row.name as string, maxRowNameLength),
    state: {
      type,
      name: clipText(name, maxRowNameLength),
      at,
      message: message === undefined ? null : clipText(message, maxRowMessageLength),
    },
    tags: JSON.parse(row.tags as string) as string[],
    parentRunId: row.parent_run_id as string | null,
    rootRunId: row.root_run_id as string,
    deploymentId: row.deployment_id as string | null,
    workPoolId: row.work_pool_id as string | null,
    workQueueId: row.work_queue_id as string | null,
    createdAt: row.created_at as number,
    expectedAt: row.expected_at as number,
    startedAt: row.started_at as number | null,
    endedAt: row.ended_at as number | null,
    runCount: row.run_count as number,
    autoScheduled: row.auto_scheduled === 1,
    dueAt: row.due_at as number | null,
    error: toErrorSummary(fromJson<RecordedError>(row.error)),
  };
}

export function toErrorSummary(error: RecordedError | null): ErrorSummary | null {
  if (error === null) return null;
  return {
    name: clipText(error.name, maxRowMessageLength),
    code: error.code === null ? null : clipText(error.code, maxRowMessageLength),
    message: clipText(error.message, maxRowMessageLength),
  };
}
