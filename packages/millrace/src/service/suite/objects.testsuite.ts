import { describe, expect, test } from "vitest";
import { flowIdOf } from "../../contract/flow-id.ts";
import type { NewObject } from "../../contract/objects.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { aState, startAt } from "../../store/suite/samples.testsuite.ts";
import { begin, register, type UsedApi } from "./api-under-test.testsuite.ts";

function aDeployment(more: Partial<NewObject<"deployment">> = {}): NewObject<"deployment"> {
  const flowName = more.flowName ?? `f-${uuidv7()}`;
  return {
    flowId: flowIdOf(flowName),
    flowName,
    name: "nightly",
    paused: false,
    tags: [],
    workPoolId: null,
    workQueueId: null,
    concurrencyLimit: null,
    polledAt: null,
    ...more,
  };
}

export function testObjects(used: UsedApi): void {
  describe("objects", () => {
    test("are made, read, listed, counted, changed and deleted, and told of", async () => {
      const { api } = used;
      const made = await api.createObject("deployment", aDeployment({ parameters: { date: "x" } }));
      expect(made).toMatchObject({ revision: 1, name: "nightly", parameters: { date: "x" } });
      expect(await api.readObject("deployment", made.id)).toEqual(made);
      const changed = await api.updateObject("deployment", made.id, { paused: true, description: "of the night" });
      expect(changed).toMatchObject({
        revision: 2,
        paused: true,
        description: "of the night",
        parameters: { date: "x" },
      });
      const where = { field: "flowId", in: [made.flowId] };
      expect((await api.listObjects("deployment", { where })).items).toEqual([changed]);
      expect(await api.count("deployment", where)).toBe(1);
      expect(await api.deleteObject("deployment", made.id)).toBe(true);
      expect(await api.deleteObject("deployment", made.id)).toBe(false);
      expect(await api.readObject("deployment", made.id)).toBeNull();
      expect(await api.updateObject("deployment", made.id, { paused: false })).toBeNull();
      const events = await api.listEvents({ resourceIds: [`millrace.deployment.${made.id}`] });
      expect(events.items.map(({ name }) => name)).toEqual([
        "millrace.deployment.created",
        "millrace.deployment.updated",
        "millrace.deployment.deleted",
      ]);
    });

    test("have names of their own", async () => {
      const { api } = used;
      const one = await api.createObject("deployment", aDeployment());
      const same = aDeployment({ flowName: one.flowName });
      await expect(api.createObject("deployment", same)).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
      const two = await api.createObject("deployment", aDeployment({ flowName: one.flowName, name: "daily" }));
      const taking = api.updateObject("deployment", two.id, { name: "nightly" });
      await expect(taking).rejects.toMatchObject({ code: "OBJECT_EXISTS", data: { name: "nightly" } });
    });

    test("are changed in their last revision only, where one is named", async () => {
      const { api } = used;
      const made = await api.createObject("saved-search", { name: `s-${uuidv7()}` });
      await api.updateObject("saved-search", made.id, { filters: [1] }, 1);
      const late = api.updateObject("saved-search", made.id, { filters: [2] }, 1);
      await expect(late).rejects.toMatchObject({ code: "REVISION_CONFLICT", data: { found: 2 } });
    });

    test("take what belongs to them along", async () => {
      const { api } = used;
      const pool = await api.createObject("work-pool", { name: `p-${uuidv7()}`, type: "process", paused: false });
      const queue = { workPoolId: pool.id, name: "default", priority: 1, paused: false, polledAt: null };
      const made = await api.createObject("work-queue", queue);
      await api.deleteObject("work-pool", pool.id);
      expect(await api.readObject("work-queue", made.id)).toBeNull();
    });
  });

  test("a flow run is changed beside its state", async () => {
    const { api } = used;
    const run = await begin(api, await register(api));
    await api.updateFlowRun(run.id, { extra: { labels: { team: "ml" } } });
    const changed = await api.updateFlowRun(run.id, {
      name: "calm-crow",
      tags: ["x"],
      extra: { infrastructurePid: "7" },
    });
    expect(changed).toEqual({
      ...run,
      name: "calm-crow",
      tags: ["x"],
      extra: { labels: { team: "ml" }, infrastructurePid: "7" },
    });
    expect(await api.updateFlowRun(uuidv7(), { name: "nobody" })).toBeNull();
  });

  test("a step of another engine that waits for a run of ours is told of its states", async () => {
    const { api } = used;
    const parent = await begin(api, await register(api));
    const step = {
      id: uuidv7(),
      flowRunId: parent.id,
      taskName: "child",
      name: "child-0",
      key: "child-0",
      tags: [],
      inputs: [],
      attempt: 0,
      extra: { task_key: "child" },
      state: { ...aState("PENDING", startAt), id: uuidv7() },
    };
    await api.record({ processId: "p", observed: [step] });
    const deployment = await api.createObject("deployment", aDeployment());
    const processId = await register(api);
    const { run } = await api.submitRun({ deploymentId: deployment.id, parentTaskRunId: step.id });
    await api.claimFlowRun({ id: run.id, processId, mode: "start" });
    expect((await api.readTaskRun(step.id))?.state).toMatchObject({
      type: "RUNNING",
      details: { childFlowRunId: run.id },
    });
    const state = { type: "COMPLETED", name: "Completed" } as const;
    await api.record({ processId, proposals: [{ id: run.id, epoch: 1, state }] });
    expect((await api.readTaskRun(step.id))?.state.type).toBe("COMPLETED");
  });

  test("task runs of another engine are recorded as they are reported", async () => {
    const { api } = used;
    const run = await begin(api, await register(api));
    const report = {
      id: uuidv7(),
      flowRunId: run.id,
      taskName: "train",
      name: "train-0",
      key: "train-0",
      tags: [],
      inputs: [],
      attempt: 1,
      extra: { task_key: "train" },
    };
    const [running, completed] = [aState("RUNNING", startAt), aState("COMPLETED", startAt + 5)];
    await api.record({
      processId: "p",
      observed: [completed, running].map((state) => ({ ...report, state: { ...state, id: uuidv7() } })),
    });
    const found = await api.readTaskRun(report.id);
    expect(found).toMatchObject({ startedAt: startAt, endedAt: startAt + 5, extra: { task_key: "train" } });
    expect(found?.history.map(({ name }) => name)).toEqual(["Running", "Completed"]);
    expect(await api.renameTaskRun(report.id, "again")).toBe(true);
    expect((await api.readTaskRun(report.id))?.name).toBe("again");
    expect([await api.deleteTaskRun(report.id), await api.deleteTaskRun(report.id)]).toEqual([true, false]);
    expect(await api.readTaskRun(report.id)).toBeNull();
    expect(await api.renameTaskRun(report.id, "gone")).toBe(false);
  });
}
