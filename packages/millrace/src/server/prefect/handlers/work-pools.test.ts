import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { uuidv7 } from "../../../kit/ids.ts";
import { prefectHandlers } from "../handlers.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";

let server: OverHttp;
beforeEach(async () => {
  server = await serveOverHttp(prefectHandlers);
});
afterEach(() => server.close());

const inPool = { work_pool_name: "p" };

const makePool = (more: object = {}) => server.ask("createWorkPool", { body: { name: "p", type: "process", ...more } });
const readPool = async () => (await server.ask("readWorkPool", { params: { name: "p" } })).body;

/** Runs of a deployment that is put into a queue, due in the order of their names. */
async function submit(queue: string, names: readonly string[]): Promise<void> {
  const flow = await server.ask("createFlow", { body: { name: "etl" } });
  const deployment = { name: `in-${queue}`, flow_id: flow.body.id, work_pool_name: "p", work_queue_name: queue };
  const { body: made } = await server.ask("createDeployment", { body: deployment });
  for (const name of names) {
    await server.ask("createFlowRunFromDeployment", { params: { id: made.id }, body: { name } });
    server.advance(1);
  }
}

describe("work pools", () => {
  test("are made with a default queue, changed and deleted", async () => {
    const base_job_template = {
      job_configuration: { command: "{{ command }}" },
      variables: { properties: { command: { type: "string" } } },
    };
    const made = await makePool({ base_job_template, description: "of the house" });
    expect(made).toMatchObject({ status: 201, body: { name: "p", status: "NOT_READY", active_slots: null } });
    const queue = await server.ask("readWorkPoolQueue", { params: { ...inPool, name: "default" } });
    expect(queue.body).toMatchObject({ id: made.body.default_queue_id, priority: 1, work_pool_name: "p" });
    const change = { is_paused: true, concurrency_limit: 3, storage_configuration: { bundle_upload_step: { a: 1 } } };
    expect((await server.ask("updateWorkPool", { params: { name: "p" }, body: change })).status).toBe(204);
    expect(await readPool()).toMatchObject({
      status: "PAUSED",
      concurrency_limit: 3,
      active_slots: 0,
      description: "of the house",
      base_job_template,
      storage_configuration: { bundle_upload_step: { a: 1 }, bundle_execution_step: null },
    });
    expect((await server.ask("deleteWorkPool", { params: { name: "p" } })).status).toBe(204);
    const gone = await server.ask("readWorkPool", { params: { name: "p" } });
    expect(gone).toEqual({ status: 404, body: { detail: 'Work pool "p" not found.' } });
  });

  test("stay without a template where Prefect's client gives none", async () => {
    expect((await makePool()).body.base_job_template).toEqual({});
  });

  test("are not made with a default that does not fit its variable; a later template is taken as it is", async () => {
    const withDefault = (given: unknown) => ({
      job_configuration: { cpu: "{{ cpu }}" },
      variables: {
        type: "object",
        properties: { cpu: { type: "integer", default: given }, image: { type: "string" } },
        required: ["image"],
      },
    });
    expect(await makePool({ base_job_template: withDefault("many") })).toEqual({
      status: 422,
      body: {
        detail:
          "Validation failed for work pool's job variable defaults: Validation failed for field 'cpu'. Failure reason: must be integer,null, not \"many\"",
      },
    });
    expect(await makePool({ base_job_template: withDefault({ $ref: { block_document_id: uuidv7() } }) })).toEqual({
      status: 404,
      body: { detail: "Block not found." },
    });
    expect((await makePool({ base_job_template: withDefault(null) })).status).toBe(201);
    const later = { params: { name: "p" }, body: { base_job_template: withDefault("many") } };
    expect((await server.ask("updateWorkPool", later)).status).toBe(204);
    expect((await readPool()).base_job_template).toEqual(withDefault("many"));
  });

  test("have names of their own, and not Prefect's", async () => {
    await makePool();
    expect(await makePool()).toEqual({
      status: 409,
      body: { detail: "A work pool with this name already exists." },
    });
    expect((await makePool({ name: "Prefect-mine" })).status).toBe(403);
    expect((await server.ask("deleteWorkPool", { params: { name: "prefect-mine" } })).status).toBe(403);
    const change = { params: { name: "prefect-mine" }, body: { description: "x" } };
    expect((await server.ask("updateWorkPool", change)).status).toBe(403);
  });

  test("are found and counted", async () => {
    for (const [name, type] of [
      ["b", "docker"],
      ["a", "process"],
      ["c", "docker"],
    ])
      await makePool({ name, type });
    const names = async (body: object) =>
      (await server.ask("readWorkPools", { body })).body.map((each: { name: string }) => each.name);
    expect(await names({})).toEqual(["a", "b", "c"]);
    const filter = { work_pools: { type: { any_: ["docker"] } } };
    expect(await names({ ...filter, limit: 1, offset: 1 })).toEqual(["c"]);
    expect((await server.ask("countWorkPools", { body: filter })).body).toBe(2);
  });

  test("hand out due runs by priority, within their slots", async () => {
    await makePool({ concurrency_limit: 3 });
    await submit("default", ["a", "b"]);
    await submit("late", ["c", "d"]);
    const due = async (body: object = {}) =>
      (await server.ask("getScheduledFlowRuns", { params: { name: "p" }, body })).body;
    const names = async (body: object = {}) =>
      (await due(body)).map((each: { flow_run: { name: string } }) => each.flow_run.name);
    expect(await names()).toEqual(["a", "b", "c"]);
    expect(await names({ work_queue_names: ["late"] })).toEqual(["c", "d"]);
    expect(await names({ limit: 0 })).toEqual([]);
    const unknown = { params: { name: "p" }, body: { work_queue_names: ["none"] } };
    expect(await server.ask("getScheduledFlowRuns", unknown)).toEqual({
      status: 404,
      body: { detail: "Work pool queue 'p/none' not found." },
    });
    const [first] = await due();
    await server.ask("setFlowRunState", {
      params: { id: first?.flow_run.id ?? "" },
      body: { state: { type: "PENDING" } },
    });
    expect(await names()).toEqual(["b", "c"]);
    const status = await server.ask("readWorkPoolConcurrencyStatus", { params: { name: "p" }, body: {} });
    expect(status.body).toMatchObject({
      active_slots: 1,
      concurrency_limit: 3,
      count: 2,
      queues: [
        { queue_name: "default", active_slots: 1, flow_runs: [{ name: "a", state_type: "PENDING" }] },
        { queue_name: "late", active_slots: 0, flow_runs: [] },
      ],
    });
  });
});

