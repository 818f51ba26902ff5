/**
 * What events are about, read for many of them at once and kept for a while: a thousand task runs of one flow run ask for
 * their flow run once.
 */

import type { Clock } from "../kit/clock.ts";
import type { Api } from "./api.ts";
import { flowIdOf } from "./flow-id.ts";
import type { FlowRun } from "./flow-run.ts";
import type { Deployment, Flow, WorkPool, WorkQueue } from "./objects.ts";
import type { StoredEvent } from "./records.ts";
import type { State } from "./states.ts";
import type { TaskRun } from "./task-run.ts";

/** What is kept of a flow run: not its parameters, which may be large. */
export interface FlowRunSubject
  extends Pick<
    FlowRun,
    "id" | "name" | "flowName" | "tags" | "history" | "deploymentId" | "workPoolId" | "workQueueId" | "parentTaskRunId"
  > {
  readonly createdBy: unknown;
}

export type TaskRunSubject = Pick<TaskRun, "id" | "name" | "tags" | "history" | "flowRunId">;

interface SubjectObjects {
  readonly flow: Flow;
  readonly deployment: Deployment;
  readonly "work-queue": WorkQueue;
  readonly "work-pool": WorkPool;
}

type SubjectKind = keyof SubjectObjects;

/** What was read. Null for what is not there, and for what was not asked for. */
export interface SubjectReader {
  flowRun(id: string | null | undefined): FlowRunSubject | null;
  taskRun(id: string | null | undefined): TaskRunSubject | null;
  object<Kind extends SubjectKind>(kind: Kind, id: string | null | undefined): SubjectObjects[Kind] | null;
}

/** Names and tags may be so old, in ms. */
const keptForMs = 60_000;
/** Subjects kept of a kind. */
const maxKept = 10_000;
/** Ids of one question. */
const maxIds = 500;

const objectId = /^millrace\.(deployment|work-queue|work-pool)\.([\da-f-]{36})$/;

export function createEventSubjects({
  api,
  clock,
}: {
  readonly api: Pick<Api, "listFlowRuns" | "listTaskRuns" | "listObjects">;
  readonly clock: Clock;
}): { read(events: readonly StoredEvent[]): Promise<SubjectReader> } {
  const flowRuns = createCache(clock, async (ids) =>
    (await api.listFlowRuns({ ids }, undefined, { limit: ids.length })).items.map(toFlowRunSubject),
  );
  const taskRuns = createCache(clock, async (ids) =>
    (await api.listTaskRuns({ ids }, { limit: ids.length })).items.map(toTaskRunSubject),
  );
  const ofKind = <Kind extends SubjectKind>(kind: Kind): Cache<SubjectObjects[Kind]> =>
    createCache(
      clock,
      async (ids) =>
        (await api.listObjects(kind, { where: { field: "id", in: ids } }, { limit: ids.length }))
          .items as readonly SubjectObjects[Kind][],
    );
  const objects: { readonly [Kind in SubjectKind]: Cache<SubjectObjects[Kind]> } = {
    flow: ofKind("flow"),
    deployment: ofKind("deployment"),
    "work-queue": ofKind("work-queue"),
    "work-pool": ofKind("work-pool"),
  };

  const reader: SubjectReader = {
    flowRun: (id) => flowRuns.get(id),
    taskRun: (id) => taskRuns.get(id),
    object: (kind, id) => objects[kind].get(id),
  };

  return {
    async read(events) {
      const states = events.filter(({ related }) => related === undefined);
      const ofTaskRuns = states.filter(({ taskRunId }) => taskRunId !== null);
      const ofFlowRuns = states.filter(({ taskRunId, flowRunId }) => taskRunId === null && flowRunId !== null);
      await taskRuns.load(
        ofTaskRuns.map(({ taskRunId, at }) => ({ id: taskRunId, isFresh: (run) => hasState(run, at) })),
      );
      await flowRuns.load([
        ...ofFlowRuns.map(({ flowRunId, at }) => ({
          id: flowRunId,
          isFresh: (run: FlowRunSubject) => hasState(run, at),
        })),
        ...ofTaskRuns.map(({ flowRunId }) => ({ id: flowRunId })),
      ]);
      const runs = [...new Set(states.map(({ flowRunId }) => flowRunId))].flatMap((id) => flowRuns.get(id) ?? []);
      await taskRuns.load(runs.map(({ parentTaskRunId }) => ({ id: parentTaskRunId })));
      const named = events.flatMap(({ resource }) => {
        const [, kind, id] = objectId.exec(resource.id ?? "") ?? [];
        return kind === undefined || id === undefined ? [] : [{ kind, id }];
      });
      const idsOf = (kind: string): { readonly id: string }[] => named.filter((each) => each.kind === kind);
      await objects.flow.load(runs.map(({ flowName }) => ({ id: flowIdOf(flowName) })));
      await objects.deployment.load([
        ...runs.map(({ deploymentId }) => ({ id: deploymentId })),
        ...idsOf("deployment"),
      ]);
      const deployments = idsOf("deployment").flatMap(({ id }) => objects.deployment.get(id) ?? []);
      await objects["work-queue"].load([
        ...[...runs, ...deployments].map(({ workQueueId }) => ({ id: workQueueId })),
        ...idsOf("work-queue"),
      ]);
      const queues = [...runs, ...deployments]
        .map(({ workQueueId }) => workQueueId)
        .concat(idsOf("work-queue").map(({ id }) => id ?? null))
        .flatMap((id) => objects["work-queue"].get(id) ?? []);
      await objects["work-pool"].load([
        ...[...runs, ...deployments, ...queues].map(({ workPoolId }) => ({ id: workPoolId })),
        ...idsOf("work-pool"),
      ]);
      return reader;
    },
  };
}

