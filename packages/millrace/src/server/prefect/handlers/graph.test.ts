import { afterAll, beforeAll, expect, test } from "vitest";
import type { TaskRunChange } from "../../../contract/task-run.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { aFlowRun, anArtifact, aState, aTaskRun } from "../../../store/suite/samples.testsuite.ts";
import { toPrefectTime } from "../times.ts";
import { graphHandlers } from "./graph.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";
import { taskRunHandlers } from "./task-runs.ts";

let http: OverHttp;
beforeAll(async () => {
  http = await serveOverHttp((context) => ({ ...graphHandlers(context), ...taskRunHandlers(context) }));
});
afterAll(() => http.close());

const at = 1_790_000_000_000;

async function makeRun(more: Partial<Parameters<typeof aFlowRun>[0]> = {}): Promise<string> {
  const run = aFlowRun({ states: [aState("PENDING", at), aState("RUNNING", at + 1)], ownerId: "p", ...more });
  await http.api.record({ processId: "p", created: [run] });
  return run.id;
}

function step(flowRunId: string, from: number, to: number | null, more: Partial<TaskRunChange> = {}): TaskRunChange {
  const end = to === null ? [] : [aState("COMPLETED", at + to)];
  return aTaskRun(flowRunId, [aState("RUNNING", at + from), ...end], { ...more });
}

/** A node without what is the same for each. */
async function readGraph(id: string, query: Record<string, string> = {}) {
  const { body } = await http.ask("readFlowRunGraphV2", { params: { id }, query });
  const nodes = new Map(body.nodes.map(([nodeId, node]) => [nodeId, node]));
  const edges = (kind: "parents" | "children" | "encapsulating", nodeId: string) =>
    nodes.get(nodeId)?.[kind].map((edge) => edge.id);
  return { ...body, ids: body.nodes.map(([nodeId]) => nodeId), nodes, edges };
}

test("runs of our engine are nodes with edges from what they took, in the order in which they began", async () => {
  const id = await makeRun();
  const child = aFlowRun({
    name: "calm-crow",
    flowName: "inner",
    states: [aState("SCHEDULED", at + 20), aState("RUNNING", at + 21), aState("FAILED", at + 29)],
    parentRunId: id,
    rootRunId: id,
    parentTaskRunId: uuidv7(),
  });
  const load = step(id, 0, 10, { name: "load-0" });
  const train = step(id, 11, 40, {
    inputs: [
      { parameter: "rows", taskRunId: load.id },
      { parameter: "again", taskRunId: load.id },
      { parameter: "elsewhere", taskRunId: uuidv7() },
    ],
  });
  const within = step(id, 12, 13, { parentId: train.id });
  const sub = step(id, 20, 30, { kind: "flow", id: child.parentTaskRunId ?? "", childFlowRunId: child.id });
  const last = step(id, 41, null, { inputs: [{ parameter: "model", taskRunId: sub.id }] });
  await http.api.record({ processId: "p", created: [child], taskRuns: [train, load, within, sub, last] });

  const graph = await readGraph(id);
  expect(graph).toMatchObject({ start_time: toPrefectTime(at + 1), end_time: null });
  expect(graph.states.map(({ name, timestamp }) => [name, timestamp])).toEqual([
    ["Pending", toPrefectTime(at)],
    ["Running", toPrefectTime(at + 1)],
  ]);
  expect(graph.ids).toEqual([load.id, train.id, within.id, child.id, last.id]);
  expect(graph.root_node_ids).toEqual([load.id, within.id, child.id]);
  expect(graph.nodes.get(load.id)).toEqual({
    kind: "task-run",
    id: load.id,
    label: "load-0",
    state_type: "COMPLETED",
    start_time: toPrefectTime(at),
    end_time: toPrefectTime(at + 10),
    parents: [],
    children: [{ id: train.id }],
    encapsulating: [],
    artifacts: [],
  });
  expect(graph.edges("parents", train.id)).toEqual([load.id]);
  expect(graph.edges("encapsulating", within.id)).toEqual([train.id]);
  expect(graph.nodes.get(child.id)).toMatchObject({
    kind: "flow-run",
    label: "inner / calm-crow",
    state_type: "FAILED",
    start_time: toPrefectTime(at + 21),
    end_time: toPrefectTime(at + 29),
    children: [{ id: last.id }],
  });
  expect(graph.edges("parents", last.id)).toEqual([child.id]);
  expect(graph.nodes.get(last.id)).toMatchObject({ state_type: "RUNNING", end_time: null });

  const { body: dependencies } = await http.ask("readFlowRunGraphV1", { params: { id } });
  const upstream = new Map(dependencies.map((each) => [each.id, each.upstream_dependencies.map((input) => input.id)]));
  expect(upstream.get(load.id)).toEqual([]);
  expect(upstream.get(within.id)).toEqual([train.id]);
  expect(upstream.get(train.id)).toEqual([load.id, expect.any(String)]);
  expect(dependencies.find((each) => each.id === load.id)).toMatchObject({
    name: "load-0",
    total_run_time: 0.01,
    untrackable_result: false,
    state: { type: "COMPLETED" },
  });
});

