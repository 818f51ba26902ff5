import { isTerminal } from "../contract/states.ts";
import type { TaskRun } from "../contract/task-run.ts";

/**
 * The task runs a retry does not take from the record: the failures, what depended on them, and the parents that hold
 * one. Everything else stays. `retriedAt` is when the retry began, in ms since the epoch: what failed after that failed in the
 * attempt that is to go on. Default: now.
 */
export function droppedByRetry(
  records: readonly TaskRun[],
  retriedAt: number = Number.POSITIVE_INFINITY,
): ReadonlySet<string> {
  const dropped = new Set<string>();
  for (const record of records) {
    if (isTerminal(record.state.type) && !isKept(record) && record.state.at <= retriedAt) dropped.add(record.id);
  }
  addDependents(records, dropped);
  return dropped;
}

/** What was undone with its transaction has to be done again. */
function isKept({ state }: TaskRun): boolean {
  return state.type === "COMPLETED" && state.name !== "RolledBack";
}

/** What a new run that starts from `from` does not take: that step, what depends on it, and what began after it. */
export function droppedByStartingFrom(records: readonly TaskRun[], from: TaskRun): ReadonlySet<string> {
  const dropped = new Set<string>([from.id]);
  for (const record of records) {
    if (record.parentId === from.parentId && record.seq > from.seq) dropped.add(record.id);
  }
  addDependents(records, dropped);
  addChildren(records, dropped);
  return dropped;
}

/** Adds what was called in the bodies of the dropped: these run again. Records are in the order of their calls. */
function addChildren(records: readonly TaskRun[], dropped: Set<string>): void {
  for (const { id, parentId } of records.toSorted((one, other) => one.seq - other.seq)) {
    if (parentId !== null && dropped.has(parentId)) dropped.add(id);
  }
}

/** Adds who took a dropped one as input, and the parents that hold a dropped one and have not completed without it. */
function addDependents(records: readonly TaskRun[], dropped: Set<string>): void {
  if (dropped.size === 0) return;
  const byId = new Map(records.map((record) => [record.id, record]));
  const takers = new Map<string, string[]>();
  for (const record of records) {
    for (const { taskRunId } of record.inputs) {
      const known = takers.get(taskRunId);
      if (known === undefined) takers.set(taskRunId, [record.id]);
      else known.push(record.id);
    }
  }
  // A set is iterated over what is added to it on the way.
  for (const id of dropped) {
    for (const taker of takers.get(id) ?? []) dropped.add(taker);
    const parentId = byId.get(id)?.parentId ?? null;
    const parent = parentId === null ? undefined : byId.get(parentId);
    // A parent that completed although a child failed has caught the error: it keeps its result.
    if (parent !== undefined && !isKept(parent)) dropped.add(parent.id);
  }
}
