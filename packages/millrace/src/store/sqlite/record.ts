/**
 * Recording a batch in SQLite: one transaction over statements that are prepared once. This is the hot path; a task is one
 * insert into task_run and one into event.
 */

import type { FlowRun, NewFlowRun } from "../../contract/flow-run.ts";
import type { FlowRunTransition } from "../../contract/record.ts";
import type { StoreBatch, StoreOutcome } from "../../contract/store.ts";
import type { TaskRunChange } from "../../contract/task-run.ts";
import { toArtifactValues } from "../sql/artifact-row.ts";
import type { Row } from "../sql/database.ts";
import { passedStates, toEventValues } from "../sql/event-row.ts";
import { flowRunColumns, toFlowRun, toFlowRunValues } from "../sql/flow-run-row.ts";
import { toLogValues } from "../sql/log-row.ts";
import { countUnderWay, hasRoom } from "../sql/pool-room.ts";
import { toTaskRunValues } from "../sql/task-run-row.ts";
import { cleanKey, cleanText } from "../sql/text.ts";
import { applyTransition, isExpected, toTransitionValues } from "../sql/transition.ts";
import { flowIdOf } from "../../contract/flow-id.ts";
import type { SqliteConnection } from "./connection.ts";
import { createStatements } from "./statements.ts";

export function createRecorder(connection: SqliteConnection): (batch: StoreBatch) => Promise<StoreOutcome> {
  const statements = createStatements(connection.database);

  function create(run: NewFlowRun): { readonly run: FlowRun; readonly isNew: boolean } {
    const row = toFlowRunValues(run);
    if (statements.insertFlowRun.run(...flowRunColumns.map((column) => row[column])).changes === 1) {
      statements.insertFlow.run(flowIdOf(row.flow_name as string), row.created_at, row.created_at, row.flow_name);
      for (const state of run.states) statements.insertFlowRunEvent.run(run.id, cleanText(state.name), state.at);
      return { run: toFlowRun(row), isNew: true };
    }
    const known =
      statements.readFlowRun.get(run.id) ?? statements.readFlowRunByKey.get(row.flow_name, row.idempotency_key);
    return { run: toFlowRun(known as Row), isNew: false };
  }

  function transition(change: FlowRunTransition): FlowRun | null {
    const row = statements.readFlowRun.get(change.id);
    if (row === undefined) return null;
    const run = toFlowRun(row);
    if (!isExpected(run, change.expected)) return null;
    if (change.room !== undefined && !hasRoom(change.room, connection.select(countUnderWay(change.room)))) return null;
    const next = applyTransition(run, change);
    statements.updateFlowRun.run(...toTransitionValues(next), row.seq as number);
    statements.insertFlowRunEvent.run(change.id, cleanText(change.state.name), change.state.at);
    return next;
  }

  function recordTaskRun(change: TaskRunChange): void {
    const values = toTaskRunValues(change);
    const hasNoNewState = change.newStates === 0 ? 1 : 0;
    const reopens = change.reopens === true ? 1 : 0;
    if (statements.upsertTaskRun.run(...values, hasNoNewState, reopens).changes === 0) return;
    const { id, flowRunId, state, cache, result } = change;
    if (hasNoNewState === 0) {
      statements.insertTaskRunEvent.run(flowRunId, id, cleanText(state.name), state.at, passedStates(change));
    }
    if (cache !== undefined && state.type === "COMPLETED" && result !== null) {
      statements.upsertCacheEntry.run(cleanKey(cache.key), JSON.stringify(result), id, state.at, cache.expiresAt);
    }
  }

  function recordAll(batch: StoreBatch): StoreOutcome {
    const created = batch.created.map(create);
    const transitions = batch.transitions.map(transition);
    const stale = new Set<string>();
    const epochs = new Map<string, number>();
    /** The fencing token of the flow run; infinite when it is gone. Read once a batch. */
    const epochOf = (flowRunId: string): number => {
      let epoch = epochs.get(flowRunId);
      if (epoch === undefined) {
        epoch = (statements.readEpoch.get(flowRunId)?.epoch as number | undefined) ?? Number.POSITIVE_INFINITY;
        epochs.set(flowRunId, epoch);
      }
      return epoch;
    };
    const mayRecord = (flowRunId: string | null, epoch: number): boolean => {
      if (flowRunId === null || epochOf(flowRunId) <= epoch) return true;
      stale.add(flowRunId);
      return false;
    };
    for (const change of batch.taskRuns) {
      if (mayRecord(change.flowRunId, change.epoch)) recordTaskRun(change);
    }
    for (const line of batch.logs) {
      if (mayRecord(line.flowRunId, line.epoch ?? Number.MAX_VALUE)) statements.insertLog.run(...toLogValues(line));
    }
    for (const artifact of batch.artifacts) {
      if (mayRecord(artifact.flowRunId, artifact.epoch ?? Number.MAX_VALUE)) {
        statements.upsertArtifact.run(...toArtifactValues(artifact));
      }
    }
    for (const event of batch.events) {
      if (event.artifactId === undefined || statements.readArtifact.get(event.artifactId) !== undefined) {
        statements.insertEvent.run(...toEventValues(event));
      }
    }
    return { created, transitions, stale: [...stale] };
  }

  return (batch) => connection.write(() => recordAll(batch));
}
