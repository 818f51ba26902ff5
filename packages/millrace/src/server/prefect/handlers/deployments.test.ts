import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { uuidv7 } from "../../../kit/ids.ts";
import { prefectHandlers } from "../handlers.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";

let server: OverHttp;
beforeEach(async () => {
  server = await serveOverHttp(prefectHandlers);
});
afterEach(() => server.close());

const hourly = { schedule: { interval: 3600, anchor_date: "2027-01-01T00:00:00Z" }, slug: "hourly" };

async function aFlow(name = "etl"): Promise<string> {
  return (await server.ask("createFlow", { body: { name } })).body.id;
}

async function deploy(more: object = {}) {
  const flow_id = await aFlow();
  return server.ask("createDeployment", { body: { name: "nightly", flow_id, ...more } });
}

describe("deployments", () => {
  test("are made, and replaced by name", async () => {
    const made = await deploy({
      schedules: [hourly],
      tags: ["a"],
      parameters: { x: 1 },
      labels: { team: "ml" },
      concurrency_limit: 2,
      concurrency_options: { collision_strategy: "CANCEL_NEW" },
      pull_steps: [{ "prefect.deployments.steps.set_working_directory": { directory: "/srv" } }],
      entrypoint: "flow.py:etl",
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: "nightly",
        paused: false,
        status: "NOT_READY",
        parameters: { x: 1 },
        labels: { team: "ml", "prefect.flow.id": made.body.flow_id },
        concurrency_limit: 2,
        concurrency_options: { collision_strategy: "CANCEL_NEW", grace_period_seconds: null },
        global_concurrency_limit: { name: `deployment:${made.body.id}`, limit: 2, active_slots: 0 },
        schedules: [
          { slug: "hourly", active: true, schedule: { interval: 3600, anchor_date: "2027-01-01T00:00:00Z" } },
        ],
        enforce_parameter_schema: true,
      },
    });
    await server.ask("pauseDeployment", { params: { id: made.body.id } });
    const again = await deploy({ tags: ["b"] });
    expect(again).toMatchObject({ status: 200, body: { id: made.body.id, tags: ["b"], schedules: [], paused: true } });
    const byName = { flow_name: "etl", deployment_name: "nightly" };
    expect((await server.ask("readDeploymentByName", { params: byName })).body).toEqual(again.body);
    expect((await server.ask("readDeployment", { params: { id: made.body.id } })).body).toEqual(again.body);
  });

  test("are refused where what they name is not there, or a schedule means nothing", async () => {
    const nobody = uuidv7();
    const without = await server.ask("createDeployment", { body: { name: "x", flow_id: nobody } });
    expect(without.status).toBe(404);
    expect(await deploy({ work_pool_name: "none" })).toEqual({
      status: 404,
      body: { detail: 'Work pool "none" not found.' },
    });
    expect((await deploy({ global_concurrency_limit_id: nobody })).status).toBe(404);
    expect((await deploy({ storage_document_id: nobody })).status).toBe(409);
    expect((await deploy({ schedules: [{ schedule: { cron: "99 * * * *" } }] })).status).toBe(422);
    expect((await server.ask("countDeployments", { body: {} })).body).toBe(0);
  });

  test("are found, counted, paged and deleted", async () => {
    const flow_id = await aFlow();
    for (const name of ["b", "a", "c"]) {
      await server.ask("createDeployment", { body: { name, flow_id, tags: [name] } });
    }
    const names = async (body: object) =>
      (await server.ask("readDeployments", { body })).body.map((each: { name: string }) => each.name);
    expect(await names({})).toEqual(["a", "b", "c"]);
    expect(await names({ sort: "NAME_DESC", limit: 2, offset: 1 })).toEqual(["b", "a"]);
    expect(await names({ flows: { name: { any_: ["etl"] } }, deployments: { tags: { any_: ["a", "c"] } } })).toEqual([
      "a",
      "c",
    ]);
    const page = await server.ask("paginateDeployments", { body: { limit: 2, page: 2 } });
    expect(page.body).toMatchObject({ count: 3, pages: 2, page: 2, results: [{ name: "c" }] });
    const filter = { deployments: { name: { any_: ["a", "b"] } } };
    expect((await server.ask("bulkDeleteDeployments", { body: filter })).body.deleted).toHaveLength(2);
    expect((await server.ask("countDeployments", { body: {} })).body).toBe(1);
    expect((await server.ask("deleteDeployment", { params: { id: uuidv7() } })).status).toBe(404);
  });

  test("change what is given, and their schedules by slug", async () => {
    const { body: made } = await deploy({ schedules: [hourly], parameters: { x: 1 } });
    const patch = (body: object) => server.ask("updateDeployment", { params: { id: made.id }, body });
    const read = async () => (await server.ask("readDeployment", { params: { id: made.id } })).body;
    expect((await patch({ description: "of the night", paused: true })).status).toBe(204);
    expect(await read()).toMatchObject({ description: "of the night", paused: true, parameters: { x: 1 } });

    await patch({
      schedules: [
        { slug: "hourly", active: false },
        { slug: "daily", schedule: { cron: "0 0 * * *" } },
      ],
    });
    const slugs = async () => Object.fromEntries((await read()).schedules.map((each) => [each.slug, each.active]));
    expect(await slugs()).toEqual({ hourly: false, daily: true });
    await patch({ schedules: [{ slug: "often", replaces: "hourly" }] });
    expect(await slugs()).toEqual({ often: false, daily: true });

    const refused = [
      { schedules: [{ schedule: { cron: "0 0 * * *" } }] },
      { schedules: [{ slug: "new" }] },
      { schedules: [{ slug: "daily", replaces: "often" }] },
      { schedules: ["x", "y"].map((slug) => ({ slug, replaces: "often", schedule: { cron: "0 0 * * *" } })) },
    ];
    for (const body of refused) expect((await patch(body)).status).toBe(422);
    expect(await slugs()).toEqual({ often: false, daily: true });
  });

  test("have schedules that are made, read, changed and deleted one by one", async () => {
    const { body: made } = await deploy();
    const of = { id: made.id };
    const rrule = { schedule: { rrule: "FREQ=DAILY;BYHOUR=3", timezone: "Europe/Berlin" }, slug: "night" };
    const created = await server.ask("createDeploymentSchedules", { params: of, body: [hourly, rrule] });
    expect(created).toMatchObject({
      status: 201,
      body: [{ slug: "hourly" }, { slug: "night", schedule: rrule.schedule }],
    });
    const taken = await server.ask("createDeploymentSchedules", { params: of, body: [hourly] });
    expect(taken).toEqual({ status: 409, body: { detail: "Schedule slugs must be unique within a deployment." } });
    const schedule = { ...of, schedule_id: created.body[0]?.id ?? "" };
    await server.ask("updateDeploymentSchedule", { params: schedule, body: { active: false, parameters: { x: 2 } } });
    const read = await server.ask("readDeploymentSchedules", { params: of });
    expect(read.body[0]).toMatchObject({ slug: "hourly", active: false, parameters: { x: 2 } });
    expect((await server.ask("deleteDeploymentSchedule", { params: schedule })).status).toBe(204);
    expect((await server.ask("deleteDeploymentSchedule", { params: schedule })).status).toBe(404);
    const other = { id: uuidv7(), schedule_id: created.body[1]?.id ?? "" };
    expect((await server.ask("updateDeploymentSchedule", { params: other, body: {} })).status).toBe(404);
  });

  test("say when they were last asked for, and by which queue they are served", async () => {
    await server.ask("createWorkPool", { body: { name: "p", type: "process" } });
    const { body: made } = await deploy({ work_pool_name: "p", work_queue_name: "fast" });
    expect(made).toMatchObject({ work_pool_name: "p", work_queue_name: "fast", last_polled: null });
    const check = await server.ask("workQueueCheckForDeployment", { params: { id: made.id } });
    expect(check.body).toMatchObject([{ id: made.work_queue_id, name: "fast" }]);
    await server.ask("getScheduledFlowRuns", { params: { name: "p" }, body: {} });
    const ready = await server.ask("readDeployment", { params: { id: made.id } });
    expect(ready.body).toMatchObject({ status: "READY", last_polled: "2027-01-15T08:00:00Z" });
    server.advance(61_000);
    expect((await server.ask("readDeployment", { params: { id: made.id } })).body.status).toBe("NOT_READY");
  });
});

