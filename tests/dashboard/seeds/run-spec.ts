/** A run as a seed describes it, and what an engine would record of it. */

import type { RecordedError } from "../../../packages/millrace/src/contract/errors.ts";
import type { NewFlowRun } from "../../../packages/millrace/src/contract/flow-run.ts";
import type { FlowRunProposal } from "../../../packages/millrace/src/contract/record.ts";
import type { Artifact, LogLevel, LogLine } from "../../../packages/millrace/src/contract/records.ts";
import {
  isTerminal,
  type State,
  type StateDetails,
  type StateType,
} from "../../../packages/millrace/src/contract/states.ts";
import type { TaskRunChange, TaskRunKind } from "../../../packages/millrace/src/contract/task-run.ts";
import { uuidFromHash } from "../../../packages/millrace/src/kit/ids.ts";

/** The states that a run is left in, by name. */
export const stateTypesByName = {
  Scheduled: "SCHEDULED",
  Late: "SCHEDULED",
  AwaitingRetry: "SCHEDULED",
  AwaitingConcurrencySlot: "SCHEDULED",
  Pending: "PENDING",
  Running: "RUNNING",
  Retrying: "RUNNING",
  Completed: "COMPLETED",
  Cached: "COMPLETED",
  Failed: "FAILED",
  TimedOut: "FAILED",
  NotReady: "PENDING",
  Crashed: "CRASHED",
  Cancelling: "CANCELLING",
  Cancelled: "CANCELLED",
  RolledBack: "COMPLETED",
  Paused: "PAUSED",
  Suspended: "PAUSED",
} as const satisfies Readonly<Record<string, StateType>>;
export type StateName = keyof typeof stateTypesByName;

/** Whoever has executed what is seeded. */
export const processId = "5eed0000-0000-8000-8000-000000000001";

export interface RunSpec {
  readonly flow: string;
  /** With the flow it gives the id. */
  readonly name: string;
  /** How long before now it began, or would have; less than 0 for what is to come. */
  readonly agoMs: number;
  readonly tookMs?: number;
  readonly state: StateName;
  readonly message?: string;
  readonly details?: StateDetails;
  /** How long it waited before it began. Default 800. */
  readonly waitedMs?: number;
  readonly parameters?: unknown;
  readonly tags?: readonly string[];
  readonly error?: RecordedError;
  readonly result?: unknown;
  readonly deploymentId?: string;
  readonly workPoolId?: string;
  readonly workQueueId?: string;
  readonly autoScheduled?: boolean;
  readonly parent?: { readonly runId: string; readonly taskRunId: string; readonly rootId: string };
  readonly extra?: NewFlowRun["extra"];
  readonly tasks?: Iterable<TaskSpec>;
  readonly logs?: Iterable<LogSpec>;
  readonly artifacts?: Iterable<ArtifactSpec>;
}

export interface TaskSpec {
  readonly task: string;
  /** Names it in the run. Default: the task's. */
  readonly name?: string;
  /** After the run began. */
  readonly fromMs: number;
  readonly tookMs: number;
  readonly state: StateName;
  readonly message?: string;
  /** How long it waited before it began. Default 0.4. */
  readonly waitedMs?: number;
  /** How often it was tried. */
  readonly attempts?: number;
  /** The name of the task run in whose body it was called. */
  readonly parent?: string;
  /** The names of those whose results it takes. */
  readonly after?: readonly string[];
  readonly kind?: TaskRunKind;
  readonly childFlowRunId?: string;
  readonly error?: RecordedError;
  readonly result?: unknown;
  readonly preview?: string;
  readonly tags?: readonly string[];
  readonly cacheKey?: string;
  readonly reasonDetail?: string;
}

export interface LogSpec {
  /** After the run began. */
  readonly atMs: number;
  readonly level?: LogLevel;
  readonly message: string;
  readonly logger?: string;
  /** The name of the task run that says it. */
  readonly task?: string;
  readonly attempt?: number;
  readonly fields?: unknown;
}

export interface ArtifactSpec {
  readonly kind: string;
  readonly key?: string;
  readonly data: unknown;
  readonly description?: string;
  readonly task?: string;
  readonly atMs?: number;
}

export const runIdOf = (flow: string, name: string): string => uuidFromHash(`${flow}/${name}`);
export const taskIdOf = (runId: string, name: string): string => uuidFromHash(`${runId}/${name}`);

