/** Runs that come into a ledger while a server is over it, as a test needs them for itself. */

import type { Api } from "millrace/client";
import { processId, type RunSpec, toRecords } from "../seeds/run-spec.ts";

/** @returns their ids, in order */
export async function recordRuns(api: Api, runs: readonly RunSpec[]): Promise<readonly string[]> {
  const told = runs.map((run) => toRecords(run, Date.now()));
  const parts = told.flatMap((each) => [...each.parts]);
  const proposals = parts.flatMap((part) => part.proposals ?? []);
  await api.record({
    processId,
    created: parts.flatMap((part) => part.created ?? []),
    taskRuns: parts.flatMap((part) => part.taskRuns ?? []),
    logs: parts.flatMap((part) => part.logs ?? []),
    artifacts: parts.flatMap((part) => part.artifacts ?? []),
  });
  // How runs end: they must be there first.
  if (proposals.length > 0) await api.record({ processId, proposals });
  return told.map(({ id }) => id);
}
