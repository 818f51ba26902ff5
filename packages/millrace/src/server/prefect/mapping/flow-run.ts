/** Flow runs at the border. What only Prefect's clients know of a run is in its `extra`. */

import type { Api } from "../../../contract/api.ts";
import { flowIdOf } from "../../../contract/flow-id.ts";
import type { FlowRun, FlowRunExtra } from "../../../contract/flow-run.ts";
import type { Labels } from "../../../contract/objects.ts";
import { isJson, parseJson } from "../../../kit/json.ts";
import type { FlowRunCreate, FlowRunPolicy, FlowRunResponse } from "../schemas/flow-runs.ts";
import { toPrefectTime, toPrefectTimeOrNull } from "../times.ts";
import type { State as PrefectState } from "../schemas/states.ts";
import { toPrefectLabelValues } from "./label-values.ts";
import { type OnUnreadable, readOr } from "./unreadable.ts";
import { ofFlowRun, runTimes, startDelta, stateIdOf, toPrefectState } from "./state.ts";

/** What the border keeps of a run beside what the core knows. */
interface Kept extends FlowRunExtra {
  readonly context?: Record<string, unknown>;
  readonly policy?: Pick<FlowRunPolicy, "max_retries" | "retry_delay_seconds" | "retries" | "retry_delay">;
  readonly retryType?: FlowRunPolicy["retry_type"];
  readonly deploymentVersion?: string | null;
  readonly infrastructureDocumentId?: string | null;
}

type PolicyInput = FlowRunCreate["empirical_policy"];

/** What a policy says, as the core and the border keep it. */
export function fromPolicy(policy: PolicyInput): FlowRunExtra {
  const { max_retries, retry_delay_seconds, retries, retry_delay, pause_keys, resuming, retry_type } = policy;
  const count = retries ?? max_retries;
  const delayS = retry_delay ?? retry_delay_seconds;
  return {
    policy: { max_retries, retry_delay_seconds, retries, retry_delay },
    ...(count > 0 ? { retries: count } : {}),
    ...(delayS > 0 ? { retryDelayMs: delayS * 1000 } : {}),
    ...(pause_keys === null || pause_keys.length === 0 ? {} : { pauseKeys: pause_keys }),
    ...(resuming === true ? { resuming: true } : {}),
    ...(retry_type === null ? {} : { retryType: retry_type }),
  };
}

function toPolicy({ policy, retries, retryDelayMs, pauseKeys, resuming, retryType }: Kept): FlowRunPolicy {
  return {
    max_retries: policy?.max_retries ?? 0,
    retry_delay_seconds: policy?.retry_delay_seconds ?? 0,
    retries: policy?.retries ?? retries ?? null,
    retry_delay: policy?.retry_delay ?? (retryDelayMs === undefined ? null : Math.round(retryDelayMs / 1000)),
    pause_keys: [...(pauseKeys ?? [])],
    resuming: resuming ?? false,
    retry_type: retryType ?? null,
  };
}

/** What a run is made with, as it is kept beside it. */
export function fromPrefectRunExtra(given: {
  readonly labels: Labels | null;
  readonly context: Record<string, unknown>;
  readonly empirical_policy: PolicyInput;
  readonly job_variables: Record<string, unknown> | null;
  readonly infrastructure_document_id: string | null;
}): FlowRunExtra {
  return {
    ...fromPolicy(given.empirical_policy),
    ...(given.labels === null || Object.keys(given.labels).length === 0 ? {} : { labels: given.labels }),
    ...(Object.keys(given.context).length === 0 ? {} : { context: given.context }),
    ...(given.job_variables === null ? {} : { jobVariables: given.job_variables }),
    ...(given.infrastructure_document_id === null
      ? {}
      : { infrastructureDocumentId: given.infrastructure_document_id }),
  };
}

/** Names of pools and queues, and versions of deployments, that runs show. */
export interface FlowRunNames {
  readonly pools: ReadonlyMap<string, string>;
  readonly queues: ReadonlyMap<string, { readonly name: string; readonly workPoolId: string }>;
  readonly versions: ReadonlyMap<string, string | null>;
}

export async function readNames(api: Api, runs: readonly FlowRun[]): Promise<FlowRunNames> {
  const queues = new Map<string, { readonly name: string; readonly workPoolId: string }>();
  const pools = new Map<string, string>();
  const versions = new Map<string, string | null>();
  const queueIds = distinct(runs.map((run) => run.workQueueId));
  if (queueIds.length > 0) {
    const { items } = await api.listObjects("work-queue", { where: { field: "id", in: queueIds } }, { limit: 1000 });
    for (const { id, name, workPoolId } of items) queues.set(id, { name, workPoolId });
  }
  const poolIds = distinct([...runs.map((run) => run.workPoolId), ...[...queues.values()].map((q) => q.workPoolId)]);
  if (poolIds.length > 0) {
    const { items } = await api.listObjects("work-pool", { where: { field: "id", in: poolIds } }, { limit: 1000 });
    for (const { id, name } of items) pools.set(id, name);
  }
  const deploymentIds = distinct(runs.map((run) => run.deploymentId));
  if (deploymentIds.length > 0) {
    const where = { field: "id", in: deploymentIds };
    const { items } = await api.listObjects("deployment", { where }, { limit: 1000 });
    for (const { id, version = null } of items) versions.set(id, version);
  }
  return { queues, pools, versions };
}

