/** A row that a dead process left unfinished and that the run, taken up again, has not called: the run's end ends it too. */

import type { State } from "../contract/states.ts";
import type { TaskRun, TaskRunChange } from "../contract/task-run.ts";
import type { ActiveRun } from "./active-run.ts";
import type { JournalEntry } from "./journal.ts";

export function createAbandonedRow(run: ActiveRun, record: TaskRun): JournalEntry {
  const state: State = {
    type: "CANCELLED",
    name: "Cancelled",
    at: Math.max(run.engine.stamp(), record.state.at + 0.001),
    message: "The run ended without going on with this call",
  };
  const { seq: _, ...row } = record;
  const change: TaskRunChange = {
    ...row,
    state,
    history: [...record.history, state],
    newStates: 1,
    reason: "cancelled",
    endedAt: state.at,
    epoch: run.epoch,
  };
  return { pendingSince: null, toChange: () => change, notWritten: () => undefined };
}
