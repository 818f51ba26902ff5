import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../store/suite/ledger.testsuite.ts";
import { aFlowRun, anEvent, aState, aTaskRun, startAt } from "../store/suite/samples.testsuite.ts";
import type { Api } from "./api.ts";
import type { EventFacts } from "./automations.ts";
import { createEventDescriber } from "./event-facts.ts";
import { flowIdOf } from "./flow-id.ts";

let ledger: TestLedger;
let api: Api;
/** Questions to the ledger. */
let asked: string[];

beforeEach(async () => {
  ledger = await makeLedger();
  api = createService({ store: await ledger.open(), clock: systemClock });
  asked = [];
});
afterEach(async () => {
  await api.close();
  await ledger.remove();
});

async function describeAll(): Promise<readonly EventFacts[]> {
  const counted: Pick<Api, "listFlowRuns" | "listTaskRuns" | "listObjects"> = {
    listFlowRuns: (...args) => (asked.push("flow-run"), api.listFlowRuns(...args)),
    listTaskRuns: (...args) => (asked.push("task-run"), api.listTaskRuns(...args)),
    listObjects: (...args) => (asked.push(args[0]), api.listObjects(...args)),
  };
  const describer = createEventDescriber({ api: counted, clock: systemClock });
  return describer.describe((await api.listEvents({}, { limit: 1000 })).items);
}

const labelsOf = (event: EventFacts | undefined) => event?.related.map(({ labels }) => labels);

describe("an event of a flow run's state", () => {
  test("tells of the state, of the one before, and of what the run belongs to", async () => {
    const pool = await api.createWorkPool({ name: "pool", type: "process", paused: false });
    const queueId = pool.defaultQueueId ?? "";
    const { deployment } = await api.saveDeployment({ flowName: "training", name: "nightly", tags: ["b"] });
    const parent = aTaskRun(null, undefined, { name: "step", tags: ["c"] });
    const run = aFlowRun({
      states: [aState("PENDING"), aState("RUNNING", startAt + 1), aState("FAILED", startAt + 2, { message: "boom" })],
      tags: ["a", "b"],
      deploymentId: deployment.id,
      workQueueId: queueId,
      workPoolId: pool.id,
      parentTaskRunId: parent.id,
      extra: { createdBy: { id: deployment.id, type: "DEPLOYMENT", displayValue: "nightly" } },
    });
    await api.record({ processId: "p", taskRuns: [parent] });
    await api.record({ processId: "p", created: [run] });
    const events = await describeAll();
    const failed = events.find(({ name }) => name === "millrace.flow-run.Failed");
    expect(failed).toMatchObject({
      at: startAt + 2,
      resource: {
        id: `millrace.flow-run.${run.id}`,
        name: "brave-otter",
        "millrace.run-count": "1",
        "millrace.state-message": "boom",
        "millrace.state-name": "Failed",
        "millrace.state-timestamp": new Date(startAt + 2).toISOString(),
        "millrace.state-type": "FAILED",
      },
      payload: {
        intended: { from: "RUNNING", to: "FAILED" },
        initialState: { type: "RUNNING", name: "Running" },
        validatedState: { type: "FAILED", name: "Failed", message: "boom" },
      },
    });
    expect(labelsOf(failed)).toEqual([
      { id: `millrace.flow.${flowIdOf("training")}`, role: "flow", name: "training" },
      { id: `millrace.deployment.${deployment.id}`, role: "deployment", name: "nightly" },
      { id: `millrace.work-queue.${queueId}`, role: "work-queue", name: "default" },
      { id: `millrace.work-pool.${pool.id}`, role: "work-pool", name: "pool", "millrace.work-pool.type": "process" },
      { id: `millrace.task-run.${parent.id}`, role: "task-run", name: "step" },
      { id: "millrace.tag.a", role: "tag" },
      { id: "millrace.tag.b", role: "tag" },
      { id: "millrace.tag.c", role: "tag" },
      { id: `millrace.deployment.${deployment.id}`, role: "creator", name: "nightly" },
    ]);
    const pending = events.find(({ name }) => name === "millrace.flow-run.Pending");
    expect(pending).toMatchObject({
      resource: { "millrace.run-count": "0" },
      payload: { intended: { from: null, to: "PENDING" }, initialState: null },
    });
  });

  test("of one that is gone is what the ledger still knows", async () => {
    const run = aFlowRun();
    await api.record({ processId: "p", created: [run] });
    await api.deleteFlowRun(run.id);
    const [event] = await describeAll();
    expect(event).toMatchObject({ name: "millrace.flow-run.Pending", resource: { id: `millrace.flow-run.${run.id}` } });
    expect(event?.related).toEqual([]);
  });
});

