/** The graphs of a flow run, in the two forms that Prefect has had. They are read by pages, and have a largest size. */

import type { Api } from "../../../contract/api.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { Condition } from "../../../contract/query.ts";
import type { Artifact, Page, PageRequest } from "../../../contract/records.ts";
import type { TaskRun } from "../../../contract/task-run.ts";
import { PrefectError } from "../errors.ts";
import { toPrefectArtifact } from "../mapping/artifact.ts";
import {
  findUnknown,
  type GraphChild,
  type GraphStep,
  toGraphChild,
  toGraphNodes,
  toGraphStep,
} from "../mapping/graph.ts";
import { ofFlowRun, stateIdOf } from "../mapping/state.ts";
import { toPrefectTaskRun } from "../mapping/task-run.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import type { DependencyResult, GraphArtifact } from "../schemas/flow-run-graph.ts";
import { toPrefectTime, toPrefectTimeOrNull } from "../times.ts";
import { flowRunNotFound } from "./flow-runs.ts";

const maxNodes = 10_000;
const maxArtifacts = 10_000;

/** Rows that are read in one question. An artifact comes with all that it holds. */
const pageSize = 500;
const artifactPageSize = 50;

export function graphHandlers({
  api,
  clock,
}: PrefectContext): Pick<PrefectHandlers, "readFlowRunGraphV1" | "readFlowRunGraphV2"> {
  const read = async (id: string): Promise<FlowRun> => {
    const run = await api.readFlowRun(id);
    if (run === null) throw flowRunNotFound;
    return run;
  };

  return {
    async readFlowRunGraphV1({ params: { id } }) {
      await read(id);
      const now = clock.now();
      const list = (page: PageRequest) => api.listTaskRuns({ flowRunIds: [id] }, page);
      const dependencies = await readAll(list, { max: maxNodes, pick: (run) => toDependency(run, now) });
      if (dependencies.length > maxNodes) throw tooLarge(id);
      return { status: 200, body: dependencies };
    },

    async readFlowRunGraphV2({ params: { id }, query: { since } }) {
      const run = await read(id);
      const steps = await readSteps(api, id, since);
      const children = await readChildren(api, id);
      const absent = await findExisting(api, id, findUnknown(steps, children));
      const artifacts = await readArtifacts(api, id);
      const { nodes, rootIds } = toGraphNodes({ steps, children, absent, artifacts, since });
      if (nodes.length > maxNodes) throw tooLarge(id);
      const of = ofFlowRun(run);
      return {
        status: 200,
        body: {
          start_time: toPrefectTime(run.startedAt ?? run.expectedAt),
          end_time: toPrefectTimeOrNull(run.endedAt),
          root_node_ids: rootIds,
          nodes,
          artifacts: artifacts.get(null) ?? [],
          states: run.history.map((state) => ({
            id: stateIdOf(state, of),
            timestamp: toPrefectTime(state.at),
            type: state.type,
            name: state.name,
          })),
        },
      };
    },
  };
}

function tooLarge(id: string): PrefectError {
  return new PrefectError({
    status: 400,
    detail: `The graph of flow run ${id} has more than ${maxNodes} nodes.`,
  });
}

/** What is picked of each item; one more than `max` where there are more. */
async function readAll<T, Picked>(
  list: (page: PageRequest) => Promise<Page<T>>,
  { max, size = pageSize, pick }: { readonly max: number; readonly size?: number; readonly pick: (item: T) => Picked },
): Promise<Picked[]> {
  const picked: Picked[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await list({ limit: Math.min(size, max + 1 - picked.length), cursor });
    picked.push(...page.items.map(pick));
    cursor = page.next;
  } while (cursor !== null && picked.length <= max);
  return picked;
}

/** Those that may have changed since. */
async function readSteps(api: Api, flowRunId: string, since: number): Promise<readonly GraphStep[]> {
  const isNew: Condition = {
    any: [
      { field: "endedAt", isNull: true },
      { field: "endedAt", atLeast: since },
      // A subflow has an end of its own.
      { field: "childFlowRunId", isNull: false },
    ],
  };
  const filter = { flowRunIds: [flowRunId], ...(since > 0 ? { where: isNew } : {}) };
  const steps = await readAll((page) => api.listTaskRuns(filter, page), { max: maxNodes, pick: toGraphStep });
  if (steps.length > maxNodes) throw tooLarge(flowRunId);
  return steps;
}

async function readChildren(api: Api, flowRunId: string): Promise<readonly GraphChild[]> {
  const list = (page: PageRequest) => api.listFlowRuns({ parentRunIds: [flowRunId] }, "created-asc", page);
  const children = await readAll(list, { max: maxNodes, pick: toGraphChild });
  return children.filter((child) => child !== null);
}

/** Which of these ids are task runs of the flow run. */
async function findExisting(api: Api, flowRunId: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let from = 0; from < ids.length; from += pageSize) {
    const filter = { ids: ids.slice(from, from + pageSize), flowRunIds: [flowRunId] };
    for (const { id } of (await api.listTaskRuns(filter, { limit: pageSize })).items) found.add(id);
  }
  return found;
}

/** By task run; null are those of the flow run itself. Results are no news. */
async function readArtifacts(api: Api, flowRunId: string): Promise<ReadonlyMap<string | null, GraphArtifact[]>> {
  const isShown: Condition = { field: "kind", notIn: ["result"] };
  const isLatest: Condition = { newestOf: "key" };
  const read = (where: Condition, is_latest: boolean) =>
    readAll((page) => api.listArtifacts({ flowRunIds: [flowRunId], where: { all: [isShown, where] } }, page), {
      max: maxArtifacts,
      size: artifactPageSize,
      pick: (artifact) => ({
        at: artifact.createdAt,
        of: artifact.taskRunId,
        shown: toGraphArtifact(artifact, is_latest),
      }),
    });
  const all = [...(await read(isLatest, true)), ...(await read({ not: isLatest }, false))];
  const shown = all.sort((a, b) => a.at - b.at).slice(0, maxArtifacts);
  const byTaskRun = Map.groupBy(shown, ({ of }) => of);
  return new Map([...byTaskRun].map(([of, each]) => [of, each.map((artifact) => artifact.shown)]));
}

/** What an artifact holds is not in a graph, but how far a progress is. */
function toGraphArtifact(artifact: Artifact, is_latest: boolean): GraphArtifact {
  const { id, key, type, data } = toPrefectArtifact(artifact);
  const created = toPrefectTime(artifact.createdAt);
  return { id, created, key, type, is_latest, data: type === "progress" ? data : null };
}

function toDependency(run: TaskRun, now: number): DependencyResult {
  const shown = toPrefectTaskRun(run, { now });
  const inputs = Object.values(shown.task_inputs).flat();
  const upstream = inputs.flatMap((input) => (input.input_type === "task_run" ? input.id : []));
  const enclosedBy = run.parentId === null ? [] : [run.parentId];
  return {
    id: shown.id,
    name: shown.name,
    upstream_dependencies: [...new Set([...upstream, ...enclosedBy])].map((id) => ({ input_type: "task_run", id })),
    state: shown.state,
    expected_start_time: shown.expected_start_time,
    start_time: shown.start_time,
    end_time: shown.end_time,
    total_run_time: shown.total_run_time,
    estimated_run_time: shown.estimated_run_time,
    untrackable_result: shown.state?.state_details.untrackable_result ?? false,
  };
}
