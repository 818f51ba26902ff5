/**
 * The objects that the templates of an automation can read: `flow_run`, `flow`, `deployment` and so on, as far as the event
 * tells of one, and `variables`. Their fields are named as in Prefect's templates. Only what a template reads is looked up.
 */

import type { Api } from "../../contract/api.ts";
import type { EventFacts, Labels } from "../../contract/automations.ts";
import { flowIdOf } from "../../contract/flow-id.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { Variable } from "../../contract/objects.ts";
import type { State } from "../../contract/states.ts";
import type { TaskRun } from "../../contract/task-run.ts";
import { parseJson } from "../../kit/json.ts";

export type TemplateApi = Pick<Api, "readFlowRun" | "readTaskRun" | "readObject" | "listObjects">;

type Values = Readonly<Record<string, unknown>>;

interface Source {
  readonly api: TemplateApi;
  readonly event: EventFacts | null;
}

/** By the names that templates have for them. */
const readers: Readonly<Record<string, (source: Source) => Promise<unknown>>> = {
  flow_run: async ({ api, event }) => {
    const { id, labels } = find(event, "flow-run");
    const run = id === null ? null : await api.readFlowRun(id);
    return run === null ? null : toFlowRun(run, labels);
  },
  task_run: async ({ api, event }) => {
    const { id, labels } = find(event, "task-run");
    const run = id === null ? null : await api.readTaskRun(id);
    return run === null ? null : toTaskRun(run, labels);
  },
  flow: async ({ api, event }) => {
    const { id } = find(event, "flow");
    const flow = id === null ? null : await api.readObject("flow", id);
    return flow === null ? null : { ...timesOf(flow), id: flow.id, name: flow.name, tags: flow.tags, kind: "flow" };
  },
  deployment: async ({ api, event }) => {
    const { id } = find(event, "deployment");
    const deployment = id === null ? null : await api.readObject("deployment", id);
    if (deployment === null) return null;
    const { name, tags, paused, flowId, description, version, parameters } = deployment;
    return {
      ...timesOf(deployment),
      id: deployment.id,
      name,
      tags,
      paused,
      description,
      version,
      flow_id: flowId,
      kind: "deployment",
      parameters: parameters ?? {},
      entrypoint: deployment.entrypoint ?? null,
      work_queue_id: deployment.workQueueId,
    };
  },
  work_pool: async ({ api, event }) => {
    const { id } = find(event, "work-pool");
    const pool = id === null ? null : await api.readObject("work-pool", id);
    if (pool === null) return null;
    const { name, type, paused, description } = pool;
    return { ...timesOf(pool), id: pool.id, name, type, is_paused: paused, description, kind: "work-pool" };
  },
  work_queue: async ({ api, event }) => {
    const { id } = find(event, "work-queue");
    const queue = id === null ? null : await api.readObject("work-queue", id);
    if (queue === null) return null;
    const { name, priority, paused, description, polledAt } = queue;
    const lastPolled = polledAt === null ? null : toTime(polledAt);
    return {
      ...timesOf(queue),
      id: queue.id,
      name,
      priority,
      is_paused: paused,
      description,
      last_polled: lastPolled,
      kind: "work-queue",
    };
  },
  concurrency_limit: async ({ api, event }) => {
    const { id } = find(event, "concurrency-limit");
    const limit = id === null ? null : await api.readObject("concurrency-limit", id);
    if (limit === null) return null;
    return {
      ...timesOf(limit),
      id: limit.id,
      name: limit.name,
      limit: limit.slots,
      active: limit.active,
      kind: "concurrency-limit",
    };
  },
  variables: async ({ api }) => readVariables(api),
};

/** Those that are read, by their names. Null for what the event does not tell of, and for what is gone. */
export async function readTemplateObjects(
  source: Source,
  names: ReadonlySet<string>,
): Promise<Readonly<Record<string, unknown>>> {
  const wanted = Object.entries(readers).filter(([name]) => names.has(name));
  return Object.fromEntries(await Promise.all(wanted.map(async ([name, read]) => [name, await read(source)] as const)));
}

/** Variables that templates can read. */
const maxVariables = 5000;

export async function readVariables(api: Pick<Api, "listObjects">): Promise<Values> {
  const { items } = await api.listObjects("variable", {}, { limit: maxVariables });
  return Object.fromEntries(items.map(({ name, value }: Variable) => [name, parse(value)]));
}

/** The first resource of the kind in the event. */
function find(event: EventFacts | null, kind: string): { readonly id: string | null; readonly labels: Labels } {
  const prefix = `millrace.${kind}.`;
  const resources = event === null ? [] : [event.resource, ...event.related.map(({ labels }) => labels)];
  const labels = resources.find(({ id = "" }) => id.startsWith(prefix)) ?? {};
  return { id: labels.id?.slice(prefix.length) ?? null, labels };
}

/** The run with the state that the event tells of: by now it may have another. */
function toFlowRun(run: FlowRun, labels: Labels): Values {
  const state = toState(labels, run.history, run.state);
  return {
    id: run.id,
    name: run.name,
    tags: run.tags,
    kind: "flow-run",
    flow_id: flowIdOf(run.flowName),
    deployment_id: run.deploymentId,
    parent_task_run_id: run.parentTaskRunId,
    work_queue_id: run.workQueueId,
    flow_version: run.version,
    parameters: parse(run.parameters),
    idempotency_key: run.idempotencyKey,
    ...runFields(state, run),
    expected_start_time: toTime(run.expectedAt),
    run_count: run.runCount,
    auto_scheduled: run.autoScheduled,
  };
}

function toTaskRun(run: TaskRun, labels: Labels): Values {
  return {
    id: run.id,
    name: run.name,
    tags: run.tags,
    kind: "task-run",
    flow_run_id: run.flowRunId,
    ...runFields(toState(labels, run.history, run.state), run),
    run_count: run.attempt,
  };
}

function runFields(
  state: State,
  run: { readonly createdAt: number; readonly startedAt: number | null; readonly endedAt: number | null },
): Values {
  const { type, name, message = null, at } = state;
  return {
    state: { type, name, message, timestamp: toTime(at) },
    state_type: type,
    state_name: name,
    created: toTime(run.createdAt),
    start_time: run.startedAt === null ? null : toTime(run.startedAt),
    end_time: run.endedAt === null ? null : toTime(run.endedAt),
    total_run_time: run.startedAt === null ? 0 : ((run.endedAt ?? at) - run.startedAt) / 1000,
  };
}

function toState(labels: Labels, history: readonly State[], current: State): State {
  const name = labels["millrace.state-name"];
  const time = labels["millrace.state-timestamp"];
  return history.find((state) => state.name === name && toTime(state.at) === time) ?? current;
}

function timesOf({ createdAt, updatedAt }: { readonly createdAt: number; readonly updatedAt: number }): Values {
  return { created: toTime(createdAt), updated: toTime(updatedAt) };
}

function toTime(at: number): string {
  return new Date(at).toISOString();
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
