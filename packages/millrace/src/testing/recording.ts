/** A run and all that is recorded of it, as one JSON document: to be kept beside the tests, and replayed against later code. */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { ResultRef, ResultStorage } from "../contract/results.ts";
import type { TaskRun } from "../contract/task-run.ts";
import { readRun } from "./ended-run.ts";

export interface RunRecording {
  readonly format: "millrace-recording";
  readonly version: 1;
  /** The run, and then its subflows, however deep. */
  readonly runs: readonly FlowRun[];
  readonly taskRuns: readonly TaskRun[];
  /** Results that are too large for the ledger, in base64, by `resultName()`. One that could not be read is not there. */
  readonly results: Readonly<Record<string, string>>;
}

export type StoredRef = Extract<ResultRef, { readonly storage: "stored" }>;

export function resultName({ store, key }: StoredRef): string {
  return `${store} ${key}`;
}

export interface RecordingSource {
  readonly api: Api;
  readonly storages: ReadonlyMap<string, ResultStorage>;
}

/** @throws RUN_NOT_FOUND */
export async function createRecording({ api, storages }: RecordingSource, id: string): Promise<RunRecording> {
  const runs = await readRuns(api, await readRun(api, id));
  const taskRuns = (await Promise.all(runs.map((run) => api.readRecords(run.id)))).flat();
  const results: Record<string, string> = {};
  for (const { result } of [...runs, ...taskRuns]) {
    if (result?.storage !== "stored" || resultName(result) in results) continue;
    const bytes = await storages
      .get(result.store)
      ?.read(result.key)
      .catch(() => null);
    if (bytes !== null && bytes !== undefined) results[resultName(result)] = Buffer.from(bytes).toString("base64");
  }
  // Where it ran is nobody's business who has the recording.
  const anonymous = runs.map((run) => ({ ...run, environment: {}, ownerId: null }));
  return { format: "millrace-recording", version: 1, runs: anonymous, taskRuns, results };
}

async function readRuns(api: Api, run: FlowRun): Promise<readonly FlowRun[]> {
  const runs = [run];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Api["listFlowRuns"]>> = await api.listFlowRuns(
      { parentRunIds: [run.id] },
      "created-asc",
      { limit: 1000, cursor },
    );
    for (const child of page.items) runs.push(...(await readRuns(api, child)));
    cursor = page.next;
  } while (cursor !== null);
  return runs;
}
