import { describe, expect, test } from "vitest";
import { isMillraceError } from "../../contract/errors.ts";
import { flowIdOf } from "../../contract/flow-id.ts";
import type { JsonObject, NewObject } from "../../contract/objects.ts";
import { serverKinds } from "../../contract/query.ts";
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

const onEvent = {
  kind: "event",
  posture: "Reactive",
  match: {},
  matchRelated: [],
  after: [],
  expect: ["order.placed"],
  forEach: [],
  threshold: 1,
  withinMs: 0,
};
const inOrder = { kind: "sequence", withinMs: null };
const doNothing = { kind: "do-nothing" };
const toState = { kind: "change-flow-run-state", name: null, message: null, force: false };

/** How it was answered. */
function codeOf(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => "done",
    (error: unknown) => (isMillraceError(error) ? error.code : error),
  );
}

export function testObjects(used: UsedApi): void {
  describe("objects", () => {
    test("of every kind are changed of the revision that is named, or not at all", async () => {
      const { api } = used;
      const name = `n-${uuidv7()}`;
      const pool = await api.createWorkPool({ name, type: "process" });
      const queue = await api.createWorkQueue({ workPoolId: pool.id, name });
      const { deployment } = await api.saveDeployment({ flowName: name, name });
      const spec = { kind: "cron", cron: "0 0 1 1 *" };
      const schedule = await api.createSchedule(deployment.id, { slug: null, active: false, spec });
      const variable = await api.writeVariable({ name, value: "1" });
      const account = await api.createAccount({ name, kind: "service", role: "viewer" });
      const workspace = await api.createWorkspace({ name: `w${name.slice(2, 30)}` });
      const writes: readonly [number, (revision?: number) => Promise<{ readonly revision: number } | null>][] = [
        [pool.revision, (revision) => api.updateWorkPool(pool.id, { description: "x" }, revision)],
        [queue.revision, (revision) => api.updateWorkQueue(queue.id, { description: "x" }, revision)],
        [schedule.revision, (revision) => api.updateSchedule(schedule.id, { jitterMs: 1 }, revision)],
        [deployment.revision, (revision) => api.updateDeployment(deployment.id, { description: "x" }, revision)],
        [variable.revision, (revision) => api.writeVariable({ name, value: "2" }, revision)],
        [account.revision, (revision) => api.updateAccount(account.id, { role: "runner" }, revision)],
        [workspace.revision, (revision) => api.updateWorkspace(workspace.id, { description: "x" }, revision)],
      ];
      for (const [revision, write] of writes) {
        const changed = await write(revision);
        expect(changed?.revision).toBeGreaterThan(revision);
        expect(await codeOf(write(revision))).toBe("REVISION_CONFLICT");
        expect(await codeOf(write())).toBe("done");
      }
      expect(await codeOf(api.writeVariable({ name: `${name}-none`, value: "1" }, 1))).toBe("NOT_FOUND");
    });

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

  test.each(serverKinds)("each %s is changed by the server alone, and read by all", async (kind) => {
    const { api, isServers } = used;
    const expected = isServers ? "done" : "OBJECT_INVALID";
    expect(await codeOf(api.updateObject(kind, uuidv7(), {}))).toBe(expected);
    expect(await codeOf(api.deleteObject(kind, uuidv7()))).toBe(expected);
    expect(await api.readObject(kind, uuidv7())).toBeNull();
    const none = { where: { field: "id", in: [uuidv7()] } };
    expect(await api.listObjects(kind, none)).toEqual({ items: [], next: null });
  });

  test("a configuration is made by the server alone", async () => {
    const name = `c-${uuidv7()}`;
    const { api, isServers } = used;
    expect(await codeOf(api.createObject("configuration", { name }))).toBe(isServers ? "done" : "OBJECT_INVALID");
    expect(await api.count("configuration", { field: "name", in: [name] })).toBe(isServers ? 1 : 0);
  });

  describe("objects that would be of no use are refused", () => {
    test("schedules that nobody could read, and those of no deployment", async () => {
      const { api } = used;
      const { id: deploymentId } = await api.createObject("deployment", aDeployment());
      const spec = { kind: "cron", cron: "0 2 * * *" };
      const schedule = { deploymentId, slug: null, active: true, nextAt: null, spec };
      const made = await api.createObject("schedule", schedule);
      const zzz = { spec: { kind: "zzz" } };
      const refused = { code: "SCHEDULE_INVALID" };
      await expect(api.createObject("schedule", { ...schedule, ...zzz })).rejects.toMatchObject(refused);
      await expect(api.updateObject("schedule", made.id, zzz)).rejects.toMatchObject(refused);
      const orphan = api.createObject("schedule", { ...schedule, deploymentId: uuidv7() });
      await expect(orphan).rejects.toMatchObject({ code: "OBJECT_INVALID" });
    });

    test("deployments of another flow's id, of pools that are not there, and with a schema that is none", async () => {
      const { api } = used;
      const refusals: readonly (readonly [string, Partial<NewObject<"deployment">>])[] = [
        ["OBJECT_INVALID", { flowId: uuidv7() }],
        ["OBJECT_INVALID", { workPoolId: uuidv7() }],
        ["PARAMETER_SCHEMA_INVALID", { parameterSchema: { type: 5 } }],
      ];
      for (const [code, wrong] of refusals) {
        await expect(api.createObject("deployment", aDeployment(wrong))).rejects.toMatchObject({ code });
      }
    });

    test("deployments with a schema that is none, only while it is enforced", async () => {
      const { api } = used;
      const loose = aDeployment({ parameterSchema: { type: 5 }, enforcesSchema: false });
      const { id } = await api.createObject("deployment", loose);
      await api.updateObject("deployment", id, { parameterSchema: { type: 6 } });
      const refused = { code: "PARAMETER_SCHEMA_INVALID" };
      await expect(api.updateObject("deployment", id, { enforcesSchema: true })).rejects.toMatchObject(refused);
      const change = { enforcesSchema: true, parameterSchema: { type: "object" } };
      expect(await api.updateObject("deployment", id, change)).toMatchObject(change);
    });

    test("variables whose value is no JSON", async () => {
      const { api } = used;
      const name = `v-${uuidv7()}`;
      await expect(api.writeVariable({ name, value: "{nope" })).rejects.toMatchObject({ code: "VARIABLE_INVALID" });
      const { id } = await api.writeVariable({ name, value: '"x"' });
      await expect(api.updateObject("variable", id, { value: "nope" })).rejects.toBeDefined();
      expect(await api.readVariable(name)).toMatchObject({ value: '"x"' });
    });

    test.each<[string, JsonObject]>([
      ["trigger: `treshold` is not known; `threshold` is", { trigger: { ...onEvent, treshold: 3 } }],
      ["trigger.kind", { trigger: { ...onEvent, kind: "evnt" } }],
      ["trigger.match.id", { trigger: { ...onEvent, match: { id: 5 } } }],
      ["trigger.match", { trigger: { ...onEvent, match: ["x"] } }],
      ["trigger.matchRelated", { trigger: { ...onEvent, matchRelated: {} } }],
      ["trigger.triggers.0.threshold", { trigger: { ...inOrder, triggers: [{ ...onEvent, threshold: "1" }] } }],
      ["trigger.query", { trigger: { kind: "metric", match: {}, matchRelated: [], operator: ">", threshold: 1 } }],
      ["actions.0.kind", { actions: [{ kind: "run-deploymnt" }] }],
      ["actions.0.target", { actions: [{ kind: "pause-deployment" }] }],
      [
        "actions.1.target",
        { actions: [doNothing, { kind: "pause-deployment", target: { source: "selected", name: "a" } }] },
      ],
      ["actions.0.target.id", { actions: [{ kind: "pause-work-pool", target: { source: "selected", id: "x" } }] }],
      ["actionsOnTrigger.0.state", { actionsOnTrigger: [{ ...toState, state: "DONE" }] }],
    ])("automations: %s", async (told, wrong) => {
      const { api } = used;
      const base = { name: `a-${uuidv7()}`, enabled: true, tags: [], owner: null };
      const right = { ...base, trigger: onEvent, actions: [doNothing] };
      const refused = { code: "OBJECT_INVALID", message: expect.stringContaining(told) };
      await expect(api.createObject("automation", { ...right, ...wrong })).rejects.toMatchObject(refused);
      const { id } = await api.createObject("automation", right);
      await expect(api.updateObject("automation", id, wrong)).rejects.toMatchObject(refused);
    });
  });

  test("a deployment or schedule that is deleted as an object takes the runs along that have not begun", async () => {
    const { api } = used;
    const deployment = await api.createObject("deployment", aDeployment());
    const { run } = await api.submitRun({ deployment: deployment.id, scheduledAt: startAt + 86_400_000 * 365 });
    expect(await api.deleteObject("deployment", deployment.id)).toBe(true);
    expect(await api.readFlowRun(run.id)).toBeNull();
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
    const { run } = await api.submitRun({ deployment: deployment.id, parentTaskRunId: step.id });
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
