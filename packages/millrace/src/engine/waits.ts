/** Which calls wait for which, while they wait: a wait that leads back to itself is an error and not a hang. */

import { MillraceError } from "../contract/errors.ts";
import type { TaskExecution } from "./task-run.ts";

/** The waits of a call that are under way, each for some others. */
const waits = new WeakMap<TaskExecution, Set<ReadonlySet<TaskExecution>>>();

/** Notes that a call, or its body, waits for others from now on. Returns what ends the wait. @throws FUTURE_CYCLE */
export function beginWait(waiter: TaskExecution, awaited: ReadonlySet<TaskExecution>): () => void {
  const cycle = findPath(awaited, waiter, new Set());
  if (cycle !== null) {
    const names = [waiter, ...cycle].map(({ work }) => work.runName);
    throw new MillraceError("FUTURE_CYCLE", { task: waiter.work.runName, cycle: names.join(" → ") });
  }
  const own = waits.get(waiter) ?? new Set();
  waits.set(waiter, own);
  own.add(awaited);
  return () => void own.delete(awaited);
}

/** The calls on the way from some of these to another one, which is the last. */
function findPath(
  from: Iterable<TaskExecution>,
  to: TaskExecution,
  seen: Set<TaskExecution>,
): readonly TaskExecution[] | null {
  for (const next of from) {
    if (next === to) return [next];
    if (seen.has(next) || next.hasEnded) continue;
    seen.add(next);
    for (const awaited of waits.get(next) ?? []) {
      const path = findPath(awaited, to, seen);
      if (path !== null) return [next, ...path];
    }
  }
  return null;
}

/** Calls that are named; the rest are counted. */
const maxNamed = 5;

/** What a call waits for, in words. */
export function describeWait(waiter: TaskExecution): string {
  const awaited = [...(waits.get(waiter) ?? [])].flatMap((each) => [...each]).filter(({ hasEnded }) => !hasEnded);
  const names = awaited.slice(0, maxNamed).map(({ work }) => `\`${work.runName}\``);
  const more = awaited.length > maxNamed ? [`${awaited.length - maxNamed} more`] : [];
  const all = [...names, ...more];
  return all.length === 0 ? "Waits for its inputs" : `Waits for its inputs: ${all.join(", ")}`;
}
