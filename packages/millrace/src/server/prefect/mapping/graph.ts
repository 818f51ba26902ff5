/**
 * How the task runs and subflows of a flow run hang together. A node is a task run, or the flow run that a task run stands
 * for. It has an edge from each node whose result it took, and is encapsulated by the one in whose body it was called.
 */

import type { FlowRun } from "../../../contract/flow-run.ts";
import type { StateType } from "../../../contract/states.ts";
import type { TaskRun } from "../../../contract/task-run.ts";
import type { GraphArtifact, GraphNode } from "../schemas/flow-run-graph.ts";
import { toPrefectTime, toPrefectTimeOrNull } from "../times.ts";
import type { KeptTaskRun } from "./task-run.ts";

/** The name under which clients keep the task run that a task was called in. */
const enclosing = "__parents__";

/** What a node needs of a task run: a graph holds many. */
export interface GraphStep {
  readonly id: string;
  readonly label: string;
  readonly stateType: StateType;
  readonly startAt: number;
  readonly endAt: number | null;
  /** Ids of task runs, or of the flow runs that they stand for. */
  readonly upstream: readonly string[];
  readonly enclosedBy: readonly string[];
}

export type GraphChild = Pick<GraphStep, "id" | "label" | "stateType" | "startAt" | "endAt"> & {
  readonly taskRunId: string;
};

export function toGraphStep(run: TaskRun): GraphStep {
  const kept: KeptTaskRun = run.extra ?? {};
  return {
    id: run.id,
    label: run.name,
    stateType: run.state.type,
    startAt: run.startedAt ?? run.createdAt,
    endAt: run.endedAt,
    ...(kept.task_inputs === undefined
      ? {
          upstream: run.inputs.map(({ taskRunId }) => taskRunId),
          enclosedBy: run.parentId === null ? [] : [run.parentId],
        }
      : fromTheirInputs(kept.task_inputs)),
  };
}

function fromTheirInputs(inputs: NonNullable<KeptTaskRun["task_inputs"]>): Pick<GraphStep, "upstream" | "enclosedBy"> {
  const upstream: string[] = [];
  const enclosedBy: string[] = [];
  for (const [parameter, given] of Object.entries(inputs)) {
    const ids = parameter === enclosing ? enclosedBy : upstream;
    for (const input of given) if ("id" in input) ids.push(input.id);
  }
  return { upstream, enclosedBy };
}

/** Null for a run that no task run stands for. */
export function toGraphChild(run: FlowRun): GraphChild | null {
  if (run.parentTaskRunId === null) return null;
  return {
    id: run.id,
    taskRunId: run.parentTaskRunId,
    label: `${run.flowName} / ${run.name}`,
    stateType: run.state.type,
    startAt: run.startedAt ?? run.expectedAt,
    endAt: run.endedAt,
  };
}

/** The ids that are named by edges, but are none of these steps or children. */
export function findUnknown(steps: readonly GraphStep[], children: readonly GraphChild[]): readonly string[] {
  const known = new Set([...steps, ...children].map(({ id }) => id));
  const named = new Set(steps.flatMap(({ upstream, enclosedBy }) => [...upstream, ...enclosedBy]));
  return [...named].filter((id) => !known.has(id));
}

interface GraphParts {
  readonly steps: readonly GraphStep[];
  readonly children: readonly GraphChild[];
  /** Task runs of the flow run that have no node in the graph: nodes may come from them. */
  readonly absent: ReadonlySet<string>;
  readonly artifacts: ReadonlyMap<string | null, GraphArtifact[]>;
  /** Only nodes that have not ended before, in ms since the epoch. */
  readonly since: number;
}

/** Nodes in the order in which they began; the roots are those that took nothing from another. */
export function toGraphNodes(parts: GraphParts): { readonly nodes: [string, GraphNode][]; readonly rootIds: string[] } {
  const childrenOf = Map.groupBy(parts.children, ({ taskRunId }) => taskRunId);
  const all = parts.steps.flatMap((step): Drawn[] => {
    const children = childrenOf.get(step.id);
    if (children === undefined) return [{ ...step, kind: "task-run", step }];
    return children.map((child) => ({ ...child, endAt: child.endAt ?? step.endAt, kind: "flow-run", step }));
  });
  const known = new Set([...all, ...parts.children].map(({ id }) => id));
  const toIds = (named: readonly string[]): string[] => [
    ...new Set(
      named.flatMap(
        (id) => childrenOf.get(id)?.map((child) => child.id) ?? (known.has(id) || parts.absent.has(id) ? [id] : []),
      ),
    ),
  ];
  const upstreamOf = new Map(all.map(({ id, step }) => [id, toIds(step.upstream)]));
  const downstreamOf = Map.groupBy(
    [...upstreamOf].flatMap(([id, upstream]) => upstream.map((from) => ({ from, id }))),
    ({ from }) => from,
  );
  const shown = all.filter(({ endAt }) => endAt === null || endAt >= parts.since).sort(byStart);
  return {
    nodes: shown.map((drawn) => [
      drawn.id,
      {
        kind: drawn.kind,
        id: drawn.id,
        label: drawn.label,
        state_type: drawn.stateType,
        start_time: toPrefectTime(drawn.startAt),
        end_time: toPrefectTimeOrNull(drawn.endAt),
        parents: toEdges(upstreamOf.get(drawn.id) ?? []),
        children: (downstreamOf.get(drawn.id) ?? []).map(({ id }) => ({ id })),
        encapsulating: toEdges(toIds(drawn.step.enclosedBy)),
        artifacts: parts.artifacts.get(drawn.step.id) ?? [],
      },
    ]),
    rootIds: shown.filter(({ id }) => upstreamOf.get(id)?.length === 0).map(({ id }) => id),
  };
}

/** A node, with the task run that it is or that stands for it. */
interface Drawn extends Pick<GraphStep, "id" | "label" | "stateType" | "startAt" | "endAt"> {
  readonly kind: GraphNode["kind"];
  readonly step: GraphStep;
}

/** Among those that began at once, what goes on comes last. */
function byStart(a: Drawn, b: Drawn): number {
  return a.startAt - b.startAt || (a.endAt ?? Number.MAX_VALUE) - (b.endAt ?? Number.MAX_VALUE);
}

function toEdges(ids: readonly string[]): { id: string }[] {
  return ids.map((id) => ({ id }));
}
