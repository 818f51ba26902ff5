/** Proposes states for task runs, one after the other for each within this server: what the rules need is read, and the slots of its tags are taken. */

import type { Api } from "../../contract/api.ts";
import { tagLimitPrefix } from "../../contract/concurrency.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { Decision, State } from "../../contract/states.ts";
import type { TaskRun, TaskRunObservation } from "../../contract/task-run.ts";
import type { Clock } from "../../kit/clock.ts";
import { uuidFromHash } from "../../kit/ids.ts";
import { systemRandom } from "../../kit/random.ts";
import { endlessMs, listLeases, listLimitsByName } from "./handlers/limit-access.ts";
import { toHolder } from "./mapping/concurrency-limit.ts";
import { fromPrefectState, keptDetailsOf } from "./mapping/state.ts";
import type { KeptTaskRun } from "./mapping/task-run.ts";
import type { StateCreate } from "./schemas/states.ts";
import {
  attemptsBefore,
  decideTaskRunState,
  type TagSlots,
  type TaskRetries,
  type TaskRunFacts,
} from "./task-run-rules.ts";

/** How long a client waits at most for a slot of a tag before it asks again, in ms. */
const mostWaitMs = 10_000;

export interface TaskRunProposals {
  /**
   * Null where there is no such task run.
   *
   * @param options.isForced past the rules
   */
  propose(
    id: string,
    options: { readonly state: StateCreate; readonly isForced: boolean },
  ): Promise<{ readonly decision: Decision; readonly run: TaskRun } | null>;
}

export function createTaskRunProposals({ api, clock }: { readonly api: Api; readonly clock: Clock }): TaskRunProposals {
  /** What was last proposed for a task run: the next waits for it. */
  const last = new Map<string, Promise<unknown>>();

  async function inTurn<T>(id: string, body: () => Promise<T>): Promise<T> {
    const before = last.get(id) ?? Promise.resolve();
    const mine = before.then(body, body);
    last.set(id, mine);
    try {
      return await mine;
    } finally {
      if (last.get(id) === mine) last.delete(id);
    }
  }

  async function decide(run: TaskRun, state: StateCreate, isForced: boolean): Promise<Decision> {
    const now = clock.now();
    const proposed: State = { ...fromPrefectState(state), at: Math.max(now, run.state.at + 0.001) };
    const isDeferred = state.state_details.deferred === true;
    if (isForced && !isDeferred) return { answer: "ACCEPT", state: proposed };
    const flowRun = run.flowRunId === null ? null : await api.readFlowRun(run.flowRunId);
    const facts: TaskRunFacts = {
      run,
      proposed: isDeferred ? withParametersOf(run.state, proposed) : proposed,
      now,
      flowRun,
      flowRunCount: keptOf(run).flow_run_run_count ?? 1,
      retries: retriesOf(run, state),
      chance: systemRandom(),
      isDeferred,
      slots: { are: "free" },
    };
    const decision = decideTaskRunState(facts);
    if (decision.answer !== "ACCEPT" || proposed.type !== "RUNNING" || isDeferred) return decision;
    const slots = await takeSlots(run);
    return slots.are === "free" ? decision : decideTaskRunState({ ...facts, slots });
  }

  async function takeSlots({ id, tags }: TaskRun): Promise<TagSlots> {
    if (tags.length === 0) return { are: "free" };
    const limits = tags.map((tag) => tagLimitPrefix + tag);
    // Whoever has not heard the answer asks again, and has one slot.
    const leaseId = uuidFromHash(`tag slots of task run ${id}`);
    const answer = await api.takeSlots({ limits, slots: 1, leaseMs: endlessMs, holder: holderOf(id), leaseId });
    if (answer.granted) return { are: "free" };
    const refusedBy = answer.refusedBy.map((name) => name.slice(tagLimitPrefix.length));
    if (answer.retryAfterMs === null) return { are: "never", tags: refusedBy };
    return { are: "full", tags: refusedBy, forMs: Math.min(mostWaitMs, answer.retryAfterMs) };
  }

  async function giveBackSlots({ id, tags }: TaskRun): Promise<void> {
    if (tags.length === 0) return;
    const limits = await listLimitsByName(
      api,
      tags.map((tag) => tagLimitPrefix + tag),
    );
    if (limits.length === 0) return;
    const limitIds = limits.map((limit) => limit.id);
    for (const lease of await listLeases(api, limitIds, holderOf(id))) await api.giveBackSlots({ leaseId: lease.id });
  }

  return {
    propose: (id, { state: proposed, isForced }) =>
      inTurn(id, async () => {
        const run = await api.readTaskRun(id);
        if (run === null) return null;
        const decision = await decide(run, proposed, isForced);
        if (!("state" in decision) || decision.state === run.state) return { decision, run };
        const { state } = decision;
        const flowRun =
          run.flowRunId === null || state.type !== "RUNNING" ? null : await api.readFlowRun(run.flowRunId);
        const observed = toObservation(run, { state, flowRun });
        await api.record({ processId: "prefect-client", observed: [observed] });
        if (state.type !== "RUNNING" && state.type !== "CANCELLING") await giveBackSlots(run);
        return { decision, run };
      }),
  };
}

const holderOf = (id: string): string => toHolder({ type: "task_run", id });

const keptOf = (run: TaskRun): KeptTaskRun => run.extra ?? {};

/** The parameters of a background task are found by an id that each of its states has until it runs. */
function withParametersOf(current: State, proposed: State): State {
  const { task_parameters_id: id = null } = keptDetailsOf(current);
  const isOnTheWay = current.type === "SCHEDULED" || current.type === "PENDING";
  const isTaken = proposed.type === "PENDING" || proposed.type === "RUNNING";
  if (id === null || !isOnTheWay || !isTaken) return proposed;
  return { ...proposed, extra: { ...proposed.extra, details: { task_parameters_id: id, ...keptDetailsOf(proposed) } } };
}

/** Newer clients say how often and when by other fields than older ones. */
function retriesOf(run: TaskRun, { state_details: details }: StateCreate): TaskRetries {
  const { retries, max_retries, retry_delay, retry_delay_seconds, retry_jitter_factor } =
    keptOf(run).empirical_policy ?? {};
  const delays = retry_delay ?? retry_delay_seconds ?? 0;
  return {
    count: retries ?? (max_retries || null),
    delaysMs: [delays].flat().map((seconds) => seconds * 1000),
    jitterFactor: retry_jitter_factor ?? 0,
    isWorthIt: details.retriable !== false,
  };
}

function toObservation(
  run: TaskRun,
  { state, flowRun }: { readonly state: State; readonly flowRun: FlowRun | null },
): TaskRunObservation {
  const extra = flowRun === null ? run.extra : { ...run.extra, flow_run_run_count: flowRun.runCount };
  return {
    id: run.id,
    flowRunId: run.flowRunId,
    taskName: run.taskName,
    name: run.name,
    key: run.key,
    state,
    tags: run.tags,
    inputs: run.inputs,
    attempt: attemptsBefore(run, state.type) + (state.type === "RUNNING" ? 1 : 0),
    kind: run.kind,
    childFlowRunId: run.childFlowRunId,
    cacheKey: run.cacheKey,
    ...(extra === null ? {} : { extra }),
  };
}