describe("runs of a deployment", () => {
  const parameter_openapi_schema = { type: "object", properties: { x: { type: "integer" } }, required: ["x"] };

  test("are made over its parameters and tags", async () => {
    const { body: made } = await deploy({ parameters: { x: 1, y: 1 }, tags: ["a"], version: "7" });
    const run = await server.ask("createFlowRunFromDeployment", {
      params: { id: made.id },
      body: {
        name: "calm-crow",
        parameters: { x: 2 },
        tags: ["b"],
        job_variables: { cpu: 2 },
        idempotency_key: "once",
        state: { type: "SCHEDULED", state_details: { scheduled_time: "2027-02-01T00:00:00Z" } },
      },
    });
    expect(run).toMatchObject({
      status: 201,
      body: {
        name: "calm-crow",
        deployment_id: made.id,
        deployment_version: "7",
        flow_id: made.flow_id,
        parameters: { x: 2, y: 1 },
        tags: ["a", "b"],
        job_variables: { cpu: 2 },
        state_type: "SCHEDULED",
        state_name: "Scheduled",
        next_scheduled_start_time: "2027-02-01T00:00:00Z",
        auto_scheduled: false,
      },
    });
    const again = await server.ask("createFlowRunFromDeployment", {
      params: { id: made.id },
      body: { idempotency_key: "once" },
    });
    expect(again).toMatchObject({ status: 200, body: { id: run.body.id } });
  });

  test("go on with the trace that they are asked for in, unless their labels say another", async () => {
    const { body: made } = await deploy();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const labelsOf = async (labels: object | undefined, header: string) => {
      const asked = { params: { id: made.id }, body: { labels }, headers: { traceparent: header } };
      return (await server.ask("createFlowRunFromDeployment", asked)).body.labels;
    };
    expect(await labelsOf({ team: "ml" }, traceparent)).toMatchObject({ team: "ml", __OTEL_TRACEPARENT: traceparent });
    expect(await labelsOf({ __OTEL_TRACEPARENT: "theirs" }, traceparent)).toMatchObject({
      __OTEL_TRACEPARENT: "theirs",
    });
    expect(await labelsOf(undefined, "no trace")).not.toHaveProperty("__OTEL_TRACEPARENT");
  });

  test("are refused with wrong parameters", async () => {
    const { body: made } = await deploy({ parameter_openapi_schema });
    const submit = (body: object) => server.ask("createFlowRunFromDeployment", { params: { id: made.id }, body });
    expect(await submit({ parameters: { x: "many" } })).toEqual({
      status: 409,
      body: { detail: 'Error creating flow run: Validation failed. x must be integer, not "many"' },
    });
    expect((await submit({ parameters: { x: "many" }, enforce_parameter_schema: false })).status).toBe(201);
    expect((await submit({ parameters: { x: 1 }, work_queue_name: "q" })).status).toBe(400);
    const nowhere = await server.ask("createFlowRunFromDeployment", { params: { id: uuidv7() }, body: {} });
    expect(nowhere.status).toBe(404);
  });

  test("are made many at once, each by itself", async () => {
    const { body: made } = await deploy({ parameter_openapi_schema });
    const bulk = (body: object[]) => server.ask("bulkCreateFlowRunsFromDeployment", { params: { id: made.id }, body });
    const { body } = await bulk([{ parameters: { x: 1 } }, { parameters: {} }]);
    expect(body.results).toMatchObject([
      { status: "CREATED", error: null },
      { status: "FAILED", flow_run_id: null, error: expect.stringContaining("x is missing") },
    ]);
    expect((await bulk(Array.from({ length: 101 }, () => ({})))).status).toBe(400);
  });

  test("fill a window of the schedules, and are handed out when they are due", async () => {
    const { body: made } = await deploy({ schedules: [hourly] });
    const fill = (body: object) => server.ask("scheduleDeployment", { params: { id: made.id }, body });
    const due = async (body: object) =>
      (await server.ask("getScheduledFlowRunsForDeployments", { body: { deployment_ids: [made.id], ...body } })).body;
    expect((await fill({ start_time: "2027-01-01T00:00:00Z", end_time: "2027-01-10T00:00:00Z" })).status).toBe(200);
    expect(await due({})).toHaveLength(3);
    await fill({ start_time: "2027-01-01T00:00:00Z", end_time: "2027-01-10T00:00:00Z", min_runs: 5 });
    const runs = await due({ scheduled_before: "2027-01-01 03:00:00+00:00" });
    expect(runs.map((run) => run.expected_start_time)).toEqual(
      [0, 1, 2, 3].map((hour) => `2027-01-01T0${hour}:00:00Z`),
    );
    expect(runs[0]).toMatchObject({
      auto_scheduled: true,
      tags: ["auto-scheduled"],
      created_by: { type: "SCHEDULE", display_value: "hourly" },
    });
    await server.ask("pauseDeployment", { params: { id: made.id } });
    expect(await due({})).toEqual([]);
    await server.ask("resumeDeployment", { params: { id: made.id } });
  });
});

