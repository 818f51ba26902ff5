/** What becomes of runs when nothing is left to do in their process: they can never end by themselves. */

import { MillraceError } from "../contract/errors.ts";
import type { ActiveRun } from "./active-run.ts";
import type { TaskExecution } from "./task-run.ts";

/** Calls that are named in the error; the rest are counted. */
const maxNamed = 5;

/**
 * Ends what is under way as stalled, and what was told to stop before without the hooks that it waits for. Returns whether
 * there was anything to end.
 *
 * @param runs all that this process executes
 * @param loose calls outside any run
 */
export function stallRuns(runs: readonly ActiveRun[], loose: Iterable<TaskExecution>): boolean {
  const ids = new Set(runs.map(({ id }) => id));
  const roots = runs.filter(({ info }) => !ids.has(info.parentRunId ?? ""));
  let hasEnded = false;
  for (const root of roots) {
    const family = runs.filter(({ info }) => info.rootRunId === root.info.rootRunId);
    hasEnded = (root.stopReason === null ? stallRun(root, family) : giveUpHooks(family)) || hasEnded;
  }
  for (const execution of loose) {
    if (execution.isStopped) continue;
    const { runName: name } = execution.work;
    execution.stop(createStalled({ kind: "Task", name, waiting: "its own function" }));
    hasEnded = true;
  }
  return hasEnded;
}

function stallRun(root: ActiveRun, family: readonly ActiveRun[]): boolean {
  const { name } = root.info;
  root.stop(createStalled({ kind: "Flow run", name, waiting: describeWaits(family) }));
  return true;
}

/** Where it was found out says nothing about the cause: the error has no stack. */
function createStalled(data: Readonly<Record<"kind" | "name" | "waiting", string>>): MillraceError {
  const error = new MillraceError("RUN_STALLED", data);
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

function giveUpHooks(family: readonly ActiveRun[]): boolean {
  const held = family.filter(({ hooks }) => hooks.size > 0);
  for (const run of held) run.giveUpHooks();
  return held.length > 0;
}

/** The innermost calls that are under way. */
function describeWaits(family: readonly ActiveRun[]): string {
  const calls = family.flatMap(({ executions }) => [...executions]);
  const around = new Set(calls.flatMap(({ ancestors }) => ancestors));
  const names = calls
    .filter(({ id, work }) => work.kind !== "flow" && !around.has(id))
    .map(({ work }) => `\`${work.runName}\``);
  if (names.length === 0) return family.some(({ hooks }) => hooks.size > 0) ? "a hook" : "its own function";
  const more = names.length > maxNamed ? [`${names.length - maxNamed} more`] : [];
  const queued = calls.filter(({ isQueued }) => isQueued).length;
  const ofTurn =
    queued === 0
      ? ""
      : `, of which ${queued} wait for the turn of another (MILLRACE_BODY_CONCURRENCY, or the flow's taskRunner)`;
  return [...names.slice(0, maxNamed), ...more].join(", ") + ofTurn;
}