describe("queues of a pool", () => {
  test("are made, changed, listed and deleted", async () => {
    await makePool();
    const make = (body: object) => server.ask("createWorkPoolQueue", { params: inPool, body });
    expect(await make({ name: "fast", priority: 1, concurrency_limit: 2 })).toMatchObject({
      status: 201,
      body: { name: "fast", priority: 1, concurrency_limit: 2, active_slots: 0, status: "NOT_READY", filter: null },
    });
    expect((await make({ name: "fast" })).status).toBe(409);
    const list = async (body: object = {}) =>
      (await server.ask("readWorkPoolQueues", { params: inPool, body })).body.map(
        (each: { name: string; priority: number }) => `${each.name} ${each.priority}`,
      );
    expect(await list()).toEqual(["fast 1", "default 2"]);
    expect(await list({ work_queues: { name: { startswith_: ["def"] } } })).toEqual(["default 2"]);
    const fast = { params: { ...inPool, name: "fast" } };
    await server.ask("updateWorkPoolQueue", { ...fast, body: { is_paused: true, priority: 2 } });
    expect((await server.ask("readWorkPoolQueue", fast)).body).toMatchObject({ status: "PAUSED", priority: 2 });
    expect(await list()).toEqual(["fast 2", "default 3"]);
    expect((await server.ask("deleteWorkPoolQueue", fast)).status).toBe(204);
    expect((await server.ask("readWorkPoolQueue", fast)).status).toBe(404);
    const first = { params: { ...inPool, name: "default" } };
    expect((await server.ask("deleteWorkPoolQueue", first)).status).toBe(409);
  });

  test("leave their deployments to the default queue when they are deleted", async () => {
    await makePool();
    await submit("fast", ["a"]);
    await server.ask("deleteWorkPoolQueue", { params: { ...inPool, name: "fast" } });
    const [deployment] = (await server.ask("readDeployments", { body: {} })).body;
    expect(deployment).toMatchObject({ work_pool_name: "p", work_queue_name: "default" });
  });

  test("without a pool are in that of agents", async () => {
    const made = await server.ask("createWorkQueue", { body: { name: "old" } });
    expect(made).toMatchObject({ status: 201, body: { name: "old", work_pool_name: "default-agent-pool" } });
    expect((await server.ask("createWorkQueue", { body: { name: "old" } })).status).toBe(409);
    const byName = await server.ask("readWorkQueueByName", { params: { name: "old" } });
    expect(byName.body).toEqual(made.body);
    const byId = { params: { id: made.body.id } };
    await server.ask("updateWorkQueue", { ...byId, body: { description: "of the house" } });
    expect((await server.ask("readWorkQueue", byId)).body.description).toBe("of the house");
    expect((await server.ask("readWorkQueues", { body: {} })).body).toHaveLength(2);
    expect((await server.ask("deleteWorkQueue", byId)).status).toBe(204);
    expect((await server.ask("readWorkQueueByName", { params: { name: "old" } })).status).toBe(404);
    expect((await server.ask("readWorkQueue", { params: { id: uuidv7() } })).status).toBe(404);
  });

  test("say whether they keep up", async () => {
    await makePool();
    await submit("default", ["a", "b"]);
    const id = (await readPool()).default_queue_id ?? "";
    const status = async () => (await server.ask("readWorkQueueStatus", { params: { id } })).body;
    expect(await status()).toMatchObject({ healthy: false, late_runs_count: 0, last_polled: null });
    const runs = await server.ask("readWorkQueueRuns", { params: { id }, body: { limit: 1 } });
    expect(runs.body).toMatchObject([{ name: "a", work_queue_name: "default", work_pool_name: "p" }]);
    expect(await status()).toMatchObject({ healthy: true });
    await server.ask("setFlowRunState", {
      params: { id: runs.body[0]?.id ?? "" },
      body: { state: { type: "PENDING" } },
    });
    server.advance(2500);
    const slots = await server.ask("readWorkQueueConcurrencyStatus", { params: { id }, body: {} });
    expect(slots.body).toMatchObject({
      active_slots: 1,
      count: 1,
      flow_runs: [{ name: "a", time_in_current_state: 2.5 }],
    });
  });
});

