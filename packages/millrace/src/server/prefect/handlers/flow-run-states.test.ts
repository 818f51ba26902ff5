import { afterAll, beforeAll, expect, test } from "vitest";
import { uuidv7 } from "../../../kit/ids.ts";
import { aFlowRun, aState, aTaskRun } from "../../../store/suite/samples.testsuite.ts";
import { flowRunStateHandlers } from "./flow-run-states.ts";
import { flowRunHandlers } from "./flow-runs.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";
import { taskRunHandlers } from "./task-runs.ts";

let http: OverHttp;
beforeAll(async () => {
  http = await serveOverHttp((context) => ({
    ...flowRunHandlers(context),
    ...flowRunStateHandlers(context),
    ...taskRunHandlers(context),
  }));
});
afterAll(() => http.close());

const at = 1_790_000_000_000;
const running = () => [aState("PENDING", at), aState("RUNNING", at + 1)];

test("each state of a flow run is found by its id, also that of a subflow's", async () => {
  const [parent, step] = [aFlowRun({ states: running() }), uuidv7()];
  const child = aFlowRun({ states: running(), parentRunId: parent.id, rootRunId: parent.id, parentTaskRunId: step });
  // Of the same ms, with an id that begins as that of the parent does.
  const near = aFlowRun({ states: running(), id: parent.id.slice(0, -1) + (parent.id.endsWith("0") ? "1" : "0") });
  await http.api.record({ processId: "p", created: [parent, child, near] });
  for (const { id } of [parent, child, near]) {
    const { body: states } = await http.ask("readFlowRunStates", { query: { flow_run_id: id } });
    expect(states.map(({ type }) => type)).toEqual(["PENDING", "RUNNING"]);
    for (const state of states) {
      const { body } = await http.ask("readFlowRunState", { params: { id: state.id } });
      expect(body).toEqual(state);
      expect(body.state_details.flow_run_id).toBe(id);
    }
  }
  expect((await http.ask("readFlowRunState", { params: { id: uuidv7() } })).status).toBe(404);
});

test("the state that a client is answered is the one that is found, and the one of its run", async () => {
  const created = await http.ask("createFlowRun", { body: { flow_id: await flowId(), state: { type: "PENDING" } } });
  const { id } = created.body;
  const set = { body: { state: { type: "RUNNING" } }, params: { id } };
  const { status, body } = await http.ask("setFlowRunState", set);
  expect([status, body.status]).toEqual([201, "ACCEPT"]);
  const { body: run } = await http.ask("readFlowRun", { params: { id } });
  expect(run.state_id).toBe(body.state?.id);
  expect((await http.ask("readFlowRunState", { params: { id: run.state_id ?? "" } })).body).toMatchObject({
    type: "RUNNING",
    name: "Running",
  });
});

test("a state that an earlier version gave an id of its own is found by the id that is told of it now", async () => {
  const states = [aState("PENDING", at), aState("RUNNING", at + 1)].map((state) => ({ ...state, id: uuidv7() }));
  const run = aFlowRun({ states });
  await http.api.record({ processId: "p", created: [run] });
  const { body: told } = await http.ask("readFlowRunStates", { query: { flow_run_id: run.id } });
  expect(told).toHaveLength(2);
  for (const state of told) {
    expect((await http.ask("readFlowRunState", { params: { id: state.id } })).body).toEqual(state);
  }
  const { body } = await http.ask("readFlowRun", { params: { id: run.id } });
  expect([body.state_id, body.state?.id]).toEqual([told[1]?.id, told[1]?.id]);
});

async function flowId(): Promise<string> {
  const run = aFlowRun({ flowName: "etl" });
  await http.api.record({ processId: "p", created: [run] });
  return (await http.ask("readFlowRun", { params: { id: run.id } })).body.flow_id;
}

test("a state of a task run is found by its id, also where the client has given it that", async () => {
  const run = aFlowRun({ states: running() });
  const own = aTaskRun(run.id, [aState("RUNNING", at + 2), aState("COMPLETED", at + 3)]);
  await http.api.record({ processId: "p", created: [run], taskRuns: [own] });
  const theirs = { id: uuidv7(), state: { ...aState("RUNNING", at + 4), id: uuidv7() } };
  const { taskName, name, key } = own;
  await http.api.record({
    processId: "p",
    observed: [{ flowRunId: run.id, taskName, name, key, tags: [], inputs: [], attempt: 1, ...theirs }],
  });
  for (const [id, types] of [
    [own.id, ["RUNNING", "COMPLETED"]],
    [theirs.id, ["RUNNING"]],
  ] as const) {
    const { body: states } = await http.ask("readTaskRunStates", { query: { task_run_id: id } });
    expect(states.map(({ type }) => type)).toEqual(types);
    for (const state of states) {
      expect((await http.ask("readTaskRunState", { params: { id: state.id } })).body).toEqual(state);
    }
  }
  expect((await http.ask("readTaskRunState", { params: { id: theirs.state.id } })).status).toBe(200);
  expect((await http.ask("readTaskRunState", { params: { id: uuidv7() } })).status).toBe(404);
});
