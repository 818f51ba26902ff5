import { describe, expect, test } from "vitest";
import type { DeploymentToSave, Rerun, SavedDeployment, ScheduleToSave } from "../../contract/deployments.ts";
import type { Api } from "../../contract/api.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { DeploymentTriggerToSave } from "../../contract/deployment-triggers.ts";
import type { Automation, JsonObject } from "../../contract/objects.ts";
import { flowIdOf } from "../../contract/flow-id.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { aState, aTaskRun } from "../../store/suite/samples.testsuite.ts";
import { begin, register, type UsedApi } from "./api-under-test.testsuite.ts";

const daily: ScheduleToSave = { slug: "daily", active: true, spec: { kind: "cron", cron: "0 0 * * *" } };

function aTrigger(name: string): DeploymentTriggerToSave {
  const trigger = {
    kind: "event",
    posture: "Reactive",
    match: {},
    matchRelated: [],
    after: [],
    expect: [`file.${name}`],
    forEach: [],
    threshold: 1,
    withinMs: 0,
  };
  return { name, trigger };
}

export async function save(api: Api, more: Partial<DeploymentToSave> = {}): Promise<SavedDeployment> {
  return api.saveDeployment({ flowName: `f-${uuidv7()}`, name: "nightly", ...more });
}

/** The runs that are to come, by their due times. */
async function waiting(api: Api, deploymentId: string): Promise<readonly FlowRun[]> {
  const where = {
    all: [
      { field: "deploymentId", in: [deploymentId] },
      { field: "stateType", in: ["SCHEDULED"] },
    ],
  };
  return (await api.listFlowRuns({ where }, "due-asc")).items;
}

