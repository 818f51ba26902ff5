import { afterEach, expect, test } from "vitest";
import { startOverHttp } from "../../client/over-http.testsuite.ts";
import { systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { createService } from "../../service/create-service.ts";
import { makeLedger } from "../../store/ledger-under-test.testsuite.ts";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** As far as it is looked at. */
interface Body {
  readonly error: { readonly code: string; readonly message: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly requestBody: { readonly content: Readonly<Record<string, { readonly schema: unknown }>> };
}

interface Schema {
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Asks as somebody who writes requests by hand. */
async function start() {
  const ledger = await makeLedger();
  open.push(() => ledger.remove());
  const store = await ledger.open();
  open.push(() => store.close());
  const { url, server } = await startOverHttp(createService({ store, clock: systemClock }));
  open.push(() => server.close());
  return async (
    method: string,
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly body: Body }> => {
    const headers = { ...more, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const answer = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Body };
  };
}

test("what the server keeps for itself is not written by hand", async () => {
  const ask = await start();
  const lease = { expiresAt: 1, holder: "", limitIds: [uuidv7()], slots: 1 };
  const made = await ask("POST", "/v1/objects/slot-lease", lease);
  expect(made).toMatchObject({ status: 422, body: { error: { code: "OBJECT_INVALID" } } });
  expect(made.body.error.message).toContain("by the server itself");
  for (const kind of ["slot-lease", "deployment-version", "automation-firing", "configuration"]) {
    expect(await ask("DELETE", `/v1/objects/${kind}/${uuidv7()}`)).toMatchObject({ status: 422 });
  }
  expect(await ask("DELETE", `/v1/objects/webhook/${uuidv7()}`)).toEqual({ status: 200, body: false });
});

test("If-Match is the revision of what is changed, and refused where it would not be heeded", async () => {
  const ask = await start();
  const pool = (await ask("POST", "/v1/work-pools", { name: "p", type: "process" })).body as unknown as { id: string };
  const change = (path: string, body: unknown, tag: string) => ask("PATCH", path, body, { "if-match": tag });
  const own = (tag: string) => change(`/v1/work-pools/${pool.id}`, { description: tag }, tag);
  const asObject = (tag: string) => change(`/v1/objects/work-pool/${pool.id}`, { change: { description: "x" } }, tag);
  expect([(await own('"1"')).status, (await own('"1"')).status, (await own("*")).status]).toEqual([200, 409, 200]);
  expect(await asObject('"2"')).toMatchObject({ status: 409, body: { error: { code: "REVISION_CONFLICT" } } });
  expect((await asObject('"3"')).status).toBe(200);
  for (const tag of ["3", 'W/"3"', '"x"', ""]) {
    expect(await own(tag)).toMatchObject({ status: 422, body: { error: { code: "REQUEST_INVALID" } } });
  }
  const both = (tag: string, revision: unknown) =>
    change(`/v1/objects/work-pool/${pool.id}`, { change: { description: "y" }, revision }, tag);
  for (const [tag, revision] of [
    ['"4"', 3],
    ['"3"', 4],
    ['"4"', "4"],
    ["x", 4],
  ] as const) {
    expect(await both(tag, revision)).toMatchObject({ status: 422, body: { error: { code: "REQUEST_INVALID" } } });
  }
  expect([(await both('"4"', 4)).status, (await both("*", 5)).status, (await both("*", 5)).status]).toEqual([
    200, 200, 409,
  ]);
  const deleted = await ask("DELETE", `/v1/objects/work-pool/${pool.id}`, undefined, { "if-match": '"4"' });
  expect(deleted).toMatchObject({ status: 422, body: { error: { code: "REQUEST_INVALID" } } });
  expect(deleted.body.error.message).toContain("If-Match is not heeded here");
});

test("a reference that is no id is told with its place", async () => {
  const ask = await start();
  const queue = { workPoolId: "x", name: "q", priority: 1, paused: false, polledAt: null };
  const made = await ask("POST", "/v1/objects/work-queue", queue);
  expect(made).toMatchObject({ status: 422, body: { error: { code: "OBJECT_INVALID" } } });
  expect(made.body.error.message).toContain("body.workPoolId: Invalid input: expected a UUID in lower case");
  expect(await ask("POST", "/v1/flow-runs/submit", { deployment: 7 })).toMatchObject({ status: 422 });
});

test("parameters and artifacts that are no JSON are refused", async () => {
  const ask = await start();
  const run = { id: uuidv7(), flowName: "f", name: "r", parameters: "nope", createdAt: 1, states: [] };
  const refused = await ask("POST", "/v1/record", { processId: "p", created: [run] });
  expect(refused).toMatchObject({ status: 422, body: { error: { code: "REQUEST_INVALID" } } });
  expect(refused.body.error.message).toContain("created.0.parameters: Invalid input: expected JSON text");
  const artifact = { id: uuidv7(), key: null, kind: "table", description: null, data: "nope", metadata: "{" };
  const times = { flowRunId: null, taskRunId: null, createdAt: 1, updatedAt: 1 };
  const others = await ask("POST", "/v1/record", { processId: "p", artifacts: [{ ...artifact, ...times }] });
  expect(others.body.error.message).toMatch(/artifacts\.0\.data.*artifacts\.0\.metadata/);
});

test("the OpenAPI document says what objects are made of", async () => {
  const ask = await start();
  const { paths, components } = (await ask("GET", "/v1/openapi.json")).body;
  const bodyOf = (path: string, verb: string): unknown =>
    paths[path]?.[verb]?.requestBody.content["application/json"]?.schema;
  expect(bodyOf("/v1/objects/{kind}", "post")).toEqual({ $ref: "#/components/schemas/NewObject" });
  expect(components.schemas.NewObject?.anyOf).toContainEqual({ $ref: "#/components/schemas/NewAutomation" });
  expect(components.schemas.NewAutomation?.properties?.trigger).toEqual({ $ref: "#/components/schemas/Trigger" });
  expect(bodyOf("/v1/automations/try", "post")).toEqual({ $ref: "#/components/schemas/AutomationTrial" });
  const kinds = components.schemas.Action?.oneOf?.map(({ properties }) => properties?.kind);
  expect(kinds).toContainEqual({ type: "string", const: "run-deployment" });
});
