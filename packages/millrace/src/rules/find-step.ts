import type { TaskRun } from "../contract/task-run.ts";

/** By id, the start of an id, or name: of the task run, or of the task. The first of several in the order of the record. */
export function findStep(records: readonly TaskRun[], step: string): TaskRun | null {
  const tops = records.filter((record) => record.parentId === null);
  return (
    tops.find((record) => record.id.startsWith(step.toLowerCase())) ??
    tops.find((record) => record.name === step) ??
    tops.find((record) => record.taskName === step) ??
    null
  );
}
