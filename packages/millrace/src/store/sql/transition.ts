/** What a transition makes of a flow run, once its guard holds. */

import type { FlowRun } from "../../contract/flow-run.ts";
import type { FlowRunTransition } from "../../contract/record.ts";
import { dueAtOf, toExtra } from "./flow-run-row.ts";
import { cleanKeyOrNull, cleanText, toJson } from "./text.ts";

export function isExpected(run: FlowRun, expected: FlowRunTransition["expected"]): boolean {
  return (
    run.epoch === expected.epoch && run.state.at === expected.stateAt && expected.stateTypes.includes(run.state.type)
  );
}

/** What the transition does not name stays as it is. */
export function applyTransition(run: FlowRun, change: FlowRunTransition): FlowRun {
  const { claimFor, releases, state } = change;
  return {
    ...run,
    name: change.name === undefined ? run.name : cleanText(change.name),
    state,
    history: [...run.history, state],
    startedAt: change.startedAt === undefined ? run.startedAt : change.startedAt,
    endedAt: change.endedAt === undefined ? run.endedAt : change.endedAt,
    runCount: change.runCount ?? run.runCount,
    epoch: claimFor === undefined ? run.epoch : run.epoch + 1,
    ownerId: releases === true ? null : (cleanKeyOrNull(claimFor) ?? run.ownerId),
    result: change.result === undefined ? run.result : change.result,
    error: change.error === undefined ? run.error : change.error,
    environment: change.environment ?? run.environment,
    dueAt: dueAtOf(state),
    extra: change.extra ?? run.extra,
  };
}

/** Columns a transition may change, in the order of `toTransitionValues`. */
export const transitionColumns = [
  "state_type",
  "state_name",
  "state_at",
  "history",
  "started_at",
  "ended_at",
  "run_count",
  "epoch",
  "owner_id",
  "result",
  "error",
  "environment",
  "name",
  "due_at",
  "extra",
] as const;

export function toTransitionValues(run: FlowRun): (string | number | null)[] {
  const { state } = run;
  return [
    state.type,
    cleanText(state.name),
    state.at,
    JSON.stringify(run.history),
    run.startedAt,
    run.endedAt,
    run.runCount,
    run.epoch,
    run.ownerId,
    toJson(run.result),
    toJson(run.error),
    JSON.stringify(run.environment),
    run.name,
    run.dueAt,
    toExtra(run.extra),
  ];
}