function hasState(run: { readonly history: readonly State[] }, at: number): boolean {
  return run.history.some((state) => state.at === at);
}

function toFlowRunSubject(run: FlowRun): FlowRunSubject {
  const { id, name, flowName, tags, history, deploymentId, workPoolId, workQueueId, parentTaskRunId, extra } = run;
  const createdBy = extra.createdBy ?? null;
  return { id, name, flowName, tags, history, deploymentId, workPoolId, workQueueId, parentTaskRunId, createdBy };
}

function toTaskRunSubject({ id, name, tags, history, flowRunId }: TaskRun): TaskRunSubject {
  return { id, name, tags, history, flowRunId };
}

interface Wanted<Value> {
  readonly id: string | null | undefined;
  /** Whether what is kept will do. Default: it will. */
  readonly isFresh?: (value: Value) => boolean;
}

interface Cache<Value> {
  get(id: string | null | undefined): Value | null;
  load(wanted: readonly Wanted<Value>[]): Promise<void>;
}

function createCache<Value extends { readonly id: string }>(
  clock: Clock,
  read: (ids: readonly string[]) => Promise<readonly Value[]>,
): Cache<Value> {
  /** In the order in which they were read. What is not there is kept as null. */
  const kept = new Map<string, { readonly value: Value | null; readonly at: number }>();

  function isKept({ id, isFresh = () => true }: Wanted<Value>): boolean {
    const found = kept.get(id as string);
    if (found === undefined || clock.monotonic() - found.at > keptForMs) return false;
    return found.value !== null && isFresh(found.value);
  }

  return {
    get: (id) => kept.get(id ?? "")?.value ?? null,
    async load(wanted) {
      const missing = wanted.flatMap((each) => (typeof each.id !== "string" || isKept(each) ? [] : [each.id]));
      const ids = [...new Set(missing)];
      for (let start = 0; start < ids.length; start += maxIds) {
        const asked = ids.slice(start, start + maxIds);
        const found = new Map((await read(asked)).map((value) => [value.id, value]));
        for (const id of asked) {
          kept.delete(id);
          kept.set(id, { value: found.get(id) ?? null, at: clock.monotonic() });
        }
      }
      for (const id of kept.keys()) {
        if (kept.size <= maxKept) break;
        kept.delete(id);
      }
    },
  };
}
