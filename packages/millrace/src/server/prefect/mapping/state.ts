/** States at the border. What only Prefect's clients read of a state is kept beside it, and given back as it was. */

import { defaultStateNames, type ProposedState, type State, type StateDetails } from "../../../contract/states.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { TaskRun } from "../../../contract/task-run.ts";
import { uuidFromHash } from "../../../kit/ids.ts";
import type { State as PrefectState, StateCreate } from "../schemas/states.ts";
import { toPrefectTime, toPrefectTimeOrNull } from "../times.ts";

type DetailsInput = StateCreate["state_details"];

/** Kept in `extra` of a state. Details are those that we have no word for. */
interface Kept {
  readonly data?: unknown;
  readonly details?: Partial<PrefectState["state_details"]>;
}

export function fromPrefectState(given: StateCreate): ProposedState {
  const { type, name, message, data, state_details: details } = given;
  const ours = toOurDetails(details, data);
  const kept = toKept(details, data);
  return {
    type,
    name: name ?? defaultStateNames[type],
    ...(message === null ? {} : { message }),
    ...(Object.keys(ours).length === 0 ? {} : { details: ours }),
    ...(Object.keys(kept).length === 0 ? {} : { extra: { ...kept } }),
  };
}

function toOurDetails(details: DetailsInput, data: unknown): StateDetails {
  return {
    ...(details.scheduled_time === null ? {} : { scheduledAt: details.scheduled_time }),
    ...(details.cache_key === null ? {} : { cacheKey: details.cache_key }),
    ...(details.pause_timeout === null ? {} : { pauseTimeoutAt: details.pause_timeout }),
    ...(details.pause_key === null ? {} : { pauseKey: details.pause_key }),
    ...(details.pause_reschedule ? { suspended: true } : {}),
    ...toInputKeys(details.run_input_keyset),
    ...(details.child_flow_run_id === null ? {} : { childFlowRunId: details.child_flow_run_id }),
    ...(details.transition_id === null ? {} : { transitionId: details.transition_id }),
    ...(details.deployment_concurrency_lease_id === null
      ? {}
      : { slotLeaseId: details.deployment_concurrency_lease_id }),
    ...(isKeptResult(data) ? { hasResult: true } : {}),
  };
}

/** Where a pause's form is, and where its answer is looked for, among the inputs of its run. */
function toInputKeys(keyset: DetailsInput["run_input_keyset"]): Pick<StateDetails, "inputKeys"> {
  const { schema, response: answer, description } = keyset ?? {};
  if (schema === undefined || answer === undefined) return {};
  return { inputKeys: { schema, answer, ...(description === undefined ? {} : { description }) } };
}

/** Whether what describes a result says where it is kept. */
function isKeptResult(data: unknown): boolean {
  if (typeof data !== "object" || data === null) return false;
  const { type, storage_key: key } = data as { readonly type?: unknown; readonly storage_key?: unknown };
  return type === "reference" || (typeof key === "string" && type !== "unpersisted");
}

function toKept(details: DetailsInput, data: unknown): Kept {
  const theirs = {
    ...(details.cache_expiration === null ? {} : { cache_expiration: toPrefectTime(details.cache_expiration) }),
    ...(details.deferred === true ? { deferred: true } : {}),
    ...(details.untrackable_result ? { untrackable_result: true } : {}),
    ...(details.run_input_keyset === null ? {} : { run_input_keyset: details.run_input_keyset }),
    ...(details.refresh_cache === null ? {} : { refresh_cache: details.refresh_cache }),
    ...(details.retriable === null ? {} : { retriable: details.retriable }),
    ...(details.task_parameters_id === null ? {} : { task_parameters_id: details.task_parameters_id }),
    ...(details.traceparent === null ? {} : { traceparent: details.traceparent }),
  };
  return {
    ...(data === null || data === undefined ? {} : { data }),
    ...(Object.keys(theirs).length === 0 ? {} : { details: theirs }),
  };
}

/** The details of a state that we have no word for. */
export function keptDetailsOf(state: State): NonNullable<Kept["details"]> {
  return ((state.extra ?? {}) as Kept).details ?? {};
}

