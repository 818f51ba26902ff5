/** Failures by what is the same in them. */

import {
  type FailedRun,
  type Failure,
  type FailureGroup,
  maxGroupFlows,
  maxGroupRuns,
  maxSampleLength,
} from "../contract/failures.ts";
import { toErrorKey, toFingerprint } from "./failure-fingerprint.ts";

/** The groups, those with the latest failure first. */
export function groupFailures(failures: readonly Failure[]): readonly FailureGroup[] {
  const groups = Map.groupBy(withoutPassedOn(failures), toFingerprint);
  return [...groups]
    .map(([fingerprint, same]) => toGroup(fingerprint, same))
    .toSorted((one, other) => other.lastAt - one.lastAt || (one.fingerprint < other.fingerprint ? -1 : 1));
}

/** Each flow run of one group once, by its last failure of it; the last failed first. */
export function failedRunsOf(failures: readonly Failure[], fingerprint: string): readonly FailedRun[] {
  return toFailedRuns(withoutPassedOn(failures).filter((failure) => toFingerprint(failure) === fingerprint));
}

/** A flow fails of its task's error, and a parent of its subflow's: that failure is the task's, and is counted once. */
function withoutPassedOn(failures: readonly Failure[]): readonly Failure[] {
  const flowRunIds = new Set(failures.flatMap(({ flowRunId, taskRunId }) => (taskRunId === null ? flowRunId : [])));
  const ofTasks = new Map<string, Set<string>>();
  for (const failure of failures) {
    if (failure.taskRunId === null) continue;
    const keys = ofTasks.get(failure.flowRunId) ?? new Set();
    ofTasks.set(failure.flowRunId, keys.add(toErrorKey(failure)));
  }
  return failures.filter((failure) => {
    if (failure.childFlowRunId !== null && flowRunIds.has(failure.childFlowRunId)) return false;
    return failure.taskRunId !== null || ofTasks.get(failure.flowRunId)?.has(toErrorKey(failure)) !== true;
  });
}

function toFailedRuns(failures: readonly Failure[]): readonly FailedRun[] {
  const runs = new Map<string, FailedRun>();
  const inOrder = failures.toSorted((one, other) => other.at - one.at || (one.flowRunId < other.flowRunId ? -1 : 1));
  for (const { flowRunId, taskRunId, at } of inOrder) {
    if (!runs.has(flowRunId)) runs.set(flowRunId, { flowRunId, taskRunId, at });
  }
  return [...runs.values()];
}

function toGroup(fingerprint: string, failures: readonly Failure[]): FailureGroup {
  const newestFirst = failures.toSorted((one, other) => other.at - one.at);
  const last = newestFirst[0] as Failure;
  const runs = toFailedRuns(failures);
  return {
    fingerprint,
    taskName: last.taskName,
    flowNames: [...new Set(newestFirst.map(({ flowName }) => flowName))].slice(0, maxGroupFlows),
    count: failures.length,
    flowRunCount: runs.length,
    firstAt: newestFirst.at(-1)?.at ?? last.at,
    lastAt: last.at,
    newest: runs.slice(0, maxGroupRuns),
    stateType: last.stateType,
    stateName: last.stateName,
    errorName: last.errorName,
    errorCode: last.errorCode,
    message: last.message.slice(0, maxSampleLength),
  };
}
