/** Sightings as the engine makes them, for tests of what watches. */

import type { RecordedError } from "../../contract/errors.ts";
import type { FlowRunSighting, RunObserver, TaskRunSighting } from "../../contract/observer.ts";
import type { LogLine } from "../../contract/records.ts";
import type { State, StateType } from "../../contract/states.ts";
import type { Clock } from "../../kit/clock.ts";

export const runId = "019a3b2c-4d5e-7000-8000-000000000001";

const names: Partial<Record<StateType, string>> = { RUNNING: "Running", COMPLETED: "Completed", FAILED: "Failed" };

export interface Sightings {
  readonly state: (type: StateType, name?: string, more?: Partial<State>) => State;
  readonly flow: (state: State, more?: Partial<FlowRunSighting>) => void;
  readonly task: (id: string, state: State, more?: Partial<TaskRunSighting>) => void;
  /** A task that has begun and ended well. */
  readonly ran: (taskName: string, id: string) => void;
  readonly log: (message: string, more?: Partial<LogLine>) => void;
}

export function createSightings(view: RunObserver, clock: Clock): Sightings {
  const state: Sightings["state"] = (type, name = names[type] ?? type, more = {}) => ({
    type,
    name,
    at: clock.now(),
    ...more,
  });
  const task: Sightings["task"] = (id, to, more = {}) =>
    view.taskRun({
      id,
      flowRunId: runId,
      parentId: null,
      kind: "task",
      taskName: "train",
      name: more.taskName ?? "train",
      attempt: 1,
      from: null,
      state: to,
      reason: null,
      fromRecord: false,
      error: null,
      ...more,
    });
  return {
    state,
    task,
    flow: (to, more = {}) =>
      view.flowRun({
        id: runId,
        name: "gentle-otter",
        flowName: "ml",
        parentRunId: null,
        rootRunId: runId,
        state: to,
        error: null,
        resumed: false,
        ...more,
      }),
    ran(taskName, id) {
      task(id, state("RUNNING"), { taskName });
      task(id, state("COMPLETED"), { taskName, from: state("RUNNING") });
    },
    log: (message, more = {}) =>
      view.log({
        flowRunId: runId,
        taskRunId: null,
        attempt: 1,
        at: clock.now(),
        level: "info",
        logger: "millrace.run",
        message,
        fields: null,
        ...more,
      }),
  };
}

export function recordedError(message: string, stack = ""): RecordedError {
  return { name: "TypeError", message, code: null, stack: `TypeError: ${message}\n${stack}`, data: null };
}
