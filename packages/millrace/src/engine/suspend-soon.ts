/**
 * Others want a run to give up its process. What executes is let end and is recorded, and nothing else begins: then the run,
 * and those that it calls, stop as by suspend().
 *
 *   told ─▶ calls of the flows' functions are held back ─▶ no body of a task executes ─▶ stopped
 *
 * What a task itself calls goes on, for the task waits for it. Waits hold nothing up: they go on in the next process.
 */

import { MillraceError } from "../contract/errors.ts";
import type { ActiveRun } from "./active-run.ts";
import type { TaskExecution } from "./task-run.ts";

/** @param runs the root and its subflows, as far as they are under way. Told again, it looks again. */
export function suspendSoon(runs: readonly ActiveRun[]): void {
  for (const run of runs) run.isSuspending = true;
  stopAtBoundary(runs);
}

export function stopAtBoundary(runs: readonly ActiveRun[]): void {
  const root = runs.find(({ info }) => info.parentRunId === null);
  if (root === undefined || root.stopReason !== null || isExecuting(runs)) return;
  root.stop(new MillraceError("SUSPENDED", { id: root.id }));
}

/** Whether a body does something by itself: one that has calls under way waits for them. */
function isExecuting(runs: readonly ActiveRun[]): boolean {
  const executions = runs.flatMap((run) => [...run.executions]);
  const waits = new Set(executions.flatMap(({ ancestors }) => ancestors));
  return executions.some((execution) => isInBody(execution) && !waits.has(execution.id));
}

function isInBody({ work: { kind }, state }: TaskExecution): boolean {
  return (kind === "task" || kind === "value") && state.type === "RUNNING";
}