export function anError(name: string, message: string, at: readonly string[] = ["flows/main.ts:41:9"]): RecordedError {
  const frames = at.map((place, index) => `    at step${index + 1} (file:///srv/${place})`);
  const stack = [`${name}: ${message}`, ...frames, "    at async runTask (node:internal/process/task_queues:103:5)"];
  return { name, message, code: null, stack: stack.join("\n"), data: null };
}

export interface RunRecords {
  readonly created?: readonly NewFlowRun[];
  readonly taskRuns?: readonly TaskRunChange[];
  readonly logs?: readonly LogLine[];
  readonly artifacts?: readonly Artifact[];
  readonly proposals?: readonly FlowRunProposal[];
}

/** Part by part, as a run of a million lines is not held in memory. */
export function toRecords(run: RunSpec, now: number): { readonly id: string; readonly parts: Iterable<RunRecords> } {
  const id = runIdOf(run.flow, run.name);
  const startAt = now - run.agoMs;
  return { id, parts: toParts(run, { id, startAt }) };
}

interface Place {
  readonly id: string;
  readonly startAt: number;
}

function* toParts(run: RunSpec, place: Place): Iterable<RunRecords> {
  const states = statesOf(run, place);
  const end = states.at(-1);
  // What a run returned or threw is recorded with its end.
  const endsApart = end !== undefined && isTerminal(end.type) && (run.error !== undefined || run.result !== undefined);
  yield { created: [toFlowRun(run, place, endsApart ? states.slice(0, -1) : states)] };
  const attempts = new Map<string, number>();
  for (const task of run.tasks ?? []) {
    if (task.attempts !== undefined) attempts.set(task.name ?? task.task, task.attempts);
    yield { taskRuns: [toTaskRun(task, place)] };
  }
  for (const line of run.logs ?? []) yield { logs: [toLogLine(line, { ...place, attempts })] };
  let count = 0;
  for (const artifact of run.artifacts ?? []) yield { artifacts: [toArtifact(artifact, place, count++)] };
  if (endsApart) {
    const { error = null, result } = run;
    const kept = result === undefined ? null : ({ storage: "inline", data: JSON.stringify(result) } as const);
    yield { proposals: [{ id: place.id, epoch: 1, state: end, error, result: kept }] };
  }
}

function statesOf(run: RunSpec, { startAt }: Place): readonly State[] {
  const { state, message, details, tookMs = 0, waitedMs = 800 } = run;
  const type = stateTypesByName[state];
  const last = (at: number, more: StateDetails = {}): State => ({
    type,
    name: state,
    at,
    ...(message === undefined ? {} : { message }),
    ...(details === undefined && Object.keys(more).length === 0 ? {} : { details: { ...more, ...details } }),
  });
  // What is to come was made a while ago.
  const madeAt = Math.min(startAt - waitedMs, startAt + run.agoMs - 60_000);
  const scheduled: State = { type: "SCHEDULED", name: "Scheduled", at: madeAt, details: { scheduledAt: startAt } };
  if (state === "Scheduled") return [scheduled];
  if (state === "Late" || state === "AwaitingConcurrencySlot")
    return [scheduled, last(startAt + 30_000, { scheduledAt: startAt })];
  const pending: State = { type: "PENDING", name: "Pending", at: startAt - waitedMs / 2 };
  if (type === "PENDING") return [scheduled, last(startAt)];
  const begun: readonly State[] = [
    ...(run.autoScheduled === true ? [scheduled] : []),
    pending,
    { type: "RUNNING", name: "Running", at: startAt },
  ];
  return state === "Running" ? begun : [...begun, last(startAt + tookMs)];
}

function toFlowRun(run: RunSpec, { id }: Place, states: readonly State[]): NewFlowRun {
  const type = states.at(-1)?.type ?? "PENDING";
  const isOwned = type === "RUNNING" || type === "CANCELLING" || type === "PAUSED" || type === "PENDING";
  const { parent } = run;
  return {
    id,
    flowName: run.flow,
    name: run.name,
    parameters: JSON.stringify(run.parameters ?? {}),
    tags: run.tags ?? [],
    states,
    ownerId: isOwned && run.state !== "Suspended" && run.state !== "Pending" ? processId : null,
    version: "1.4.0",
    entrypoint: { module: `file:///srv/flows/${encodeURIComponent(run.flow)}.ts`, export: "main" },
    environment: {
      host: "seed.example",
      pid: 4711,
      platform: "linux-x64",
      node: "v24.21.0",
      millrace: "0.1.0",
      package: "flows@1.4.0",
      git: { commit: "0123abc0123abc0123abc0123abc0123abc01234", branch: "main" },
    },
    ...(parent === undefined
      ? {}
      : { parentRunId: parent.runId, parentTaskRunId: parent.taskRunId, rootRunId: parent.rootId }),
    ...(run.deploymentId === undefined ? {} : { deploymentId: run.deploymentId }),
    ...(run.workPoolId === undefined ? {} : { workPoolId: run.workPoolId }),
    ...(run.workQueueId === undefined ? {} : { workQueueId: run.workQueueId }),
    ...(run.autoScheduled === undefined ? {} : { autoScheduled: run.autoScheduled }),
    ...(run.extra === undefined ? {} : { extra: run.extra }),
  };
}

