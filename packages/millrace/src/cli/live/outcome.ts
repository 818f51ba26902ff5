/** What has become of a task run, as the live view counts it. */

import type { TaskRunSighting } from "../../contract/observer.ts";
import { isTerminal, type State } from "../../contract/states.ts";
import type { RunReason } from "../../contract/task-run.ts";

export type Outcome =
  | "waiting"
  | "running"
  | "retrying"
  | "completed"
  | "cached"
  | "recorded"
  | "failed"
  | "cancelled"
  | "not-run";

/** `recorded`: its result was taken from an earlier execution of the run. `not-run`: what it needed has failed. */
export function outcomeOf(run: Pick<TaskRunSighting, "state" | "reason" | "fromRecord">): Outcome {
  const { state, reason, fromRecord } = run;
  switch (state.type) {
    case "COMPLETED":
      if (fromRecord) return "recorded";
      return state.name === "Cached" ? "cached" : "completed";
    case "FAILED":
    case "CRASHED":
      return "failed";
    case "CANCELLED":
      return "cancelled";
    case "RUNNING":
    case "CANCELLING":
      return "running";
    case "SCHEDULED":
      return state.name === "AwaitingRetry" ? "retrying" : "waiting";
    case "PENDING":
      return reason === "upstream-failed" ? "not-run" : "waiting";
    case "PAUSED":
      return "waiting";
  }
}

/** True when nothing more will be heard of the task run in this execution. */
export function isOver(state: State, reason: RunReason | null): boolean {
  return (
    isTerminal(state.type) || (state.type === "PENDING" && (reason === "upstream-failed" || reason === "cancelled"))
  );
}

const done: ReadonlySet<Outcome> = new Set<Outcome>(["completed", "cached", "recorded"]);

export function isDone(outcome: Outcome): boolean {
  return done.has(outcome);
}