describe("job variables", () => {
  const base_job_template = {
    job_configuration: { cpu: "{{ cpu }}", image: "{{ image }}" },
    variables: {
      type: "object",
      properties: { cpu: { type: "integer" }, image: { type: "string" }, pull: { type: "string", default: "always" } },
      required: ["image"],
    },
  };

  async function inPool(job_variables: object = {}) {
    await server.ask("createWorkPool", { body: { name: "p", type: "docker", base_job_template } });
    return deploy({ work_pool_name: "p", job_variables });
  }

  test("of a deployment must fit the template of its pool, without what a run may add", async () => {
    const refused = await inPool({ cpu: "two" });
    expect(refused).toEqual({
      status: 422,
      body: {
        detail:
          "Error creating deployment: Validation failed for field 'cpu'. Failure reason: must be integer,null, not \"two\"",
      },
    });
    const { status, body: made } = await deploy({ work_pool_name: "p", job_variables: { cpu: 2, pull: null } });
    expect(status).toBe(201);
    const update = { params: { id: made.id }, body: { job_variables: { cpu: [] } } };
    expect((await server.ask("updateDeployment", update)).status).toBe(422);
    expect((await server.ask("readDeployment", { params: { id: made.id } })).body.job_variables).toMatchObject({
      cpu: 2,
    });
  });

  test("of a run must fit it with all that is required, over those of its deployment", async () => {
    const { body: made } = await inPool({ cpu: 1 });
    const submit = (job_variables: object) =>
      server.ask("createFlowRunFromDeployment", { params: { id: made.id }, body: { job_variables } });
    expect(await submit({})).toEqual({
      status: 422,
      body: { detail: "Error creating flow run: Validation failed for field 'image'. Failure reason: is missing" },
    });
    expect((await submit({ image: 3 })).status).toBe(422);
    const { status, body: run } = await submit({ image: "a:1", other: true });
    expect(status).toBe(201);
    const change = (job_variables: object) =>
      server.ask("updateFlowRun", { params: { id: run.id }, body: { job_variables } });
    expect((await change({ image: false })).status).toBe(422);
    expect((await change({ image: "b:2" })).status).toBe(204);
    const pending = { state: { type: "PENDING" } };
    await server.ask("setFlowRunState", { params: { id: run.id }, body: pending });
    expect(await change({ image: "c:3" })).toEqual({
      status: 400,
      body: { detail: "Job variables for a flow run in state PENDING cannot be updated" },
    });
  });

  test("are not asked for what defaults that do not fit would have said", async () => {
    const variables = {
      properties: { cpu: { type: "integer", default: "many" }, image: { type: "string" } },
      required: ["image"],
    };
    await server.ask("createWorkPool", { body: { name: "p", type: "docker" } });
    // A pool is not made with such a template, but may be given one later.
    const template = { job_configuration: { cpu: "{{ cpu }}" }, variables };
    await server.ask("updateWorkPool", { params: { name: "p" }, body: { base_job_template: template } });
    const { body: made } = await deploy({ work_pool_name: "p" });
    const submit = (body: object) => server.ask("createFlowRunFromDeployment", { params: { id: made.id }, body });
    expect((await submit({})).status).toBe(201);
    expect((await submit({ job_variables: { image: 1 } })).status).toBe(422);
  });
});