function toTaskRun(task: TaskSpec, { id: flowRunId, startAt }: Place): TaskRunChange {
  const name = task.name ?? task.task;
  const { attempts = 1, waitedMs = 0.4, state: word, after = [], error = null, message } = task;
  const at = startAt + task.fromMs;
  const history: State[] = [{ type: "PENDING", name: "Pending", at: at - waitedMs }];
  const type = stateTypesByName[word];
  const hasBegun = type !== "PENDING" && word !== "Cached";
  if (hasBegun) history.push({ type: "RUNNING", name: "Running", at });
  const partMs = task.tookMs / (2 * attempts - 1);
  for (let attempt = 2; attempt <= attempts; attempt++) {
    const failedAt = at + partMs * (2 * attempt - 3);
    const details = { scheduledAt: failedAt + partMs };
    history.push({ type: "SCHEDULED", name: "AwaitingRetry", at: failedAt, message: "HTTP 503", details });
    history.push({ type: "RUNNING", name: "Retrying", at: failedAt + partMs });
  }
  const isLeft = word !== "Pending" && word !== "Running" && word !== "Retrying";
  if (isLeft) {
    const cache = task.cacheKey === undefined ? {} : { details: { cacheKey: task.cacheKey } };
    history.push({ type, name: word, at: at + task.tookMs, ...(message === undefined ? {} : { message }), ...cache });
  }
  const state = history.at(-1) as State;
  return {
    id: taskIdOf(flowRunId, name),
    flowRunId,
    epoch: 1,
    parentId: task.parent === undefined ? null : taskIdOf(flowRunId, task.parent),
    kind: task.kind ?? "task",
    taskName: task.task,
    name,
    key: `${task.task}#${name}~0`,
    inputDigest: "h3JTxPuv8ljgC9Ye7YZJun",
    state,
    history,
    newStates: history.length,
    inputs: after.map((input, index) => ({
      parameter: `input${index + 1}`,
      taskRunId: taskIdOf(flowRunId, input),
    })),
    inputPreview: task.preview ?? `"${name}", { rows: 48 }`,
    tags: task.tags ?? [],
    attempt: hasBegun ? attempts : 0,
    reason: word === "Cached" ? "cache-hit" : word === "NotReady" ? "upstream-failed" : isLeft ? "ran" : null,
    reasonDetail: task.reasonDetail ?? null,
    cacheKey: task.cacheKey ?? null,
    codeHash: "fedcba9876543210",
    childFlowRunId: task.childFlowRunId ?? null,
    createdAt: history[0]?.at ?? at,
    startedAt: hasBegun ? at : null,
    endedAt: isTerminal(state.type) ? state.at : null,
    result:
      state.type === "COMPLETED" ? { storage: "inline", data: JSON.stringify(task.result ?? { rows: 48 }) } : null,
    error,
  };
}

function toLogLine(
  line: LogSpec,
  { id, startAt, attempts }: Place & { readonly attempts: ReadonlyMap<string, number> },
): LogLine {
  const { task, level = "info", message, logger = "millrace.run", fields } = line;
  return {
    flowRunId: id,
    taskRunId: task === undefined ? null : taskIdOf(id, task),
    attempt: line.attempt ?? (task === undefined ? 1 : (attempts.get(task) ?? 1)),
    at: startAt + line.atMs,
    level,
    logger,
    message,
    fields: fields === undefined ? null : JSON.stringify(fields),
  };
}

function toArtifact(artifact: ArtifactSpec, { id, startAt }: Place, index: number): Artifact {
  const { kind, key = null, data, description = null, task, atMs = 1000 } = artifact;
  const at = startAt + atMs;
  return {
    id: uuidFromHash(`${id}/artifact ${index}`),
    key,
    kind,
    description,
    data: JSON.stringify(data),
    flowRunId: id,
    taskRunId: task === undefined ? null : taskIdOf(id, task),
    createdAt: at,
    updatedAt: at,
  };
}
