import { describe, expect, test } from "vitest";
import type { Api } from "../../contract/api.ts";
import type { Deployment, WorkPool, WorkQueue } from "../../contract/objects.ts";
import { uuidv7 } from "../../kit/ids.ts";
import type { UsedApi } from "./api-under-test.testsuite.ts";
import { save } from "./deployments.testsuite.ts";

/** A time after all runs of the tests are due. */
const before = Date.UTC(2040, 0, 1);

async function aPool(api: Api, more: Partial<WorkPool> = {}): Promise<WorkPool> {
  return api.createWorkPool({ name: `p-${uuidv7()}`, type: "process", paused: false, ...more });
}

async function queuesOf(api: Api, workPoolId: string): Promise<readonly WorkQueue[]> {
  const where = { field: "workPoolId", in: [workPoolId] };
  return (await api.listObjects("work-queue", { where, sort: { field: "priority", direction: "asc" } })).items;
}

/** Submits runs of a deployment into a queue; their names say in which order. */
async function submit(api: Api, pool: WorkPool, queue: string, names: readonly string[]): Promise<string> {
  const { deployment } = await save(api, { workPoolId: pool.id, workQueueId: pool.defaultQueueId ?? null });
  for (const [index, name] of names.entries()) {
    await api.submitRun({ deployment: deployment.id, name, workQueueName: queue, scheduledAt: 1e12 + index });
  }
  return deployment.id;
}

