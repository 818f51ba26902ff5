/**
 * Events with all that belongs to them. The ledger keeps of a run's change of state whose it was and when; who looks at
 * events, by a filter or a trigger, asks for more: the flow, the deployment, the pool, the tags, the state before. It is
 * looked up here, for many events at once.
 *
 * Related resources have a role: `flow-run` and `flow` of a task run; `flow`, `deployment`, `work-queue`, `work-pool`,
 * `task-run` (the parent) and `creator` of a flow run; `tag` of both. Payload of both: {@link StateChange}.
 */

import type { Clock } from "../kit/clock.ts";
import { parseJson } from "../kit/json.ts";
import type { Api } from "./api.ts";
import type { EventFacts, Labels } from "./automations.ts";
import { createEventSubjects, type SubjectReader } from "./event-subjects.ts";
import { flowIdOf } from "./flow-id.ts";
import type { StoredEvent } from "./records.ts";
import { stateEventId } from "./state-event-id.ts";
import type { State } from "./states.ts";

/** The payload of an event that tells of a run's state. */
export interface StateChange {
  readonly intended: { readonly from: string | null; readonly to: string };
  readonly initialState: StateSummary | null;
  readonly validatedState: StateSummary;
}

export interface StateSummary {
  readonly type: string;
  readonly name: string;
  readonly message?: string;
  /** Of a task run's new state: all of it, for those who wait for its result. */
  readonly whole?: State;
  /** Of a pause: whether the run continues in a new process. */
  readonly pauseReschedule?: string;
}

export interface EventDescriber {
  /** In their order. What is gone is left out of what is related. */
  describe(events: readonly StoredEvent[]): Promise<readonly EventFacts[]>;
}

/** A message in an event is cut at so many characters: some people put results into it. */
const maxMessageLength = 100_000;

const idPrefix = "millrace.";

export function createEventDescriber(options: {
  readonly api: Pick<Api, "listFlowRuns" | "listTaskRuns" | "listObjects">;
  readonly clock: Clock;
}): EventDescriber {
  const subjects = createEventSubjects(options);
  return {
    async describe(events) {
      const known = await subjects.read(events);
      return events.map((event) => describe(event, known));
    },
  };
}

function describe(event: StoredEvent, known: SubjectReader): EventFacts {
  return ofRunState(event, known) ?? ofObject(event, known) ?? plain(event);
}

/** An event as it was recorded. */
function plain(event: StoredEvent, related: readonly Labels[] = event.related ?? []): EventFacts {
  return {
    id: event.id,
    name: event.name,
    at: event.at,
    resource: event.resource,
    related: related.map((labels) => ({ labels })),
    payload: parsePayload(event.payload),
    ...(event.follows === undefined || event.follows === null ? {} : { follows: event.follows }),
  };
}

function parsePayload(payload: string | null): unknown {
  if (payload === null) return {};
  try {
    return parseJson(payload);
  } catch {
    return payload;
  }
}

/** Null for an event that tells of no state, or of one of a run that is gone. */
function ofRunState(event: StoredEvent, known: SubjectReader): EventFacts | null {
  if (event.related !== undefined) return null;
  const run = event.taskRunId === null ? known.flowRun(event.flowRunId) : known.taskRun(event.taskRunId);
  if (run === null) return null;
  const kind = event.taskRunId === null ? "flow-run" : "task-run";
  if (event.resource.id !== `${idPrefix}${kind}.${run.id}`) return null;
  const index = run.history.findLastIndex(({ at, name }) => at === event.at && event.name === stateName(kind, name));
  const state = run.history[index];
  if (state === undefined) return null;
  const initial = run.history[index - 1] ?? null;
  const change: StateChange = {
    intended: { from: initial?.type ?? null, to: state.type },
    initialState: initial === null ? null : summarize(initial),
    validatedState: { ...summarize(state), ...(kind === "task-run" ? { whole: state } : {}) },
  };
  const runCount = run.history.slice(0, index + 1).filter(({ type }) => type === "RUNNING").length;
  return {
    id: event.id,
    name: event.name,
    at: event.at,
    resource: {
      id: event.resource.id,
      name: run.name,
      "millrace.run-count": String(runCount),
      "millrace.state-message": (state.message ?? "").slice(0, maxMessageLength),
      "millrace.state-name": state.name,
      "millrace.state-timestamp": new Date(state.at).toISOString(),
      "millrace.state-type": state.type,
    },
    related: (kind === "flow-run" ? relatedToFlowRun(run.id, known) : relatedToTaskRun(run.id, known)).map(
      (labels) => ({
        labels,
      }),
    ),
    payload: change,
    // A flow run's states each have their event; a task run's may be told of together.
    ...(initial === null || kind === "task-run"
      ? {}
      : { follows: stateEventId(run.id, { name: stateName(kind, initial.name), at: initial.at }) }),
  };
}