describe("workers", () => {
  test("are known by their heartbeats, and are gone without", async () => {
    await makePool();
    const beat = (body: object) => server.ask("workerHeartbeat", { params: inPool, body });
    expect((await beat({ name: "w1", heartbeat_interval_seconds: 10 })).status).toBe(204);
    expect((await readPool()).status).toBe("READY");
    server.advance(30_000);
    await beat({ name: "w2" });
    const list = async (workers: object | null = null) =>
      (await server.ask("readWorkers", { params: inPool, body: { workers } })).body.map(
        (each: { name: string; status: string }) => `${each.name} ${each.status}`,
      );
    expect(await list()).toEqual(["w2 ONLINE", "w1 OFFLINE"]);
    expect(await list({ status: { any_: ["ONLINE"] } })).toEqual(["w2 ONLINE"]);
    expect(await list({ last_heartbeat_time: { before_: "2027-01-15T08:00:10Z" } })).toEqual(["w1 OFFLINE"]);
    server.advance(91_000);
    expect((await readPool()).status).toBe("NOT_READY");
    const w1 = { params: { ...inPool, name: "w1" } };
    expect((await server.ask("deleteWorker", w1)).status).toBe(204);
    expect((await server.ask("deleteWorker", w1)).status).toBe(404);
    expect(
      (await server.ask("workerHeartbeat", { params: { work_pool_name: "none" }, body: { name: "w" } })).status,
    ).toBe(404);
  });
});
