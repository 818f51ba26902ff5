import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { automationHandlers } from "./automations.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";

let server: OverHttp;

beforeEach(async () => {
  server = await serveOverHttp(automationHandlers);
});
afterEach(() => server.close());

const eventTrigger = {
  type: "event",
  match: { "prefect.resource.id": ["prefect.flow-run.*", "!prefect.flow-run.1"], colour: "red" },
  match_related: { "prefect.resource.role": "flow", "prefect.resource.name": "etl" },
  after: ["prefect.flow-run.Running"],
  expect: ["prefect.flow-run.*", "order.placed"],
  for_each: ["prefect.resource.id", "related:flow:prefect.resource.name"],
  posture: "Reactive",
  threshold: 3,
  within: 12.5,
};

const plainTrigger = {
  type: "event",
  match: {},
  match_related: {},
  after: [],
  expect: ["x"],
  for_each: [],
  posture: "Proactive",
  threshold: 1,
  within: 30,
};

const [deployment, pool, queue, other, block, schedule] = Array.from({ length: 6 }, () => randomUUID());

const actions = [
  { type: "do-nothing" },
  {
    type: "run-deployment",
    source: "selected",
    deployment_id: deployment,
    parameters: { day: "{{ event.id }}", deep: { list: [1, null] } },
    job_variables: { env: { A: "b" } },
    schedule_after: 1.5,
  },
  {
    type: "run-deployment",
    source: "inferred",
    deployment_id: null,
    parameters: null,
    job_variables: null,
    schedule_after: 0,
  },
  { type: "pause-deployment", source: "selected", deployment_id: deployment },
  { type: "resume-deployment", source: "inferred", deployment_id: null },
  { type: "pause-schedule", deployment_id: deployment, schedule_id: schedule },
  { type: "resume-schedule", deployment_id: deployment, schedule_id: schedule },
  { type: "cancel-flow-run" },
  { type: "suspend-flow-run" },
  { type: "resume-flow-run" },
  { type: "delete-flow-run" },
  { type: "change-flow-run-state", name: null, state: "CANCELLED", message: "enough", force: true },
  { type: "pause-work-pool", source: "selected", work_pool_id: pool },
  { type: "resume-work-pool", source: "inferred", work_pool_id: null },
  { type: "pause-work-queue", source: "selected", work_queue_id: queue },
  { type: "resume-work-queue", source: "inferred", work_queue_id: null },
  { type: "pause-automation", source: "selected", automation_id: other },
  { type: "resume-automation", source: "inferred", automation_id: null },
  { type: "call-webhook", block_document_id: block, payload: "{{ event.event }}" },
  { type: "send-notification", block_document_id: block, subject: "s", body: "{{ flow_run.name }}" },
  { type: "declare-incident", severity: "major", title: "t", description: "d" },
];

function anAutomation(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: "watch",
    description: "says",
    enabled: true,
    tags: ["a", "b"],
    trigger: plainTrigger,
    actions: [{ type: "do-nothing" }],
    actions_on_trigger: [],
    actions_on_resolve: [],
    ...more,
  };
}

async function create(more: Record<string, unknown> = {}): Promise<string> {
  const { status, body } = await server.ask("createAutomation", { body: anAutomation(more) });
  expect(status).toBe(201);
  return body.id;
}

const withoutIds = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === "id" ? undefined : part)));

describe("what was made is read as it was written", () => {
  test.each<[string, Record<string, unknown>]>([
    ["an event trigger", eventTrigger],
    ["a trigger that says little", plainTrigger],
    ["related resources as a list of one", { ...plainTrigger, match_related: [{ a: "b" }] }],
    ["related resources as a list of none", { ...plainTrigger, match_related: [] }],
    ["several related resources", { ...plainTrigger, match_related: [{ a: "b" }, {}, { c: ["d", "e*"] }] }],
    ["compound", { type: "compound", within: 60, require: "any", triggers: [eventTrigger, plainTrigger] }],
    ["compound of two", { type: "compound", within: null, require: 2, triggers: [eventTrigger, plainTrigger] }],
    [
      "a sequence with a compound in it",
      {
        type: "sequence",
        within: 0.5,
        triggers: [plainTrigger, { type: "compound", within: null, require: "all", triggers: [eventTrigger] }],
      },
    ],
    [
      "a metric",
      {
        type: "metric",
        match: { "prefect.resource.id": "prefect.flow-run.*" },
        match_related: {},
        posture: "Metric",
        metric: { name: "successes", threshold: 0.8, operator: "<", range: 600, firing_for: 300 },
      },
    ],
  ])("%s", async (_, trigger) => {
    const id = await create({ trigger });
    const { body } = await server.ask("readAutomation", { params: { id } });
    expect(withoutIds(body.trigger)).toEqual(trigger);
  });

  test("each kind of action", async () => {
    const id = await create({ actions, actions_on_trigger: actions, actions_on_resolve: actions.slice(0, 2) });
    const { body } = await server.ask("readAutomation", { params: { id } });
    expect([body.actions, body.actions_on_trigger, body.actions_on_resolve]).toEqual([
      actions,
      actions,
      actions.slice(0, 2),
    ]);
  });
});