export function testDeployments(used: UsedApi): void {
  describe("deployments", () => {
    test("are made once of their names, with their flow, and keep what is left out", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const first = await save(api, { flowName, tags: ["a"], parameters: { x: 1 }, schedules: [daily] });
      expect(first).toMatchObject({ isNew: true, deployment: { flowName, paused: false, parameters: { x: 1 } } });
      expect(await api.readObject("flow", flowIdOf(flowName))).toMatchObject({ name: flowName });
      const second = await save(api, { flowName, tags: ["b"] });
      expect(second).toMatchObject({ isNew: false, deployment: { tags: ["b"], parameters: { x: 1 } } });
      expect(second.deployment.id).toBe(first.deployment.id);
      expect(second.schedules).toMatchObject([daily]);
    });

    test("that are saved as they are do not change", async () => {
      const { api } = used;
      const given = { flowName: `f-${uuidv7()}`, parameters: { x: 1 }, schedules: [daily] };
      const first = await save(api, given);
      const second = await save(api, { ...given, updatedBy: { id: "someone" } });
      expect(second).toEqual({ ...first, isNew: false });
    });

    test("that many save at once are one", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const all = await Promise.all(Array.from({ length: 5 }, () => save(api, { flowName, schedules: [] })));
      expect(new Set(all.map(({ deployment }) => deployment.id)).size).toBe(1);
      expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
    });

    test("have triggers, which are automations of theirs, replaced by name", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const [arrived, late] = [aTrigger("arrived"), aTrigger("late")];
      const { deployment } = await save(api, { flowName, triggers: [arrived, late] });
      const owned = async (): Promise<readonly Automation[]> => {
        const where = { field: "owner", in: [`millrace.deployment.${deployment.id}`] };
        const sort = { field: "name", direction: "asc" } as const;
        return (await api.listObjects("automation", { where, sort })).items;
      };
      const made = await owned();
      expect(made).toMatchObject([
        {
          name: "arrived",
          enabled: true,
          trigger: arrived.trigger,
          actions: [{ kind: "run-deployment", target: { source: "selected", id: deployment.id }, delayMs: 0 }],
        },
        { name: "late" },
      ]);
      await save(api, { flowName, triggers: [arrived, { ...late, enabled: false, parameters: { x: 1 } }] });
      const [same, changed] = await owned();
      expect(same).toEqual(made[0]);
      expect(changed).toMatchObject({ id: made[1]?.id, enabled: false, actions: [{ parameters: { x: 1 } }] });
      await save(api, { flowName, tags: ["x"] });
      expect(await owned()).toHaveLength(2);
      await save(api, { flowName, triggers: [aTrigger("other")] });
      expect(await owned()).toMatchObject([{ name: "other" }]);
      await api.deleteDeployment(deployment.id);
      expect(await owned()).toEqual([]);
    });

    test("have their triggers again under the names that they are saved with, though somebody renamed them", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const triggers = [aTrigger("a"), aTrigger("b")];
      const { deployment } = await save(api, { flowName, triggers });
      const owned = async (): Promise<readonly Automation[]> => {
        const where = { field: "owner", in: [`millrace.deployment.${deployment.id}`] };
        const { items } = await api.listObjects("automation", { where });
        return items.toSorted((one, other) => one.name.localeCompare(other.name));
      };
      const idsOf = async (): Promise<unknown> => (await owned()).map(({ name, id }) => [name, id]);
      const made = await owned();
      const [a, b] = made;
      const saved = [
        ["a", a?.id],
        ["b", b?.id],
      ];
      await api.updateObject("automation", a?.id ?? "", { name: "renamed" });
      await save(api, { flowName, triggers });
      expect(await idsOf()).toEqual(saved);
      await api.updateObject("automation", a?.id ?? "", { name: "b" });
      await api.updateObject("automation", b?.id ?? "", { name: "a" });
      await save(api, { flowName, triggers });
      expect(await idsOf()).toEqual(saved);
      expect((await owned()).map(({ trigger }) => trigger)).toEqual(made.map(({ trigger }) => trigger));
      await api.updateObject("automation", b?.id ?? "", { owner: null });
      const taken = save(api, { flowName, triggers });
      await expect(taken).rejects.toMatchObject({ code: "OBJECT_EXISTS", data: { name: "b" } });
      expect(await idsOf()).toEqual([["a", a?.id]]);
    });

    test("that many save at once have each trigger once", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const triggers = [aTrigger("a"), aTrigger("b")];
      const all = await Promise.all(Array.from({ length: 4 }, () => save(api, { flowName, triggers })));
      const where = { field: "owner", in: [`millrace.deployment.${all[0]?.deployment.id}`] };
      const { items } = await api.listObjects("automation", { where });
      expect(items.map(({ name }) => name).sort()).toEqual(["a", "b"]);
    });

    test("with a trigger that could never fire, or two of a name, are refused before anything is written", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const endless = { name: "endless", trigger: { ...aTrigger("x").trigger, withinMs: -1 } };
      await expect(save(api, { flowName, triggers: [endless] })).rejects.toMatchObject({ code: "OBJECT_INVALID" });
      const twice = save(api, { flowName, triggers: [aTrigger("a"), aTrigger("a")] });
      await expect(twice).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
      expect(await api.readObject("flow", flowIdOf(flowName))).toBeNull();
    });

    test("whose schema is none are refused", async () => {
      const refused = save(used.api, { parameterSchema: { type: 5 } });
      await expect(refused).rejects.toMatchObject({ code: "PARAMETER_SCHEMA_INVALID" });
    });

    test("have the limit of their own as a concurrency limit", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const { deployment } = await save(api, { flowName, concurrencyLimit: 2 });
      const limitId = deployment.concurrencyLimitId ?? "";
      expect(await api.readObject("concurrency-limit", limitId)).toMatchObject({
        name: `deployment:${deployment.id}`,
        slots: 2,
      });
      await api.updateDeployment(deployment.id, { concurrencyLimit: 5 });
      expect(await api.readObject("concurrency-limit", limitId)).toMatchObject({ slots: 5 });
      const freed = await api.updateDeployment(deployment.id, { concurrencyLimit: null });
      expect(freed).toMatchObject({ concurrencyLimit: null, concurrencyLimitId: null });
      expect(await api.readObject("concurrency-limit", limitId)).toBeNull();
    });

    test("are deleted with their schedules and the runs that have not begun", async () => {
      const { api } = used;
      const { deployment, schedules } = await save(api, { schedules: [daily], concurrencyLimit: 1 });
      const { run } = await api.submitRun({ deployment: deployment.id });
      const begun = await begin(api, await register(api), { deploymentId: deployment.id });
      expect(await api.deleteDeployment(deployment.id)).toBe(true);
      expect(await api.deleteDeployment(deployment.id)).toBe(false);
      expect(await api.readFlowRun(run.id)).toBeNull();
      expect(await api.readFlowRun(begun.id)).not.toBeNull();
      expect(await api.readObject("schedule", schedules[0]?.id ?? "")).toBeNull();
      expect(await api.readObject("concurrency-limit", deployment.concurrencyLimitId ?? "")).toBeNull();
    });
  });

  describe("submitting a run", () => {
    test("takes what is not given from the deployment", async () => {
      const { api } = used;
      const { deployment } = await save(api, {
        tags: ["prod"],
        labels: { team: "ml" },
        version: "3",
        parameters: { rows: 1, mode: "fast" },
      });
      const { run, isNew } = await api.submitRun({
        deployment: deployment.id,
        parameters: { rows: 2 },
        tags: ["prod", "adhoc"],
        labels: { by: "ada" },
        jobVariables: { memory: 512 },
        name: "calm-crow",
      });
      expect(isNew).toBe(true);
      expect(run).toMatchObject({
        flowName: deployment.flowName,
        name: "calm-crow",
        deploymentId: deployment.id,
        parameters: '{"rows":2,"mode":"fast"}',
        tags: ["prod", "adhoc"],
        version: "3",
        autoScheduled: false,
        state: { type: "SCHEDULED", name: "Scheduled" },
        extra: { labels: { team: "ml", by: "ada" }, jobVariables: { memory: 512 } },
      });
      expect(run.dueAt).toBe(run.createdAt);
    });

    test("at a time, or in a state", async () => {
      const { api } = used;
      const { deployment } = await save(api);
      const later = await api.submitRun({ deployment: deployment.id, scheduledAt: 1_900_000_000_000 });
      expect(later.run).toMatchObject({ dueAt: 1_900_000_000_000, expectedAt: 1_900_000_000_000 });
      const pending = await api.submitRun({ deployment: deployment.id, state: { type: "PENDING", name: "Pending" } });
      expect(pending.run).toMatchObject({ dueAt: null, state: { type: "PENDING" } });
    });

    test("with an idempotency key makes one", async () => {
      const { api } = used;
      const { deployment } = await save(api);
      const submission = { deployment: deployment.id, idempotencyKey: "once" };
      const all = await Promise.all([1, 2, 3].map(() => api.submitRun(submission)));
      expect(new Set(all.map(({ run }) => run.id)).size).toBe(1);
      expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
    });

    test("checks the parameters against the schema, unless that is not asked for", async () => {
      const { api } = used;
      const parameterSchema = { type: "object", properties: { rows: { type: "integer" } }, required: ["rows"] };
      const { deployment } = await save(api, { parameterSchema });
      const submission = { deployment: deployment.id, parameters: { rows: "many" } };
      await expect(api.submitRun(submission)).rejects.toMatchObject({
        code: "PARAMETERS_INVALID",
        data: { issues: 'rows must be integer, not "many"' },
      });
      await expect(api.submitRun({ deployment: deployment.id })).rejects.toMatchObject({
        data: { issues: "rows is missing" },
      });
      expect((await api.submitRun({ ...submission, enforcesSchema: false })).isNew).toBe(true);
    });

    test("checks the job variables against the template of the pool, with all that is required", async () => {
      const { api } = used;
      const properties = { image: { type: "string" }, cpu: { type: "integer", default: 1 } };
      const baseJobTemplate = { job_configuration: {}, variables: { properties, required: ["image"] } };
      const { id: workPoolId } = await api.createWorkPool({ name: `p-${uuidv7()}`, type: "docker", baseJobTemplate });
      await expect(save(api, { workPoolId, jobVariables: { cpu: "two" } })).rejects.toMatchObject({
        code: "JOB_VARIABLES_INVALID",
        data: { issues: 'cpu must be integer,null, not "two"' },
      });
      const { deployment } = await save(api, { workPoolId, jobVariables: { cpu: 2 } });
      const submit = (jobVariables: JsonObject) => api.submitRun({ deployment: deployment.id, jobVariables });
      await expect(submit({})).rejects.toMatchObject({
        code: "JOB_VARIABLES_INVALID",
        data: { issues: "image is missing" },
      });
      const { run } = await submit({ image: "a:1" });
      await expect(api.updateFlowRun(run.id, { extra: { jobVariables: { image: 1 } } })).rejects.toMatchObject({
        code: "JOB_VARIABLES_INVALID",
      });
      await expect(api.updateDeployment(deployment.id, { jobVariables: { cpu: "x" } })).rejects.toMatchObject({
        code: "JOB_VARIABLES_INVALID",
      });
      expect(await api.readFlowRun(run.id)).toMatchObject({ extra: { jobVariables: { image: "a:1" } } });
    });

    test("from a flow belongs to that flow's run", async () => {
      const { api } = used;
      const { deployment } = await save(api);
      const parent = await begin(api, await register(api));
      const stepId = uuidv7();
      await api.record({
        processId: "someone",
        observed: [
          {
            id: stepId,
            flowRunId: parent.id,
            taskName: "submit",
            name: "submit-0",
            key: "submit#0",
            tags: [],
            inputs: [],
            attempt: 1,
            kind: "flow",
            state: aState("RUNNING"),
          },
        ],
      });
      const { run } = await api.submitRun({ deployment: deployment.id, parentTaskRunId: stepId });
      expect(run).toMatchObject({ parentTaskRunId: stepId, parentRunId: parent.id, rootRunId: parent.rootRunId });
    });

    test("of another run again takes its parameters and tags, and its results up to a step", async () => {
      const { api } = used;
      const { deployment } = await save(api, { tags: ["prod"], parameters: { rows: 1, mode: "fast", more: 0 } });
      const processId = await register(api);
      const old = await begin(api, processId, {
        flowName: deployment.flowName,
        tags: ["adhoc", "auto-scheduled"],
        parameters: '{"rows":2,"big":12345678901234567890,"key":"hush"}',
        extra: { secretParameters: ["key"] },
      });
      const steps = ["load", "train"].map((taskName) =>
        aTaskRun(old.id, undefined, { taskName, name: `${taskName}-0`, key: taskName, epoch: old.epoch }),
      );
      await api.record({ processId, taskRuns: steps });
      const of = old.id;
      const again = { deployment: deployment.id, parameters: { mode: "slow" }, tags: ["more"] };
      for (const fromStep of ["train", "train-0", steps[1]?.id ?? ""]) {
        const { run } = await api.submitRun({ ...again, rerun: { of, fromStep } });
        expect(run).toMatchObject({
          state: { type: "SCHEDULED" },
          deploymentId: deployment.id,
          adopts: { runId: of, until: steps[1]?.id },
          parameters: '{"rows":2,"mode":"slow","more":0,"big":12345678901234567890,"key":"hush"}',
          tags: ["prod", "adhoc", "more"],
          extra: { secretParameters: ["key"] },
        });
      }
      expect((await api.submitRun({ ...again, rerun: { of } })).run.adopts).toBeNull();
      expect((await api.submitRun(again)).run).toMatchObject({ adopts: null, extra: {} });
    });

    test("of another run again is refused where there is no such run or step, or it is of another flow", async () => {
      const { api } = used;
      const { deployment } = await save(api);
      const processId = await register(api);
      const old = await begin(api, processId, { flowName: deployment.flowName });
      const refused = async (rerun: Rerun, deploymentId = deployment.id) => {
        const asked = api.submitRun({ deployment: deploymentId, rerun });
        return asked.then(
          () => null,
          (error: unknown) => error,
        );
      };
      expect(await refused({ of: uuidv7() })).toMatchObject({ code: "RUN_NOT_FOUND" });
      expect(await refused({ of: old.id, fromStep: "train" })).toMatchObject({
        code: "NOT_FOUND",
        message: expect.stringContaining("train"),
      });
      const other = await begin(api, processId);
      const reason = `it is a run of flow \`${other.flowName}\``;
      expect(await refused({ of: other.id })).toMatchObject({
        code: "RUN_NOT_RESUMABLE",
        message: expect.stringContaining(reason),
      });
      const bare = await begin(api, processId, { flowName: deployment.flowName, parameters: "[1]" });
      expect(await refused({ of: bare.id })).toMatchObject({
        code: "RUN_NOT_RESUMABLE",
        message: expect.stringContaining("no object"),
      });
      const { deployment: python } = await save(api, {
        flowName: deployment.flowName,
        name: "py",
        entrypoint: "a.py:f",
      });
      expect(await refused({ of: old.id, fromStep: "train" }, python.id)).toMatchObject({ code: "RUN_NOT_RESUMABLE" });
      expect(await refused({ of: old.id }, python.id)).toBeNull();
    });

    test("needs a deployment", async () => {
      await expect(used.api.submitRun({ deployment: uuidv7() })).rejects.toMatchObject({ code: "NOT_FOUND" });
    });

    test("finds its deployment by the names of its flow and its own, and says what may be meant", async () => {
      const { api } = used;
      const { deployment } = await save(api, { name: "by/night" });
      const named = `${deployment.flowName}/by/night`;
      expect((await api.submitRun({ deployment: named })).run.deploymentId).toBe(deployment.id);
      await expect(api.submitRun({ deployment: `${named}s` })).rejects.toMatchObject({
        code: "NOT_FOUND",
        fix: `Did you mean \`${named}\`?`,
      });
      for (const other of ["", "/", `${deployment.flowName}/`, "nightly"]) {
        await expect(api.submitRun({ deployment: other })).rejects.toMatchObject({ code: "NOT_FOUND" });
      }
    });
  });

  describe("schedules", () => {
    const from = Date.UTC(2031, 0, 1);
    const dayMs = 86_400_000;

    test("make the runs of a window, each once", async () => {
      const { api } = used;
      const { deployment, schedules } = await save(api, { schedules: [{ ...daily, parameters: { x: 2 } }] });
      const window = { deploymentId: deployment.id, from, to: from + 2 * dayMs };
      const told = await api.scheduleRuns({ ...window, isDryRun: true });
      expect(told.map(({ dueAt, isNew }) => [dueAt, isNew])).toEqual(
        [0, 1, 2].map((day) => [from + day * dayMs, true]),
      );
      expect(await waiting(api, deployment.id)).toEqual([]);
      expect(await api.scheduleRuns(window)).toEqual(told);
      expect((await api.scheduleRuns(window)).every(({ isNew }) => !isNew)).toBe(true);
      const runs = await waiting(api, deployment.id);
      expect(runs.map(({ id }) => id)).toEqual(told.map(({ id }) => id));
      expect(runs[0]).toMatchObject({
        autoScheduled: true,
        dueAt: from,
        parameters: '{"x":2}',
        tags: ["auto-scheduled"],
        extra: { scheduleId: schedules[0]?.id },
      });
    });

    test("lose the runs ahead when the deployment or one of them changes, and no others", async () => {
      const { api } = used;
      const { deployment, schedules } = await save(api, { schedules: [daily] });
      const schedule = schedules[0] ?? { id: "", revision: 0 };
      const byHand = await api.submitRun({ deployment: deployment.id });
      const fill = () => api.scheduleRuns({ deploymentId: deployment.id, from, to: from + dayMs });
      const changes = [
        () => api.updateDeployment(deployment.id, { parameters: { x: 9 } }),
        () => save(api, { flowName: deployment.flowName, schedules: [{ ...daily, active: false }] }),
        () => api.updateSchedule(schedule.id, { active: true }),
        () => api.pauseDeployment(deployment.id),
      ];
      for (const change of changes) {
        await fill();
        await change();
        expect((await waiting(api, deployment.id)).map(({ id }) => id)).toEqual([byHand.run.id]);
      }
      expect(await api.resumeDeployment(deployment.id)).toMatchObject({ paused: false });
      expect(await api.readObject("schedule", schedule.id)).toMatchObject({ active: true, madeUntil: null });
    });

    test("are replaced by slug, made and deleted one by one", async () => {
      const { api } = used;
      const hourly: ScheduleToSave = { slug: null, active: true, spec: { kind: "interval", everyMs: 3_600_000 } };
      const first = await save(api, { schedules: [daily, hourly] });
      const [kept] = first.schedules;
      const later = { ...daily, spec: { kind: "cron", cron: "0 6 * * *" } };
      const second = await save(api, { flowName: first.deployment.flowName, schedules: [later] });
      expect(second.schedules).toMatchObject([{ ...later, id: kept?.id }]);
      const made = await api.createSchedule(first.deployment.id, hourly);
      expect(await api.deleteSchedule(made.id)).toBe(true);
      expect(await api.deleteSchedule(made.id)).toBe(false);
      await expect(api.createSchedule(first.deployment.id, daily)).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    });

    test("that mean nothing are refused before anything is written", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const bad = { ...daily, spec: { kind: "cron", cron: "61 * * * *" } };
      await expect(save(api, { flowName, schedules: [bad] })).rejects.toMatchObject({ code: "SCHEDULE_INVALID" });
      expect(await api.count("deployment", { field: "flowName", in: [flowName] })).toBe(0);
      const { deployment } = await save(api, { flowName });
      await expect(api.createSchedule(deployment.id, bad)).rejects.toMatchObject({ code: "SCHEDULE_INVALID" });
      await expect(api.upcoming({ spec: { kind: "cron", cron: "x" } })).rejects.toMatchObject({
        code: "SCHEDULE_INVALID",
      });
    });

    test("are looked at as drafts", async () => {
      const spec = { kind: "cron", cron: "0 12 * * *", timezone: "Europe/Berlin" } as const;
      const due = await used.api.upcoming({ spec, after: from, limit: 2, endAt: from + 1.5 * dayMs });
      expect(due).toEqual([from + 11 * 3_600_000, from + 35 * 3_600_000]);
    });

    test("are changed only if they are there", async () => {
      const { api } = used;
      const nobody = uuidv7();
      expect(await api.updateSchedule(nobody, { active: false })).toBeNull();
      expect(await api.updateDeployment(nobody, { paused: true })).toBeNull();
      expect(await api.pauseDeployment(nobody)).toBeNull();
      await expect(api.createSchedule(nobody, daily)).rejects.toMatchObject({ code: "NOT_FOUND" });
    });
  });
}