export function testWork(used: UsedApi): void {
  describe("work pools and queues", () => {
    test("a deployment that names a pool and no queue is put into the pool's default one", async () => {
      const { api } = used;
      const [pool, other] = [await aPool(api), await aPool(api)];
      const { deployment } = await save(api, { workPoolId: pool.id });
      expect(deployment.workQueueId).toBe(pool.defaultQueueId);
      const { run } = await api.submitRun({ deployment: deployment.id, scheduledAt: 1e12 });
      expect((await api.findDueRuns({ workPoolId: pool.id, before: 1e12 })).map(({ id }) => id)).toEqual([run.id]);
      const slow = await api.createWorkQueue({ workPoolId: pool.id, name: "slow", paused: false });
      const change = async (to: Partial<Pick<Deployment, "workPoolId" | "workQueueId">>) => {
        const { workPoolId, workQueueId } = (await api.updateDeployment(deployment.id, to)) ?? {};
        return [workPoolId, workQueueId];
      };
      expect(await change({ workQueueId: slow.id })).toEqual([pool.id, slow.id]);
      expect(await change({ workPoolId: pool.id })).toEqual([pool.id, slow.id]);
      await expect(change({ workPoolId: other.id, workQueueId: slow.id })).rejects.toMatchObject({
        code: "OBJECT_INVALID",
        data: { reason: "workQueueId names the queue slow of another work pool" },
      });
      expect(await change({ workPoolId: other.id })).toEqual([other.id, other.defaultQueueId]);
      expect(await change({ workPoolId: null })).toEqual([null, null]);
      await expect(change({ workQueueId: slow.id })).rejects.toMatchObject({ code: "OBJECT_INVALID" });
    });

    test("begin with a default queue", async () => {
      const { api } = used;
      const pool = await aPool(api);
      expect(await queuesOf(api, pool.id)).toMatchObject([{ id: pool.defaultQueueId, name: "default", priority: 1 }]);
      await expect(aPool(api, { name: pool.name })).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    });

    test("are neither made nor changed with a default that does not fit its variable", async () => {
      const { api } = used;
      const template = (size: unknown) => ({
        job_configuration: { size: "{{ size }}" },
        variables: {
          properties: { size: { type: "integer", default: size }, image: { type: "string" } },
          required: ["image"],
        },
      });
      const refusal = {
        code: "JOB_TEMPLATE_INVALID",
        message: expect.stringContaining('size must be integer,null, not "big"') as string,
        data: expect.objectContaining({ paths: [expect.objectContaining({ path: ["size"] })] }) as object,
      };
      const name = `p-${uuidv7()}`;
      await expect(aPool(api, { name, baseJobTemplate: template("big") })).rejects.toMatchObject(refusal);
      const pool = await aPool(api, { name, baseJobTemplate: template(2) });
      await expect(api.updateWorkPool(pool.id, { baseJobTemplate: template("big") })).rejects.toMatchObject(refusal);
      const broken = { job_configuration: {}, variables: { type: "no type" } };
      await expect(api.updateWorkPool(pool.id, { baseJobTemplate: broken })).rejects.toMatchObject({
        code: "JOB_TEMPLATE_INVALID",
        message: expect.stringContaining("no JSON Schema") as string,
      });
      const changed = await api.updateWorkPool(pool.id, { baseJobTemplate: template(null), description: "small" });
      expect(changed).toMatchObject({ id: pool.id, description: "small", baseJobTemplate: template(null) });
      expect(await api.updateWorkPool(uuidv7(), { paused: true })).toBeNull();
    });

    test("take the template of their type where they are given none", async () => {
      const { api } = used;
      const variablesOf = async (more: Partial<WorkPool>): Promise<readonly string[] | null> => {
        const { variables } = (await aPool(api, more)).baseJobTemplate ?? {};
        const { properties } = (variables ?? {}) as { readonly properties?: object };
        return properties === undefined ? null : Object.keys(properties);
      };
      expect(await variablesOf({})).toContain("working_dir");
      expect(await variablesOf({ type: "docker" })).toContain("registry_credentials");
      expect(await variablesOf({ type: "kubernetes" })).toContain("namespace");
      expect(await variablesOf({ type: "ecs" })).toBeNull();
      expect(await variablesOf({ baseJobTemplate: {} })).toBeNull();
      expect((await aPool(api, { type: "ecs" })).baseJobTemplate).toEqual({});
    });

    test("hold job variables against the template of their type", async () => {
      const { api } = used;
      const { id: workPoolId } = await aPool(api, { type: "kubernetes" });
      const cluster_config = { $ref: { block_document_id: uuidv7() } };
      const jobVariables = {
        namespace: "etl",
        cpu_limit: null,
        cluster_config,
        env: { DAY: "1", NIGHT: null, PORT: 8080, DEBUG: true },
        more: 1,
      };
      await save(api, { workPoolId, jobVariables });
      await expect(save(api, { workPoolId, jobVariables: { namespace: 1 } })).rejects.toMatchObject({
        code: "JOB_VARIABLES_INVALID",
        message: expect.stringContaining("namespace must be") as string,
      });
      await expect(save(api, { workPoolId, jobVariables: { env: { PORTS: [8080] } } })).rejects.toMatchObject({
        code: "JOB_VARIABLES_INVALID",
        message: expect.stringContaining("env.PORTS must be string") as string,
      });
    });

    test("have no default that is a block which is not there", async () => {
      const { api } = used;
      const blockId = uuidv7();
      const properties = { login: { type: "object", default: { $ref: { block_document_id: blockId } } } };
      const made = aPool(api, { baseJobTemplate: { job_configuration: {}, variables: { properties } } });
      await expect(made).rejects.toMatchObject({
        code: "NOT_FOUND",
        message: expect.stringContaining(blockId) as string,
      });
    });

    test("queues have priorities of their own", async () => {
      const { api } = used;
      const pool = await aPool(api);
      const order = async () => (await queuesOf(api, pool.id)).map(({ name, priority }) => `${name} ${priority}`);
      await api.createWorkQueue({ workPoolId: pool.id, name: "slow", paused: false });
      await api.createWorkQueue({ workPoolId: pool.id, name: "fast", paused: false, priority: 1 });
      expect(await order()).toEqual(["fast 1", "default 2", "slow 3"]);
      const slow = (await queuesOf(api, pool.id)).at(-1);
      await api.updateWorkQueue(slow?.id ?? "", { priority: 1, concurrencyLimit: 3 });
      expect(await order()).toEqual(["slow 1", "fast 2", "default 3"]);
      expect(await api.updateWorkQueue(uuidv7(), { priority: 1 })).toBeNull();
      const nowhere = api.createWorkQueue({ workPoolId: uuidv7(), name: "x", paused: false });
      await expect(nowhere).rejects.toMatchObject({ code: "NOT_FOUND" });
      const twice = api.createWorkQueue({ workPoolId: pool.id, name: "fast", paused: false });
      await expect(twice).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    });
  });

  describe("due runs of a pool", () => {
    const due = async (api: Api, pool: WorkPool, more: object = {}) =>
      (await api.findDueRuns({ workPoolId: pool.id, before, ...more })).map(({ name }) => name);

    test("come by the priority of their queues, then by their time", async () => {
      const { api } = used;
      const pool = await aPool(api);
      await submit(api, pool, "later", ["c", "d"]);
      await submit(api, pool, "default", ["a", "b"]);
      expect(await due(api, pool)).toEqual(["a", "b", "c", "d"]);
      expect(await due(api, pool, { limit: 3 })).toEqual(["a", "b", "c"]);
      expect(await due(api, pool, { before: 1e12 })).toEqual(["a", "c"]);
      expect(await due(api, pool, { after: 1e12 + 1 })).toEqual(["b", "d"]);
      const later = (await queuesOf(api, pool.id)).at(-1)?.id ?? "";
      expect(await due(api, pool, { workQueueIds: [later] })).toEqual(["c", "d"]);
    });

    test("are as many as pool and queue have slots, and none of what is paused", async () => {
      const { api } = used;
      const pool = await aPool(api, { concurrencyLimit: 3 });
      await submit(api, pool, "default", ["a", "b", "c", "d"]);
      await submit(api, pool, "other", ["e", "f"]);
      const queueId = pool.defaultQueueId ?? "";
      await api.updateWorkQueue(queueId, { concurrencyLimit: 2 });
      expect(await due(api, pool)).toEqual(["a", "b", "e"]);
      const [first] = await api.findDueRuns({ workPoolId: pool.id, before });
      await api.proposeFlowRunState({ id: first?.id ?? "", state: { type: "PENDING", name: "Pending" } });
      expect(await api.countActiveRuns([queueId])).toEqual([{ workQueueId: queueId, active: 1 }]);
      expect(await due(api, pool)).toEqual(["b", "e"]);
      await api.updateWorkQueue(queueId, { paused: true });
      expect(await due(api, pool)).toEqual(["e", "f"]);
      await api.updateObject("work-pool", pool.id, { paused: true });
      expect(await due(api, pool)).toEqual([]);
    });

    test("are not claimed by who has found them before they were run", async () => {
      const { api } = used;
      const pool = await aPool(api);
      await submit(api, pool, "default", ["a"]);
      const [run] = await api.findDueRuns({ workPoolId: pool.id, before });
      const { id, state } = run ?? { id: "", state: { at: 0 } };
      const claim = { id, state: { type: "PENDING", name: "Pending" }, stateAt: state.at, guest: true } as const;
      for (const type of ["PENDING", "RUNNING", "COMPLETED"] as const) {
        await api.proposeFlowRunState({ id, state: { type, name: type }, guest: true });
      }
      expect((await api.proposeFlowRunState(claim)).decision.answer).toBe("ABORT");
      const { proposals } = await api.record({ processId: uuidv7(), proposals: [{ ...claim, guest: true }] });
      expect(proposals[0]?.decision.answer).toBe("ABORT");
      expect((await api.readFlowRun(id))?.state.type).toBe("COMPLETED");
    });

    test("are those whose code the one who asks runs, however many others are due before", async () => {
      const { api } = used;
      const pool = await aPool(api);
      const made = { workPoolId: pool.id, workQueueId: pool.defaultQueueId ?? null };
      for (const [index, entrypoint] of ["a.ts:flow", "b.mjs", "c.py:flow", "d.js:main", null].entries()) {
        const { deployment } = await save(api, { ...made, entrypoint });
        for (const second of [0, 1]) {
          const name = `${entrypoint ?? "nowhere"} ${second}`;
          await api.submitRun({ deployment: deployment.id, name, scheduledAt: 1e12 + index });
        }
      }
      expect(await due(api, pool, { runtime: "python", limit: 2 })).toEqual(["c.py:flow 0", "c.py:flow 1"]);
      expect(await due(api, pool, { runtime: "python" })).toEqual([
        "c.py:flow 0",
        "c.py:flow 1",
        "nowhere 0",
        "nowhere 1",
      ]);
      expect(await due(api, pool, { runtime: "node", limit: 5 })).toEqual([
        "a.ts:flow 0",
        "a.ts:flow 1",
        "b.mjs 0",
        "b.mjs 1",
        "d.js:main 0",
      ]);
      expect(await due(api, pool)).toHaveLength(10);
    });

    test("are asked for only of a pool that there is", async () => {
      await expect(due(used.api, { id: uuidv7() } as WorkPool)).rejects.toMatchObject({ code: "NOT_FOUND" });
    });

    test("of deployments come by their time, whatever their queue", async () => {
      const { api } = used;
      const { deployment } = await save(api);
      await api.submitRun({ deployment: deployment.id, name: "second", scheduledAt: 2e12 });
      await api.submitRun({ deployment: deployment.id, name: "first", scheduledAt: 1e12 });
      const request = { deploymentIds: [deployment.id, uuidv7()], before };
      const found = await api.findDueRunsOfDeployments(request);
      expect(found.map(({ name }) => name)).toEqual(["first", "second"]);
      expect(await api.findDueRunsOfDeployments({ ...request, limit: 1 })).toHaveLength(1);
      expect(await api.findDueRunsOfDeployments({ deploymentIds: [], before })).toEqual([]);
    });
  });

  describe("who is served", () => {
    const told = async (api: Api, id: string): Promise<readonly string[]> =>
      (await api.listEvents({ resourceIds: [id] })).items
        .map(({ name }) => name.replace(/^.*\./, ""))
        .filter((name) => /ready|paused/.test(name));

    test("is told of when it begins and when it ends", async () => {
      const { api } = used;
      const pool = await aPool(api);
      const deploymentId = await submit(api, pool, "default", []);
      const ids = {
        pool: `millrace.work-pool.${pool.id}`,
        queue: `millrace.work-queue.${pool.defaultQueueId}`,
        deployment: `millrace.deployment.${deploymentId}`,
      };
      const worker = await api.heartbeatWorker({ workPoolId: pool.id, name: "w", heartbeatIntervalMs: 1000 });
      expect(await told(api, ids.pool)).toEqual(["ready"]);
      await api.findDueRuns({ workPoolId: pool.id, before, isLook: true });
      expect(await told(api, ids.queue)).toEqual([]);
      await api.findDueRuns({ workPoolId: pool.id, before });
      expect(await told(api, ids.queue)).toEqual(["ready"]);
      expect(await told(api, ids.deployment)).toEqual(["ready"]);
      used.advance(120_000);
      const again = await api.heartbeatWorker({ workPoolId: pool.id, name: "w" });
      expect(again).toMatchObject({ id: worker.id, heartbeatIntervalMs: 1000 });
      used.advance(10_000);
      for (let page = 0; page < 5; page++) await api.tellReadiness();
      expect(await told(api, ids.pool)).toEqual(["ready", "not-ready"]);
      expect(await told(api, ids.queue)).toEqual(["ready", "not-ready"]);
      expect(await told(api, ids.deployment)).toEqual(["ready", "not-ready"]);
    });

    test("needs a pool", async () => {
      const nowhere = used.api.heartbeatWorker({ workPoolId: uuidv7(), name: "w" });
      await expect(nowhere).rejects.toMatchObject({ code: "NOT_FOUND" });
    });
  });
}