test("what is kept is in our words", async () => {
  const id = await create({ trigger: eventTrigger, owner_resource: "prefect.deployment.1" });
  expect(await server.api.readObject("automation", id)).toMatchObject({
    owner: "millrace.deployment.1",
    trigger: {
      kind: "event",
      match: { id: ["millrace.flow-run.*", "!millrace.flow-run.1"] },
      matchRelated: [{ role: "flow", name: "etl" }],
      expect: ["millrace.flow-run.*", "order.placed"],
      forEach: ["id", "related:flow:name"],
      withinMs: 12_500,
    },
  });
});

test("an automation is replaced, turned off, and deleted", async () => {
  const id = await create();
  const params = { id };
  const replaced = anAutomation({ name: "other", actions: [{ type: "cancel-flow-run" }] });
  expect((await server.ask("updateAutomation", { params, body: replaced })).status).toBe(204);
  expect((await server.ask("patchAutomation", { params, body: { enabled: false } })).status).toBe(204);
  const { body } = await server.ask("readAutomation", { params });
  expect([body.name, body.enabled, body.actions]).toEqual(["other", false, [{ type: "cancel-flow-run" }]]);
  expect((await server.ask("deleteAutomation", { params })).status).toBe(204);
  for (const name of ["readAutomation", "deleteAutomation"] as const) {
    expect(await server.ask(name, { params })).toEqual({ status: 404, body: { detail: "Automation not found" } });
  }
  expect((await server.ask("patchAutomation", { params, body: {} })).status).toBe(404);
  expect((await server.ask("updateAutomation", { params, body: replaced })).status).toBe(404);
});

test("automations are listed, sorted and counted by a filter", async () => {
  await create({ name: "b", tags: ["x"] });
  server.advance(10);
  await create({ name: "a", tags: ["x", "y"] });
  server.advance(10);
  await create({ name: "c", tags: [] });
  const names = async (body: Record<string, unknown>) =>
    (await server.ask("readAutomations", { body })).body.map(({ name }: { readonly name: string }) => name);
  expect(await names({})).toEqual(["a", "b", "c"]);
  expect(await names({ sort: "CREATED_DESC" })).toEqual(["c", "a", "b"]);
  expect(await names({ limit: 1, offset: 1 })).toEqual(["b"]);
  expect(await names({ limit: 0 })).toEqual([]);
  const tagged = { automations: { tags: { all_: ["x", "y"] } } };
  expect(await names(tagged)).toEqual(["a"]);
  expect((await server.ask("countAutomations", { body: tagged })).body).toBe(1);
  expect((await server.ask("countAutomations", { body: {} })).body).toBe(3);
  expect(await names({ automations: { name: { any_: ["c", "none"] } } })).toEqual(["c"]);
});

test("automations of a resource are found, and those that it owns go with it", async () => {
  const resource_id = `prefect.deployment.${deployment}`;
  await create({ name: "owned", owner_resource: resource_id });
  await create({ name: "runs it", actions: [actions[1]] });
  await create({ name: "other", actions: [actions[2]] });
  const related = async () =>
    (await server.ask("readAutomationsRelatedToResource", { params: { resource_id } })).body.map(
      ({ name }: { readonly name: string }) => name,
    );
  expect((await related()).toSorted()).toEqual(["owned", "runs it"]);
  expect((await server.ask("deleteAutomationsOwnedByResource", { params: { resource_id } })).status).toBe(202);
  expect(await related()).toEqual(["runs it"]);
});

test.each<[string, Record<string, unknown>]>([
  ["an action without its target", { actions: [{ type: "pause-deployment" }] }],
  ["a target beside one that is to be found", { actions: [{ ...actions[3], source: "inferred" }] }],
  ["a time too short to miss something", { trigger: { ...plainTrigger, within: 5 } }],
  ["more triggers than there are", { trigger: { type: "compound", within: 1, require: 3, triggers: [plainTrigger] } }],
  ["a template that cannot be read", { actions: [{ ...actions[19], body: "{{ open" }] }],
])("%s is refused", async (_, more) => {
  expect((await server.ask("createAutomation", { body: anAutomation(more) })).status).toBe(422);
});

test("templates are checked", async () => {
  expect((await server.ask("validateTemplate", { body: JSON.stringify("{{ flow_run.name }}") })).status).toBe(204);
  const source = "fine\n{% if %}";
  const { status, body } = await server.ask("validateAutomationTemplate", { body: JSON.stringify(source) });
  expect([status, body?.error.source, body?.error.line]).toEqual([422, source, 2]);
});
