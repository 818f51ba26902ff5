import fastify, { type InjectOptions, type LightMyRequestResponse } from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import { MillraceError } from "../../contract/errors.ts";
import { addErrorAnswers } from "../http/errors.ts";
import { addPrefectRoutes } from "./add-prefect-routes.ts";
import { PrefectError } from "./errors.ts";
import type { PrefectHandlers, PrefectRequest } from "./routes-table-types.ts";

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

const flowId = "0199a000-0000-7000-8000-000000000001";
const created = "2026-11-25T16:39:00.123456Z";
const flow = { id: flowId, created, updated: created, name: "etl", tags: [], labels: {} };

/** What is asked of a server that has these handlers. */
function serve(handlers: Partial<PrefectHandlers>) {
  const failures: unknown[] = [];
  const onFailure = ({ error }: { readonly error: unknown }): void => void failures.push(error);
  const app = fastify();
  open.push(app);
  addErrorAnswers(app, { retryAfterS: 1, onFailure });
  addPrefectRoutes(app, { handlers, version: "3.9.1", retryAfterS: 2, onFailure });
  return {
    failures,
    ask: (method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE", url: string, rest: InjectOptions = {}) =>
      app.inject({ ...rest, method, url }),
    post: (url: string, body: unknown, headers: Record<string, string> = {}) =>
      app.inject({
        method: "POST",
        url,
        headers: { "content-type": "application/json", ...headers },
        payload: JSON.stringify(body),
      }),
  };
}

const bodyOf = (answer: LightMyRequestResponse): unknown => JSON.parse(answer.body);

describe("a request", () => {
  test("reaches its handler parsed: defaults filled in, times as numbers, what is not known dropped", async () => {
    const seen: PrefectRequest<"getScheduledFlowRuns">[] = [];
    const { post } = serve({
      async getScheduledFlowRuns(request) {
        seen.push(request);
        return { status: 200, body: [] };
      },
    });
    const asked = { scheduled_before: "2026-11-25 16:39:00.000001+00:00", colour: "red" };
    const answer = await post("/api/work_pools/my%2Fpool/get_scheduled_flow_runs", asked, { host: "box:4200" });
    expect([answer.statusCode, answer.headers["content-type"], bodyOf(answer)]).toEqual([
      200,
      "application/json; charset=utf-8",
      [],
    ]);
    expect(seen).toMatchObject([
      {
        params: { name: "my/pool" },
        body: { work_queue_names: [], scheduled_before: 1_795_624_740_000.001, limit: 200 },
        baseUrl: "http://box:4200/api",
      },
    ]);
    expect(seen[0]?.body).not.toHaveProperty("colour");
  });

  test("may have no body where no field of it is needed", async () => {
    const { ask } = serve({ countFlows: async ({ body }) => ({ status: 200, body: body.flows === null ? 7 : 0 }) });
    expect((await ask("POST", "/api/flows/count")).body).toBe("7");
  });

  test("has its defaults for what is null, where its fields are parameters", async () => {
    const seen: PrefectRequest<"readFlowRuns">["body"][] = [];
    const { post } = serve({
      async readFlowRuns({ body }) {
        seen.push(body);
        return { status: 200, body: [] };
      },
    });
    const answer = await post("/api/flow_runs/filter", { sort: null, offset: null, limit: null, flows: null });
    expect(answer.statusCode).toBe(200);
    expect(seen).toMatchObject([{ sort: "ID_DESC", offset: 0, limit: 200, flows: null }]);
  });

  test("of a PATCH says what it leaves as it is", async () => {
    const seen: unknown[] = [];
    const { ask } = serve({
      async updateFlowRun({ body }) {
        seen.push(body);
        return { status: 204 };
      },
    });
    const answer = await ask("PATCH", `/api/flow_runs/${flowId}`, { payload: { job_variables: null, tags: ["a"] } });
    expect([answer.statusCode, answer.body]).toEqual([204, ""]);
    expect(seen).toStrictEqual([{ job_variables: null, tags: ["a"] }]);
  });

  test("that is not valid is told what is wrong with it, and what it was", async () => {
    const { post } = serve({ readFlows: async () => ({ status: 200, body: [] }) });
    const asked = { offset: -1, sort: "BEST", flows: { id: { any_: ["z"] }, operator: null } };
    const answer = await post("/api/flows/filter", asked);
    expect(answer.statusCode).toBe(422);
    expect(bodyOf(answer)).toEqual({
      exception_message: "Invalid request received.",
      exception_detail: expect.arrayContaining([
        expect.objectContaining({ type: "greater_than_equal", loc: ["body", "offset"], input: -1 }),
        expect.objectContaining({ type: "enum", loc: ["body", "sort"], input: "BEST" }),
        expect.objectContaining({ type: "uuid_parsing", loc: ["body", "flows", "id", "any_", 0], input: "z" }),
      ]) as unknown,
      request_body: asked,
    });
  });

  test("without a field that is needed is told so", async () => {
    const { post, ask } = serve({ createFlow: async () => ({ status: 201, body: flow }) });
    const missing = { type: "missing", loc: ["body", "name"], msg: "Field required", input: null };
    expect(bodyOf(await post("/api/flows/", {}))).toMatchObject({ exception_detail: [missing] });
    expect((await ask("POST", "/api/flows/")).statusCode).toBe(422);
  });

  test("for too many at once has the shorter answer that Prefect's server has", async () => {
    const { post } = serve({ readFlows: async () => ({ status: 200, body: [] }) });
    const answer = await post("/api/flows/filter", { limit: 201 });
    expect([answer.statusCode, bodyOf(answer)]).toEqual([
      422,
      { detail: "Invalid limit: must be less than or equal to 200." },
    ]);
  });

  test.each([
    ["{", "application/json"],
    ["x=1", "application/x-www-form-urlencoded"],
  ])("with a body %s that is no JSON is refused", async (payload, type) => {
    const { ask } = serve({ createFlow: async () => ({ status: 201, body: flow }) });
    const answer = await ask("POST", "/api/flows/", { payload, headers: { "content-type": type } });
    expect([answer.statusCode, bodyOf(answer)]).toMatchObject([
      422,
      { exception_message: "Invalid request received." },
    ]);
  });

  test("may be large where batches are sent", async () => {
    const { post } = serve({
      createLogs: async () => ({ status: 201, body: null }),
      createFlow: async () => ({ status: 201, body: flow }),
    });
    const message = "x".repeat(5 * 2 ** 20);
    const line = { name: "prefect", level: 20, message, timestamp: created };
    const logs = await post("/api/logs/", [line]);
    expect([logs.statusCode, logs.body]).toEqual([201, "null"]);
    expect((await post("/api/flows/", { name: message })).statusCode).toBe(413);
  });
});

describe("a path", () => {
  test("with a slash too many or too few leads to the right one", async () => {
    const { ask } = serve({});
    const missing = await ask("POST", "/api/flows?x=1", { headers: { host: "box:4200" } });
    expect([missing.statusCode, missing.headers.location]).toEqual([307, "http://box:4200/api/flows/?x=1"]);
    const extra = await ask("POST", "/api/flows/filter/", { headers: { host: "box:4200" } });
    expect([extra.statusCode, extra.headers.location]).toEqual([307, "http://box:4200/api/flows/filter"]);
  });

  test("that takes other verbs says which", async () => {
    const answer = await serve({}).ask("PUT", "/api/flows/");
    expect([answer.statusCode, answer.headers.allow, bodyOf(answer)]).toEqual([
      405,
      "POST",
      { detail: "Method Not Allowed" },
    ]);
  });

  test.each(["/api/nothing", "/api/flows/no-id", "/api"])("%s is none", async (path) => {
    const { ask } = serve({ readFlow: async () => ({ status: 200, body: flow }) });
    const answer = await ask("GET", path);
    expect([answer.statusCode, bodyOf(answer)]).toEqual([404, { detail: "Not Found" }]);
  });

  test("that nobody serves yet says so", async () => {
    const answer = await serve({}).ask("GET", `/api/flows/${flowId}`);
    expect([answer.statusCode, bodyOf(answer)]).toEqual([
      501,
      { detail: "readFlow is not served here: Millrace does not have it yet." },
    ]);
  });
});

describe("an answer", () => {
  test("may be text, whole or in parts", async () => {
    async function* parts() {
      yield "level,message\n";
      yield "20,hello\n";
    }
    const { ask } = serve({
      readFlowRunInput: async ({ params }) => ({ status: 200, body: `"${params.key}"` }),
      downloadLogs: async () => ({ status: 200, body: parts(), headers: { "content-disposition": "attachment" } }),
    });
    const text = await ask("GET", `/api/flow_runs/${flowId}/input/paused-1-response`);
    expect([text.headers["content-type"], text.body]).toEqual(["text/plain; charset=utf-8", '"paused-1-response"']);
    const csv = await ask("GET", `/api/flow_runs/${flowId}/logs/download`);
    expect([csv.headers["content-type"], csv.headers["content-disposition"], csv.body]).toEqual([
      "text/csv; charset=utf-8",
      "attachment",
      "level,message\n20,hello\n",
    ]);
  });

  test("of the OpenAPI document is there, as Prefect's server has it", async () => {
    const answer = await serve({}).ask("GET", "/api/openapi.json");
    expect(bodyOf(answer)).toMatchObject({ openapi: "3.1.0", info: { version: "3.9.1" } });
  });
});

describe("errors", () => {
  const failWith = (error: Error) => serve({ readFlow: () => Promise.reject(error) });
  const path = `/api/flows/${flowId}`;

  test("that a handler means are sent as it says", async () => {
    const error = new PrefectError({ status: 423, detail: "full", headers: { "retry-after": "5" } });
    const answer = await failWith(error).ask("GET", path);
    expect([answer.statusCode, answer.headers["retry-after"], bodyOf(answer)]).toEqual([423, "5", { detail: "full" }]);
  });

  test("of the catalogue keep their status", async () => {
    const notFound = await failWith(new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id: "x" })).ask("GET", path);
    expect([notFound.statusCode, bodyOf(notFound)]).toEqual([404, { detail: "There is no flow run x." }]);
    const conflict = await failWith(new MillraceError("RUN_ID_AMBIGUOUS", { id: "x", candidates: "y" })).ask(
      "GET",
      path,
    );
    expect(conflict.statusCode).toBe(409);
    const busy = await failWith(new MillraceError("SERVER_BUSY", { reason: "much to do" })).ask("GET", path);
    expect([busy.statusCode, busy.headers["retry-after"]]).toEqual([503, "2"]);
    expect(bodyOf(busy)).toHaveProperty("exception_message");
  });

  test("that are defects are told without what they say, and to the log", async () => {
    const error = new TypeError("a defect");
    const { ask, failures } = failWith(error);
    const answer = await ask("GET", path);
    expect([answer.statusCode, bodyOf(answer)]).toEqual([500, { exception_message: "Internal Server Error" }]);
    expect(failures).toEqual([error]);
  });
});

describe("the version of a client", () => {
  const start = () =>
    serve({ hello: async () => ({ status: 200, body: "hi" }), healthCheck: async () => ({ status: 200, body: true }) });
  const headers = (version: string) => ({ headers: { "x-prefect-api-version": version } });

  test.each(["", "0.8.0", "0.8.4", "0.10.0", "9.0.0"])("%s is served", async (version) => {
    expect((await start().ask("GET", "/api/hello", headers(version))).statusCode).toBe(200);
  });

  test.each(["0.7.9", "0.8", "next"])("%s is not, but for a probe", async (version) => {
    const answer = await start().ask("GET", "/api/hello", headers(version));
    expect([answer.statusCode, answer.body]).toEqual([400, expect.stringContaining(version)]);
    expect((await start().ask("GET", "/api/health", headers(version))).body).toBe("true");
  });
});
