/** What clients that set the states of task runs over REST are answered. */

import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { uuidv7 } from "../../../kit/ids.ts";
import { aFlowRun, aState } from "../../../store/suite/samples.testsuite.ts";
import { concurrencyLimitHandlers } from "./concurrency-limits.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";
import { taskRunHandlers } from "./task-runs.ts";

let http: OverHttp;
beforeEach(async () => {
  http = await serveOverHttp((context) => ({ ...taskRunHandlers(context), ...concurrencyLimitHandlers(context) }));
  onTestFinished(() => http.close());
});

async function aTask(more: Record<string, unknown> = {}): Promise<string> {
  const body = { task_key: "load", dynamic_key: uuidv7(), flow_run_id: null, ...more };
  return (await http.ask("createTaskRun", { body })).body.id;
}

async function propose(id: string, state: Record<string, unknown>, force = false) {
  http.advance(10);
  const { status, body } = await http.ask("setTaskRunState", { params: { id }, body: { state, force } });
  return [status, body.status, body.state?.name ?? null];
}

const read = async (id: string) => (await http.ask("readTaskRun", { params: { id } })).body;

test("a task goes its way, is tried again, and is counted", async () => {
  const id = await aTask({ empirical_policy: { retries: 1, retry_delay: 0 } });
  expect(await propose(id, { type: "RUNNING" })).toEqual([201, "ACCEPT", "Running"]);
  expect(await propose(id, { type: "FAILED", message: "no" })).toEqual([201, "REJECT", "AwaitingRetry"]);
  expect(await propose(id, { type: "RUNNING" })).toEqual([201, "ACCEPT", "Retrying"]);
  expect(await propose(id, { type: "FAILED" })).toEqual([201, "ACCEPT", "Failed"]);
  expect(await read(id)).toMatchObject({ state_name: "Failed", run_count: 2 });
  expect(await propose(id, { type: "CRASHED" })).toEqual([200, "ABORT", null]);
  // One that had ended is counted anew.
  expect(await propose(id, { type: "RUNNING" })).toEqual([201, "ACCEPT", "Running"]);
  expect(await read(id)).toMatchObject({ run_count: 1 });
});

test("a completed task whose result is kept stays so, but for who sets it by force", async () => {
  const id = await aTask();
  const data = { type: "reference", storage_key: "a" };
  await propose(id, { type: "RUNNING" });
  expect(await propose(id, { type: "COMPLETED", data })).toEqual([201, "ACCEPT", "Completed"]);
  expect(await propose(id, { type: "RUNNING" })).toEqual([200, "REJECT", "Completed"]);
  expect((await read(id)).state?.data).toEqual(data);
  expect(await propose(id, { type: "RUNNING" }, true)).toEqual([201, "ACCEPT", "Running"]);
});

test("a task of a flow that does not run is not begun", async () => {
  const states = [aState("PENDING", http.clock.now() - 2), aState("RUNNING", http.clock.now() - 1)];
  const [runs, waits] = [aFlowRun({ states }), aFlowRun({ states: states.slice(0, 1) })];
  await http.api.record({ processId: "p", created: [runs, waits] });
  expect(await propose(await aTask({ flow_run_id: runs.id }), { type: "RUNNING" })).toEqual([201, "ACCEPT", "Running"]);
  expect(await propose(await aTask({ flow_run_id: waits.id }), { type: "RUNNING" })).toEqual([200, "ABORT", null]);
  expect(
    (await http.ask("setTaskRunState", { params: { id: uuidv7() }, body: { state: { type: "RUNNING" } } })).status,
  ).toBe(404);
});

describe("the slots of a tag", () => {
  const limit = (concurrency_limit: number) =>
    http.ask("createConcurrencyLimit", { body: { tag: "database", concurrency_limit } });

  test("are held while a task runs, and others are told when to ask again", async () => {
    await limit(1);
    const [one, two] = [await aTask({ tags: ["database"] }), await aTask({ tags: ["database", "other"] })];
    expect(await propose(one, { type: "RUNNING" })).toEqual([201, "ACCEPT", "Running"]);
    // As a client does that has not heard the answer.
    expect((await propose(one, { type: "RUNNING" })).slice(0, 2)).toEqual([201, "ACCEPT"]);
    const { body } = await http.ask("setTaskRunState", { params: { id: two }, body: { state: { type: "RUNNING" } } });
    expect(body).toMatchObject({ state: null, status: "WAIT", details: { delay_seconds: expect.any(Number) } });
    expect((await read(two)).state_type).toBe("PENDING");
    await propose(one, { type: "COMPLETED" });
    expect(await propose(two, { type: "RUNNING" })).toEqual([201, "ACCEPT", "Running"]);
    await propose(two, { type: "CANCELLED" }, true);
    const { body: after } = await http.ask("readConcurrencyLimitByTag", { params: { tag: "database" } });
    expect(after.active_slots).toEqual([]);
  });

  test("that are none keep its tasks from running for good", async () => {
    await limit(0);
    expect(await propose(await aTask({ tags: ["database"] }), { type: "RUNNING" })).toEqual([200, "ABORT", null]);
  });
});

test("of those who claim a background task at the same time one has it, with what it was given", async () => {
  const task_parameters_id = uuidv7();
  const details = { deferred: true, task_parameters_id };
  const id = await aTask({ state: { type: "SCHEDULED", state_details: details } });
  const claim = { type: "PENDING", state_details: { deferred: true } };
  const answers = await Promise.all([1, 2, 3].map(() => propose(id, claim)));
  const accepted = answers.filter(([, status]) => status === "ACCEPT");
  expect([answers.length, accepted.length]).toEqual([3, 1]);
  expect((await read(id)).state?.state_details).toMatchObject({ task_parameters_id });
});
