/** A run of a test's own that goes on while a page shows it: recorded through the API, as an engine does. */

import type { Client } from "millrace/client";
import { processId, type RunRecords, type RunSpec, type TaskSpec, toRecords } from "../seeds/run-spec.ts";

export interface LiveRun {
  readonly id: string;
  /** Each as it is by now: what was recorded of it before is taken over by this. */
  record(tasks: readonly TaskSpec[]): Promise<void>;
  log(lines: NonNullable<RunSpec["logs"]>): Promise<void>;
}

export type LiveRunSpec = Pick<RunSpec, "flow" | "name" | "agoMs" | "parent">;

export async function startLiveRun(api: Pick<Client, "record">, spec: LiveRunSpec): Promise<LiveRun> {
  const now = Date.now();
  const { id, parts } = toRecords({ ...spec, state: "Running" }, now);
  for (const part of parts) await api.record({ processId, ...part });
  const recordAll = async (more: Partial<RunSpec>, ofPart: (part: RunRecords) => RunRecords): Promise<void> => {
    const all = [...toRecords({ ...spec, state: "Running", ...more }, now).parts].map(ofPart);
    const taskRuns = all.flatMap((part) => part.taskRuns ?? []);
    const logs = all.flatMap((part) => part.logs ?? []);
    await api.record({ processId, taskRuns, logs });
  };
  return {
    id,
    record: (tasks) => recordAll({ tasks }, ({ taskRuns = [] }) => ({ taskRuns })),
    log: (logs) => recordAll({ logs }, ({ logs: lines = [] }) => ({ logs: lines })),
  };
}