test("since a time there are those that have not ended before, and their edges to those that have", async () => {
  const id = await makeRun();
  const early = step(id, 0, 10);
  const late = step(id, 11, 20, { inputs: [{ parameter: "x", taskRunId: early.id }] });
  const stranger = step(id, 12, null, { inputs: [{ parameter: "x", taskRunId: uuidv7() }] });
  await http.api.record({ processId: "p", taskRuns: [early, late, stranger] });
  const graph = await readGraph(id, { since: toPrefectTime(at + 20) });
  expect(graph.ids).toEqual([late.id, stranger.id]);
  expect(graph.edges("parents", late.id)).toEqual([early.id]);
  expect(graph.root_node_ids).toEqual([stranger.id]);
  expect((await readGraph(id, { since: toPrefectTime(at + 20.001) })).ids).toEqual([stranger.id]);
});

test("artifacts are with what made them; of what they hold only a progress is told", async () => {
  const id = await makeRun();
  const task = step(id, 0, 10);
  const make = (more: Parameters<typeof anArtifact>[1]) => anArtifact(id, { key: `k-${id}`, ...more });
  const artifacts = [
    make({ taskRunId: task.id, createdAt: at + 2 }),
    make({ taskRunId: task.id, kind: "progress", data: '{"value":0.5}', key: null, createdAt: at + 1 }),
    make({ kind: "result", key: null }),
    make({ createdAt: at + 3 }),
  ];
  await http.api.record({ processId: "p", taskRuns: [task], artifacts });
  const graph = await readGraph(id);
  const shown = (index: number) => ({ id: artifacts[index]?.id, key: artifacts[index]?.key ?? null });
  expect(graph.nodes.get(task.id)?.artifacts).toEqual([
    { ...shown(1), created: toPrefectTime(at + 1), type: "progress", is_latest: true, data: 50 },
    { ...shown(0), created: toPrefectTime(at + 2), type: "markdown", is_latest: false, data: null },
  ]);
  expect(graph.artifacts).toEqual([
    { ...shown(3), created: toPrefectTime(at + 3), type: "markdown", is_latest: true, data: null },
  ]);
});

test("task runs of a Prefect client have the edges that it tells of", async () => {
  const id = await makeRun();
  const child = aFlowRun({ parentRunId: id, rootRunId: id, parentTaskRunId: uuidv7() });
  await http.api.record({ processId: "p", created: [child] });
  const create = async (key: string, task_inputs: object, more = {}): Promise<string> => {
    const body = { flow_run_id: id, task_key: key, dynamic_key: "0", task_inputs, ...more };
    return (await http.ask("createTaskRun", { body })).body.id;
  };
  const ofTask = (taskRunId: string) => ({ input_type: "task_run", id: taskRunId });
  const outer = await create("outer", { n: [{ input_type: "constant", type: "int" }] });
  const inner = await create("inner", { n: [{ input_type: "parameter", name: "n" }], __parents__: [ofTask(outer)] });
  const sub = await create("sub", {}, { id: child.parentTaskRunId });
  const last = await create("last", { a: [ofTask(inner)], b: [{ input_type: "flow_run", id: child.id }] });
  const graph = await readGraph(id);
  expect(new Set(graph.ids)).toEqual(new Set([outer, inner, child.id, last]));
  expect(graph.edges("encapsulating", inner)).toEqual([outer]);
  expect(graph.edges("parents", inner)).toEqual([]);
  expect(graph.edges("parents", last)).toEqual([inner, child.id]);
  expect(graph.edges("children", child.id)).toEqual([last]);
  const { body } = await http.ask("readFlowRunGraphV1", { params: { id } });
  const upstream = (taskRunId: string) => body.find((each) => each.id === taskRunId)?.upstream_dependencies;
  expect(upstream(inner)).toEqual([ofTask(outer)]);
  expect(upstream(last)).toEqual([ofTask(inner)]);
  expect(upstream(sub)).toEqual([]);
});

test("a graph of 10,000 task runs is whole, and one of more is refused", async () => {
  const id = await makeRun();
  const first = step(id, 0, 1);
  const inputs = [{ parameter: "x", taskRunId: first.id }];
  const others = Array.from({ length: 9_999 }, (_, index) => step(id, index + 1, index + 2, { inputs }));
  await http.api.record({ processId: "p", taskRuns: [first, ...others] });
  const graph = await readGraph(id);
  expect(graph.ids).toHaveLength(10_000);
  expect(graph.edges("children", first.id)).toHaveLength(9_999);
  expect(graph.root_node_ids).toEqual([first.id]);
  await http.api.record({ processId: "p", taskRuns: [step(id, 20_000, null)] });
  const refused = { status: 400, body: { detail: `The graph of flow run ${id} has more than 10000 nodes.` } };
  for (const name of ["readFlowRunGraphV1", "readFlowRunGraphV2"] as const) {
    expect(await http.ask(name, { params: { id } })).toMatchObject(refused);
  }
  const since = { since: toPrefectTime(at + 9_998) };
  expect((await readGraph(id, since)).ids).toHaveLength(4);
});

test("there is no graph of a run that is not there", async () => {
  const params = { id: uuidv7() };
  for (const name of ["readFlowRunGraphV1", "readFlowRunGraphV2"] as const) {
    expect(await http.ask(name, { params })).toMatchObject({ status: 404, body: { detail: "Flow run not found" } });
  }
});