function distinct(ids: readonly (string | null)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== null))];
}

/** Runs as every route gives them. */
export async function toPrefectFlowRuns(
  {
    api,
    now,
    onUnreadable,
  }: { readonly api: Api; readonly now: number; readonly onUnreadable?: OnUnreadable | undefined },
  runs: readonly FlowRun[],
): Promise<FlowRunResponse[]> {
  const names = await readNames(api, runs);
  return runs.map((run) => toPrefectFlowRun(run, { names, now, onUnreadable }));
}

export function toPrefectFlowRun(
  run: FlowRun,
  {
    names,
    now,
    onUnreadable,
  }: { readonly names: FlowRunNames; readonly now: number; readonly onUnreadable?: OnUnreadable | undefined },
): FlowRunResponse {
  const extra: Kept = run.extra;
  const { state } = run;
  const of = ofFlowRun(run);
  const times = runTimes(run.history, now);
  const queue = run.workQueueId === null ? undefined : names.queues.get(run.workQueueId);
  const poolId = run.workPoolId ?? queue?.workPoolId ?? null;
  return {
    id: run.id,
    created: toPrefectTime(run.createdAt),
    updated: toPrefectTime(state.at),
    name: run.name,
    flow_id: flowIdOf(run.flowName),
    state_id: stateIdOf(state, of),
    deployment_id: run.deploymentId,
    deployment_version:
      extra.deploymentVersion ?? (run.deploymentId === null ? null : (names.versions.get(run.deploymentId) ?? null)),
    work_queue_id: run.workQueueId,
    work_queue_name: queue?.name ?? null,
    work_pool_id: poolId,
    work_pool_name: poolId === null ? null : (names.pools.get(poolId) ?? null),
    flow_version: run.version,
    parameters: readOr(
      { kind: "flow-run", id: run.id, onUnreadable },
      () => toParameters(run.parameters),
      () => ({ input: run.parameters }),
    ),
    idempotency_key: run.idempotencyKey,
    context: extra.context ?? {},
    empirical_policy: toPolicy(extra),
    tags: [...run.tags],
    labels: {
      "prefect.flow.id": flowIdOf(run.flowName),
      ...(run.deploymentId === null ? {} : { "prefect.deployment.id": run.deploymentId }),
      ...toPrefectLabelValues(extra.labels),
    },
    parent_task_run_id: run.parentTaskRunId,
    state_type: state.type,
    state_name: state.name,
    run_count: run.runCount,
    expected_start_time: toPrefectTime(run.expectedAt),
    next_scheduled_start_time: toPrefectTimeOrNull(run.dueAt),
    start_time: toPrefectTimeOrNull(run.startedAt),
    end_time: toPrefectTimeOrNull(run.endedAt),
    total_run_time: times.total,
    estimated_run_time: times.estimated,
    estimated_start_time_delta: startDelta({ ...run, now }),
    auto_scheduled: run.autoScheduled,
    infrastructure_document_id: extra.infrastructureDocumentId ?? null,
    infrastructure_pid: extra.infrastructurePid ?? null,
    created_by: toCreatedBy(extra.createdBy),
    state: withResult(toPrefectState(state, of), run),
    job_variables: extra.jobVariables ?? {},
  };
}

/** How everything begins, in a text, that JSON has no word for. */
const beyondJson = '{"!';

/**
 * What a flow of ours returned, where the ledger holds it and JSON can say it: its state has the value itself, as Prefect's
 * may. Without it, a client says that the result is missing.
 */
function withResult(state: PrefectState, { result, state: { type } }: FlowRun): PrefectState {
  if (type !== "COMPLETED" || state.data !== null || result?.storage !== "inline") return state;
  return result.data.includes(beyondJson) || !isJson(result.data) ? state : { ...state, data: parseJson(result.data) };
}

/** Our flows may be given any JSON; Prefect's are always given an object. */
export function toParameters(text: string): Record<string, unknown> {
  const value = parseJson(text);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : { input: value };
}

export function toCreatedBy(given: unknown): FlowRunResponse["created_by"] {
  if (typeof given !== "object" || given === null) return null;
  const { id, type, displayValue } = given as Readonly<Record<string, unknown>>;
  const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return { id: textOrNull(id), type: textOrNull(type), display_value: textOrNull(displayValue) };
}