test("an event of a task run's state tells of the flow run that it is in", async () => {
  const run = aFlowRun({ tags: ["a"] });
  const task = aTaskRun(run.id, undefined, { tags: ["t"] });
  await api.record({ processId: "p", created: [run] });
  await api.record({ processId: "p", taskRuns: [task] });
  const event = (await describeAll()).find(({ name }) => name === "millrace.task-run.Completed");
  expect(event).toMatchObject({
    resource: { id: `millrace.task-run.${task.id}`, name: "train", "millrace.run-count": "1" },
    payload: { intended: { from: "RUNNING", to: "COMPLETED" } },
  });
  expect(labelsOf(event)).toEqual([
    { id: `millrace.flow-run.${run.id}`, role: "flow-run", name: "brave-otter" },
    { id: `millrace.flow.${flowIdOf("training")}`, role: "flow", name: "training" },
    { id: "millrace.tag.a", role: "tag" },
    { id: "millrace.tag.t", role: "tag" },
  ]);
});

test("events of deployments, queues and pools tell what these belong to", async () => {
  const pool = await api.createWorkPool({ name: "pool", type: "process", paused: false });
  const { deployment } = await api.saveDeployment({ flowName: "etl", name: "nightly", workPoolId: pool.id });
  const events = await describeAll();
  const of = (id: string) => events.find(({ resource }) => resource.id === id);
  const poolLabels = {
    id: `millrace.work-pool.${pool.id}`,
    role: "work-pool",
    name: "pool",
    "millrace.work-pool.type": "process",
  };
  expect(labelsOf(of(`millrace.work-queue.${pool.defaultQueueId}`))).toEqual([poolLabels]);
  expect(labelsOf(of(`millrace.deployment.${deployment.id}`))).toEqual([
    { id: `millrace.flow.${flowIdOf("etl")}`, role: "flow", name: "etl" },
    ...(deployment.workQueueId === null
      ? []
      : [{ id: `millrace.work-queue.${deployment.workQueueId}`, role: "work-queue", name: "default" }]),
    poolLabels,
  ]);
  expect(of(`millrace.work-pool.${pool.id}`)?.resource).toMatchObject({ "millrace.work-pool.type": "process" });
});

test("an event of somebody's own is as it was sent, also when it is about a run", async () => {
  const run = aFlowRun();
  await api.record({ processId: "p", created: [run] });
  const follows = uuidv7();
  const own = anEvent({
    name: "millrace.flow-run.heartbeat",
    flowRunId: run.id,
    resource: { id: `millrace.flow-run.${run.id}`, mine: "x" },
    payload: '{"n":1}',
    follows,
  });
  await api.record({ processId: "p", events: [own] });
  const event = (await describeAll()).at(-1);
  expect(event).toEqual({
    id: own.id,
    name: own.name,
    at: own.at,
    resource: own.resource,
    related: [],
    payload: { n: 1 },
    follows,
  });
});

test("many events ask few questions", async () => {
  const run = aFlowRun();
  await api.record({ processId: "p", created: [run] });
  await api.record({ processId: "p", taskRuns: Array.from({ length: 200 }, () => aTaskRun(run.id)) });
  expect((await describeAll()).length).toBeGreaterThan(200);
  expect(asked.length).toBeLessThan(6);
});
