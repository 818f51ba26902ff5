import type { FlowRun } from "millrace/client";

/**
 * The ids of the runs below one.
 *
 * @param runs of one tree, callers before those that they called
 */
export function findDescendants(id: string, runs: readonly Pick<FlowRun, "id" | "parentRunId">[]): readonly string[] {
  const found = new Set([id]);
  for (const run of runs) if (run.parentRunId !== null && found.has(run.parentRunId)) found.add(run.id);
  found.delete(id);
  return [...found];
}