function stateName(kind: string, name: string): string {
  return `${idPrefix}${kind}.${name}`;
}

function summarize(state: State): StateSummary {
  return {
    type: state.type,
    name: state.name,
    ...(state.message === undefined || state.message === ""
      ? {}
      : { message: state.message.slice(0, maxMessageLength) }),
    ...(state.type === "PAUSED" ? { pauseReschedule: String(state.details?.suspended === true) } : {}),
  };
}

function relatedToTaskRun(id: string, known: SubjectReader): readonly Labels[] {
  const run = known.taskRun(id);
  const flowRun = known.flowRun(run?.flowRunId);
  if (flowRun === null) return tagLabels(run?.tags ?? []);
  return [
    resource("flow-run", flowRun),
    ...surroundings(flowRun.id, known),
    ...tagLabels([...(run?.tags ?? []), ...tagsOf(flowRun.id, known)]),
  ];
}

function relatedToFlowRun(id: string, known: SubjectReader): readonly Labels[] {
  const run = known.flowRun(id);
  const parent = known.taskRun(run?.parentTaskRunId);
  return [
    ...surroundings(id, known),
    ...(parent === null ? [] : [resource("task-run", parent)]),
    ...tagLabels([...tagsOf(id, known), ...(parent?.tags ?? [])]),
    ...creatorLabels(run?.createdBy),
  ];
}

/** The flow of a flow run, and where it is to run. */
function surroundings(flowRunId: string, known: SubjectReader): readonly Labels[] {
  const run = known.flowRun(flowRunId);
  if (run === null) return [];
  const deployment = known.object("deployment", run.deploymentId);
  const queue = known.object("work-queue", run.workQueueId);
  const pool = known.object("work-pool", run.workPoolId ?? queue?.workPoolId);
  return [
    resource("flow", { id: flowIdOf(run.flowName), name: run.flowName }),
    ...(deployment === null ? [] : [resource("deployment", deployment)]),
    ...(queue === null ? [] : [resource("work-queue", queue)]),
    ...(pool === null ? [] : [poolLabels(pool)]),
  ];
}

function tagsOf(flowRunId: string, known: SubjectReader): readonly string[] {
  const run = known.flowRun(flowRunId);
  if (run === null) return [];
  const deployment = known.object("deployment", run.deploymentId);
  const flow = known.object("flow", flowIdOf(run.flowName));
  return [...run.tags, ...(deployment?.tags ?? []), ...(flow?.tags ?? [])];
}

/** Deployments, queues and pools: what they belong to. */
function ofObject(event: StoredEvent, known: SubjectReader): EventFacts | null {
  if (event.related !== undefined) return null;
  const { id = "" } = event.resource;
  const [, kind, objectId] = /^millrace\.(deployment|work-queue|work-pool)\.([\w-]+)$/.exec(id) ?? [];
  switch (kind) {
    case "deployment": {
      const deployment = known.object("deployment", objectId);
      if (deployment === null) return null;
      const queue = known.object("work-queue", deployment.workQueueId);
      const pool = known.object("work-pool", deployment.workPoolId ?? queue?.workPoolId);
      return plain(event, [
        resource("flow", { id: deployment.flowId, name: deployment.flowName }),
        ...(queue === null ? [] : [resource("work-queue", queue)]),
        ...(pool === null ? [] : [poolLabels(pool)]),
      ]);
    }
    case "work-queue": {
      const pool = known.object("work-pool", known.object("work-queue", objectId)?.workPoolId);
      return plain(event, pool === null ? [] : [poolLabels(pool)]);
    }
    case "work-pool": {
      const pool = known.object("work-pool", objectId);
      const type = pool === null ? {} : { "millrace.work-pool.type": pool.type };
      return plain({ ...event, resource: { ...type, ...event.resource } });
    }
    default:
      return null;
  }
}

function resource(kind: string, { id, name }: { readonly id: string; readonly name: string }): Labels {
  return { id: `${idPrefix}${kind}.${id}`, role: kind, name };
}

function poolLabels(pool: { readonly id: string; readonly name: string; readonly type: string }): Labels {
  return { ...resource("work-pool", pool), "millrace.work-pool.type": pool.type };
}

function tagLabels(tags: readonly string[]): readonly Labels[] {
  return [...new Set(tags)].sort().map((tag) => ({ id: `${idPrefix}tag.${tag}`, role: "tag" }));
}

const creators: ReadonlySet<string> = new Set(["DEPLOYMENT", "AUTOMATION"]);

function creatorLabels(createdBy: unknown): readonly Labels[] {
  const { id, type, displayValue } = (createdBy ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== "string" || typeof type !== "string" || !creators.has(type)) return [];
  const name = typeof displayValue === "string" ? { name: displayValue } : {};
  return [{ id: `${idPrefix}${type.toLowerCase()}.${id}`, role: "creator", ...name }];
}
