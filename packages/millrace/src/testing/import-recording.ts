import { MillraceError } from "../contract/errors.ts";
import type { FlowRun, NewFlowRun } from "../contract/flow-run.ts";
import type { ResultRef, ResultStorage } from "../contract/results.ts";
import { isTerminal, type State } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";
import type { TaskRun, TaskRunChange } from "../contract/task-run.ts";
import { resultName, type RunRecording } from "./recording.ts";

/** Puts a recording into an empty ledger, its run as one whose process has died. */
export async function importRecording(
  recording: RunRecording,
  { store, storage }: { readonly store: Store; readonly storage: ResultStorage },
): Promise<void> {
  const refs = await importResults(recording, storage);
  const [root] = recording.runs;
  await store.record({
    created: recording.runs.map((run) => toNewRun(run, run === root)),
    transitions: [],
    taskRuns: recording.taskRuns.map((record) => toChange(record, refs)),
    logs: [],
    artifacts: [],
    events: [],
  });
}

/** @throws USAGE for what is no recording */
export function checkRecording(recording: RunRecording): FlowRun {
  const { format, version, runs } = recording as Partial<RunRecording>;
  const [root] = runs ?? [];
  if (format === "millrace-recording" && version === 1 && root !== undefined) return root;
  throw new MillraceError("USAGE", {
    reason: "This is no recording of a run that can be replayed",
    advice: "Make one with `exportRun(id)` or `ledger.export(run)`.",
  });
}

/** The references of results by their names: where they lie now. */
async function importResults(
  { taskRuns, results }: RunRecording,
  storage: ResultStorage,
): Promise<ReadonlyMap<string, ResultRef>> {
  const refs = new Map<string, ResultRef>();
  for (const { result } of taskRuns) {
    if (result?.storage !== "stored" || refs.has(resultName(result))) continue;
    const content = results[resultName(result)];
    if (content === undefined) continue;
    const { key, sizeBytes } = await storage.write(Buffer.from(content, "base64"));
    refs.set(resultName(result), { ...result, store: storage.name, key, sizeBytes });
  }
  return refs;
}

function toNewRun(run: FlowRun, isRoot: boolean): NewFlowRun {
  const { id, flowName, name, parameters, tags, parentRunId, parentTaskRunId, rootRunId, version, entrypoint } = run;
  return {
    id,
    flowName,
    name,
    parameters,
    tags,
    parentRunId: isRoot ? null : parentRunId,
    parentTaskRunId: isRoot ? null : parentTaskRunId,
    rootRunId,
    version,
    entrypoint,
    states: isRoot ? asCrashed(run.history) : run.history,
  };
}

function asCrashed(history: readonly State[]): readonly State[] {
  const last = history.at(-1);
  const before = last !== undefined && isTerminal(last.type) ? history.slice(0, -1) : history;
  return [...before, { type: "CRASHED", name: "Crashed", at: (last?.at ?? 0) + 0.001, message: "It is replayed" }];
}

function toChange(record: TaskRun, refs: ReadonlyMap<string, ResultRef>): TaskRunChange {
  const { seq: _, result, ...rest } = record;
  const moved = result?.storage === "stored" ? (refs.get(resultName(result)) ?? result) : result;
  return { ...rest, result: moved, newStates: record.history.length, epoch: 0 };
}