describe("parameters that say how their value is found", () => {
  const json = (value: unknown) => ({ __prefect_kind: "json", value });

  test("have it in the run, by the variables as they are now", async () => {
    await server.ask("createVariable", { body: { name: "bucket", value: { name: "b-1" } } });
    const { body: made } = await deploy({
      parameters: { where: { __prefect_kind: "workspace_variable", variable_name: "bucket" }, text: "{{ as it is }}" },
    });
    const run = await server.ask("createFlowRunFromDeployment", {
      params: { id: made.id },
      body: {
        parameters: {
          rows: json("[1, 2]"),
          sum: { __prefect_kind: "jinja", template: "{{ 1 + 1 }}" },
          deep: [{ inner: json({ __prefect_kind: "jinja", template: "{{ [1] | tojson }}" }) }],
          nothing: { __prefect_kind: "json" },
          plain: { __prefect_kind: "none", value: { a: json("1") } },
        },
      },
    });
    expect(run.body.parameters).toEqual({
      where: { name: "b-1" },
      text: "{{ as it is }}",
      rows: [1, 2],
      sum: "2",
      deep: [{ inner: [1] }],
      plain: { a: 1 },
    });
  });

  test.each([
    [json("{"), /^Error hydrating flow run parameters: Invalid JSON: /],
    [{ __prefect_kind: "jinja", template: "{{ a" }, /^Error hydrating flow run parameters: Invalid jinja: /],
    [{ __prefect_kind: "jinja" }, /Missing 'template' key in __prefect object$/],
    [{ __prefect_kind: "workspace_variable", variable_name: "none" }, /Variable 'none' not found in workspace\.$/],
  ])("are refused when it cannot be found: %j", async (x, reason) => {
    const { body: made } = await deploy();
    const run = await server.ask("createFlowRunFromDeployment", {
      params: { id: made.id },
      body: { parameters: { x } },
    });
    expect(run).toMatchObject({ status: 400, body: { detail: expect.stringMatching(reason) } });
  });

  test("have it in a changed deployment, and in the schedules that are saved", async () => {
    const { body: made } = await deploy({ schedules: [{ ...hourly, parameters: { x: json("1") } }] });
    expect(made.schedules[0]).toMatchObject({ parameters: { x: 1 } });
    const body = { parameters: { y: json("[2]") } };
    await server.ask("updateDeployment", { params: { id: made.id }, body });
    expect((await server.ask("readDeployment", { params: { id: made.id } })).body.parameters).toEqual({ y: [2] });
  });
});
