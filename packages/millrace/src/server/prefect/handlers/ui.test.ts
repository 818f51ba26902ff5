import { afterAll, beforeAll, expect, test } from "vitest";
import { flowIdOf } from "../../../contract/flow-id.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { aFlowRun, aState, aTaskRun } from "../../../store/suite/samples.testsuite.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";
import { uiHandlers } from "./ui.ts";

let http: OverHttp;
beforeAll(async () => {
  http = await serveOverHttp(uiHandlers);
});
afterAll(() => http.close());

const minuteMs = 60_000;

async function makeRun(more: Parameters<typeof aFlowRun>[0]): Promise<string> {
  const { created } = await http.api.record({ processId: "p", created: [aFlowRun({ ownerId: null, ...more })] });
  return created[0]?.run.id ?? "";
}

test("deployments are counted by flow", async () => {
  const base = { paused: false, tags: [], workPoolId: null, workQueueId: null, concurrencyLimit: null, polledAt: null };
  const flowId = flowIdOf("counted");
  for (const name of ["a", "b"])
    await http.api.createObject("deployment", { flowId, flowName: "counted", name, ...base });
  const other = flowIdOf("other");
  const { body } = await http.ask("countDeploymentsByFlow", { body: { flow_ids: [flowId, other] } });
  expect(body).toEqual({ [flowId]: 2, [other]: 0 });
});

test("the next run of each flow is the first that is due", async () => {
  const at = http.clock.now();
  const dueIn = (minutes: number) => [aState("SCHEDULED", at, { details: { scheduledAt: at + minutes * minuteMs } })];
  await makeRun({ flowName: "next", states: dueIn(2), name: "later" });
  const id = await makeRun({ flowName: "next", states: dueIn(1), name: "sooner" });
  await makeRun({
    flowName: "done",
    states: [aState("SCHEDULED", at), aState("RUNNING", at), aState("COMPLETED", at + 1)],
  });
  const ids = [flowIdOf("next"), flowIdOf("done"), uuidv7()];
  const { body } = await http.ask("nextRunsByFlow", { body: { flow_ids: ids } });
  expect(body).toMatchObject({ [ids[0] ?? ""]: { id, name: "sooner", state_type: "SCHEDULED" } });
  expect([body[ids[1] ?? ""], body[ids[2] ?? ""]]).toEqual([null, null]);
});

test("flow runs are dots with how long they took and how late they were", async () => {
  const at = http.clock.now();
  const states = [aState("SCHEDULED", at), aState("RUNNING", at + 500), aState("COMPLETED", at + 2500)];
  const id = await makeRun({ flowName: "dots", states });
  const { body } = await http.ask("readFlowRunHistory", { body: { flows: { name: { any_: ["dots"] } } } });
  expect(body).toMatchObject([{ id, state_type: "COMPLETED", duration: 2, lateness: 0.5 }]);
});

test("task runs are counted by flow run, by state and by interval, and read with the name of their run", async () => {
  const at = http.clock.now();
  const id = await makeRun({
    flowName: "tasks",
    name: "calm-crow",
    states: [aState("PENDING", at), aState("RUNNING", at)],
  });
  const end = (type: "COMPLETED" | "FAILED" | "CRASHED", startedAt: number) =>
    aTaskRun(id, [aState("RUNNING", startedAt), aState(type, startedAt + 1)], { startedAt, endedAt: startedAt + 1 });
  const taskRuns = [
    end("COMPLETED", at),
    end("FAILED", at),
    end("CRASHED", at + 19 * minuteMs),
    end("COMPLETED", at + 19 * minuteMs),
    aTaskRun(id, [aState("RUNNING", at)], { startedAt: at }),
    { ...end("COMPLETED", at), childFlowRunId: uuidv7() },
  ];
  await http.api.record({ processId: "p", taskRuns: taskRuns.map((run) => ({ ...run, epoch: 1 })) });
  const none = uuidv7();
  const counts = await http.ask("countTaskRunsByFlowRun", { body: { flow_run_ids: [id, none] } });
  expect(counts.body).toEqual({ [id]: 5, [none]: 0 });

  const flow_runs = { id: { any_: [id] } };
  const byState = await http.ask("readTaskRunCountsByState", { body: { flow_runs } });
  expect(byState.body).toMatchObject({ COMPLETED: 3, FAILED: 1, CRASHED: 1, RUNNING: 1, PENDING: 0 });

  const start_time = { after_: new Date(at).toISOString(), before_: new Date(at + 19 * minuteMs).toISOString() };
  const task_runs = { start_time };
  const { body } = await http.ask("readDashboardTaskRunCounts", { body: { task_runs, flow_runs } });
  expect(body).toHaveLength(20);
  expect([body[0], body[1], body[19]]).toEqual([
    { completed: 2, failed: 1 },
    { completed: 0, failed: 0 },
    { completed: 1, failed: 1 },
  ]);
  expect((await http.ask("readDashboardTaskRunCounts", { body: { task_runs: {} } })).status).toBe(422);

  const read = await http.ask("readTaskRunWithFlowRunName", { params: { id: taskRuns[0]?.id ?? "" } });
  expect(read.body).toMatchObject({ flow_run_id: id, flow_run_name: "calm-crow" });
  expect((await http.ask("readTaskRunWithFlowRunName", { params: { id: none } })).status).toBe(404);
});

test("values are checked by a schema", async () => {
  const schema = {
    type: "object",
    properties: { rows: { type: "array", items: { type: "integer" } }, date: { type: "string" } },
    required: ["date"],
  };
  const check = async (values: object): Promise<unknown> =>
    (await http.ask("validateObj", { body: { schema, values } })).body;
  expect(await check({ rows: [1], date: "2026-11-25" })).toEqual({ errors: [], valid: true });
  expect(await check({ rows: [1, "two"] })).toMatchObject({
    valid: false,
    errors: expect.arrayContaining([
      { property: "rows", errors: [{ index: 1, errors: [expect.any(String)] }] },
      { property: "date", errors: [expect.any(String)] },
    ]),
  });
});