/** Whose state it is, and what the client is told of that. */
export interface StateOf {
  /** The run that is in it. */
  readonly runId: string | null;
  readonly flowRunId: string | null;
  readonly taskRunId: string | null;
}

/** The task run is the step of another flow run that it stands for. */
export function ofFlowRun({ id, parentTaskRunId }: Pick<FlowRun, "id" | "parentTaskRunId">): StateOf {
  return { runId: id, flowRunId: id, taskRunId: parentTaskRunId };
}

export function ofTaskRun({ id, flowRunId }: Pick<TaskRun, "id" | "flowRunId">): StateOf {
  return { runId: id, flowRunId, taskRunId: id };
}

export function toPrefectState(state: State, of: StateOf): PrefectState {
  const { data = null, details: kept = {} } = (state.extra ?? {}) as Kept;
  const { details = {} } = state;
  return {
    id: stateIdOf(state, of),
    type: state.type,
    name: state.name,
    timestamp: toPrefectTime(state.at),
    message: state.message ?? null,
    data,
    state_details: {
      flow_run_id: of.flowRunId,
      task_run_id: of.taskRunId,
      child_flow_run_id: details.childFlowRunId ?? null,
      scheduled_time: toPrefectTimeOrNull(details.scheduledAt ?? (state.type === "SCHEDULED" ? state.at : null)),
      cache_key: details.cacheKey ?? null,
      cache_expiration: null,
      deferred: false,
      untrackable_result: false,
      pause_timeout: toPrefectTimeOrNull(details.pauseTimeoutAt),
      pause_reschedule: details.suspended ?? false,
      pause_key: details.pauseKey ?? null,
      run_input_keyset: null,
      refresh_cache: null,
      retriable: null,
      transition_id: details.transitionId ?? null,
      task_parameters_id: null,
      traceparent: null,
      deployment_concurrency_lease_id: details.slotLeaseId ?? null,
      ...kept,
    },
  };
}

/** As much of an id as a run has in common with its states. A few runs of one ms may have it in common too. */
const runIdStart = "01234567-89ab-7cde".length;

/**
 * The id that a client has given it, which reports states of its task runs. Others follow from whose they are and when, and
 * begin as the id of the run does: those of flow runs too that an earlier version gave ids which no index finds.
 */
export function stateIdOf(state: State, { runId, flowRunId }: StateOf): string {
  const isOfFlowRun = runId === flowRunId;
  if (state.id !== undefined && !isOfFlowRun) return state.id;
  const own = uuidFromHash(`state ${runId} ${state.name} ${state.at}`);
  return runId === null ? own : runId.slice(0, runIdStart) + own.slice(runIdStart);
}

/** How the id begins of the run whose state it is: what finds it by an index. */
export function runIdPrefixOf(stateId: string): string {
  return stateId.slice(0, runIdStart).toLowerCase();
}

/** How long a run has been RUNNING, in s: by the states that it has left, and with the one it may be in. */
export function runTimes(
  history: readonly State[],
  now: number,
): { readonly total: number; readonly estimated: number } {
  let totalMs = 0;
  for (const [index, state] of history.entries()) {
    const next = history[index + 1];
    if (state.type === "RUNNING" && next !== undefined) totalMs += Math.max(0, next.at - state.at);
  }
  const last = history.at(-1);
  const openMs = last?.type === "RUNNING" ? Math.max(0, now - last.at) : 0;
  return { total: totalMs / 1000, estimated: (totalMs + openMs) / 1000 };
}

/** By how much a run started, or will start, later than it should, in s. */
export function startDelta(times: {
  readonly expectedAt: number;
  readonly startedAt: number | null;
  readonly state: State;
  readonly now: number;
}): number {
  const { expectedAt, startedAt, state, now } = times;
  if (startedAt !== null) return Math.max(0, startedAt - expectedAt) / 1000;
  const isWaiting = state.type === "SCHEDULED" || state.type === "PENDING";
  return isWaiting ? Math.max(0, now - expectedAt) / 1000 : 0;
}
