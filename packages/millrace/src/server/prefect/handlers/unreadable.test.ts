/** One row that nobody can read must not hold the others of its list. */

import { afterEach, beforeEach, expect, test } from "vitest";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { ObjectBase } from "../../../contract/objects.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { emptyBatch } from "../../../service/empty-batch.ts";
import { aFlowRun, aState, aTransition, record } from "../../../store/suite/samples.testsuite.ts";
import { prefectHandlers } from "../handlers.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";

let http: OverHttp;
beforeEach(async () => {
  http = await serveOverHttp((context) => prefectHandlers(context));
});
afterEach(() => http.close());

function base(): ObjectBase {
  const now = http.clock.now();
  return { id: uuidv7(), revision: 1, createdAt: now, updatedAt: now };
}

function told(): readonly string[] {
  return http.unreadable.map(({ kind, id }) => `${kind} ${id}`);
}

test("a variable whose value is no JSON is shown as its text", async () => {
  const bad = { ...base(), name: "bad", value: "{nope", tags: [] };
  await http.store.insertObject("variable", bad, null);
  await http.api.writeVariable({ name: "good", value: "1" });
  const { status, body } = await http.ask("readVariables", { body: { sort: "NAME_ASC" } });
  expect([status, body.map(({ name, value }) => [name, value])]).toEqual([
    200,
    [
      ["bad", "{nope"],
      ["good", 1],
    ],
  ]);
  expect(told()).toEqual([`variable ${bad.id}`]);
});

test("a run whose parameters, and an artifact whose data are no JSON are shown with their text", async () => {
  const run = aFlowRun({ flowName: "f", parameters: "nope" });
  const times = { createdAt: http.clock.now(), updatedAt: http.clock.now() };
  const artifact = {
    ...times,
    id: uuidv7(),
    key: "k",
    kind: "table",
    description: null,
    data: "nope",
    metadata: "{",
    flowRunId: run.id,
    taskRunId: null,
  };
  await http.store.record({ ...emptyBatch, created: [run] });
  await http.store.record({ ...emptyBatch, artifacts: [artifact] });
  const runs = await http.ask("readFlowRuns", { body: {} });
  expect(runs.body).toMatchObject([{ id: run.id, parameters: { input: "nope" } }]);
  const artifacts = await http.ask("readArtifacts", { body: {} });
  expect(artifacts.body).toMatchObject([{ id: artifact.id, data: "nope", metadata_: null }]);
  const [first, ...others] = told();
  expect(first).toBe(`flow-run ${run.id}`);
  expect(new Set(others)).toEqual(new Set([`artifact ${artifact.id}`]));
});

test("what is nested so deep that no answer could hold it is shown with its text, or left out", async () => {
  const deep = "[".repeat(20_000) + "]".repeat(20_000);
  const bad = { ...base(), name: "bad", value: deep, tags: [] };
  await http.store.insertObject("variable", bad, null);
  expect((await http.ask("readVariables", { body: {} })).body).toMatchObject([{ name: "bad", value: deep }]);
  expect(told()).toEqual([`variable ${bad.id}`]);

  const event = { id: uuidv7(), name: "order.paid", at: http.clock.now(), resource: { id: "order/7" }, payload: deep };
  await http.api.record({ processId: "p", events: [{ ...event, flowRunId: null, taskRunId: null }] });
  const { status, body } = await http.ask("readEvents", { body: { filter: { event: { name: ["order.paid"] } } } });
  expect([status, body.events[0]?.payload]).toEqual([200, { value: deep }]);

  const given = aFlowRun({ flowName: "f", parameters: deep });
  const [made] = (await record(http.store, { created: [given] })).created;
  const run = made?.run as FlowRun;
  const result = { storage: "inline", data: deep } as const;
  await record(http.store, { transitions: [aTransition(run, aState("COMPLETED", run.state.at + 1), { result })] });
  const runs = await http.ask("readFlowRuns", { body: {} });
  expect(runs.body).toMatchObject([
    { id: run.id, parameters: { input: deep }, state: { type: "COMPLETED", data: null } },
  ]);
});

test("an automation of a form that is not known does nothing", async () => {
  const trigger = { kind: "event", match: { id: 5 } };
  const actions = [{ kind: "run-deploymnt" }];
  const bad = { ...base(), name: "bad", enabled: true, tags: [], owner: null, trigger, actions };
  await http.store.insertObject("automation", bad, null);
  const { status, body } = await http.ask("readAutomations", { body: {} });
  expect(status).toBe(200);
  expect(body).toMatchObject([{ name: "bad", trigger: { type: "event", expect: ["nothing"] }, actions: [] }]);
  expect(told()).toContain(`automation ${bad.id}`);
});

test("a block that cannot be opened is shown without its fields in a list, and is an error alone", async () => {
  const type = await http.api.createObject("block-type", { slug: "login", name: "Login" });
  const ofSchema = { blockTypeId: type.id, checksum: "sha256:1", schemaVersion: "1", capabilities: [] };
  const schema = await http.api.createObject("block-schema", ofSchema);
  const block = { blockTypeId: type.id, blockSchemaId: schema.id, anonymous: false };
  const good = await http.api.createObject("block-document", { ...block, name: "good", data: { user: "ada" } });
  const bad = await http.api.createObject("block-document", { ...block, name: "junk", sealed: "junk" });
  const { body } = await http.ask("readBlockDocuments", { body: {} });
  expect(body.map(({ id, data }) => [id, data])).toEqual([
    [good.id, { user: "ada" }],
    [bad.id, {}],
  ]);
  expect(told()).toEqual([`block-document ${bad.id}`]);
  await expect(http.ask("readBlockDocumentById", { params: { id: bad.id } })).rejects.toThrow("sealed under another");
});
