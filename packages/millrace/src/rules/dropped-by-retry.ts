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
  return dropped;
}

/** Adds, until nothing changes: who took a dropped one as input, and whose child was dropped, and the children of the dropped. */
function addDependents(records: readonly TaskRun[], dropped: Set<string>): void {
  for (let grew = dropped.size > 0; grew; ) {
    grew = false;
    for (const record of records) {
      const add = (id: string): void => {
        if (dropped.has(id)) return;
        dropped.add(id);
        grew = true;
      };
      if (record.inputs.some((input) => dropped.has(input.taskRunId))) add(record.id);
      if (record.parentId !== null && dropped.has(record.id) && !completed(records, record.parentId))
        add(record.parentId);
    }
  }
}

/** A parent that completed although a child failed (it caught the error) keeps its result. */
function completed(records: readonly TaskRun[], id: string): boolean {
  return records.some((record) => record.id === id && isKept(record));
}
