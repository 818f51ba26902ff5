import { brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { request as httpRequest } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { startOverHttp } from "../client/over-http.testsuite.ts";
import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import { readiness } from "../contract/wire/schemas/server-description.ts";
import { apiMethods } from "../contract/wire/v1-calls.ts";
import { createDeferred } from "../kit/deferred.ts";
import { systemClock } from "../kit/clock.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import type { RequestEntry, ServerOptions } from "./create-server.ts";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A server over a ledger of its own, perhaps with methods of its Api replaced. */
async function start(replaced: Partial<Api> = {}, options: Partial<ServerOptions> = {}) {
  const ledger = await makeLedger();
  open.push(() => ledger.remove());
  const store = await ledger.open();
  open.push(() => store.close());
  const api = { ...createService({ store, clock: systemClock }), ...replaced };
  const started = await startOverHttp(api, { server: options });
  open.push(() => started.server.close());
  return { ...started, api };
}

interface RawAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

/** As it is on the wire: nothing is unpacked, and any header can be sent. */
function ask(
  url: string,
  options: {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string | Uint8Array;
    readonly localAddress?: string;
  } = {},
): Promise<RawAnswer> {
  const { method = "GET", headers = {}, body, localAddress } = options;
  return new Promise((resolve, reject) => {
    const asked = httpRequest(url, { method, headers, localAddress, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const toJson = ({ body }: RawAnswer): unknown => JSON.parse(body.toString());
const codeOf = (answer: RawAnswer): unknown => (toJson(answer) as { error: { code: string } }).error.code;
const json = { "content-type": "application/json" };

describe("errors", () => {
  test("have the catalogue's status, code, advice and data, and name the request", async () => {
    const { url } = await start();
    const answer = await ask(`${url}/v1/flow-runs/0199a000-0000-7000-8000-000000000001`, {
      headers: { "x-request-id": "my-request:1" },
    });
    expect(answer.status).toBe(404);
    expect(answer.headers["x-request-id"]).toBe("my-request:1");
    expect(toJson(answer)).toEqual({
      error: {
        code: "RUN_NOT_FOUND",
        message: "There is no flow run 0199a000-0000-7000-8000-000000000001.",
        fix: expect.stringContaining("flow-run ls") as string,
        retryable: false,
        data: { kind: "flow run", id: "0199a000-0000-7000-8000-000000000001" },
        requestId: "my-request:1",
      },
    });
  });

  test("a request id that is no plain word is not repeated", async () => {
    const { url } = await start();
    const answer = await ask(`${url}/v1/health`, { headers: { "x-request-id": "a <script>" } });
    expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("name what is wrong in a request", async () => {
    const { url } = await start();
    const body = JSON.stringify({ filter: { stateTypes: ["RUNING"], ids: "one" } });
    const answer = await ask(`${url}/v1/flow-runs/filter`, { method: "POST", headers: json, body });
    expect([answer.status, codeOf(answer)]).toEqual([422, "REQUEST_INVALID"]);
    expect(answer.body.toString()).toMatch(/body\.filter\.stateTypes\.0: .*body\.filter\.ids: /);
  });

  test.each([
    ["text that is no JSON", { headers: json, body: "{" }, 422],
    ["another kind of content", { headers: { "content-type": "text/plain" }, body: "{}" }, 415],
    ["no body", { headers: {} }, 422],
    ["an encoding that is not known", { headers: { ...json, "content-encoding": "zstd" }, body: "{}" }, 422],
    ["an encoding that it is not in", { headers: { ...json, "content-encoding": "gzip" }, body: "{}" }, 422],
  ])("%s is refused", async (_, options, status) => {
    const { url } = await start();
    const answer = await ask(`${url}/v1/flow-runs/count`, { method: "POST", ...options });
    expect([answer.status, codeOf(answer)]).toEqual([status, "REQUEST_INVALID"]);
  });

  test("there is no route for are told", async () => {
    const { url } = await start();
    const answer = await ask(`${url}/v1/flow-runs`, { method: "PATCH" });
    expect([answer.status, codeOf(answer)]).toEqual([404, "ROUTE_NOT_FOUND"]);
  });

  test("that are none of the catalogue are told without their stack, and to the log", async () => {
    const failures: unknown[] = [];
    const error = new TypeError("a defect");
    const listSecrets = (): Promise<never> => Promise.reject(error);
    const { url } = await start({ listSecrets }, { onFailure: (failure) => failures.push(failure) });
    const answer = await ask(`${url}/v1/secrets`, { headers: { "x-request-id": "r1" } });
    expect([answer.status, codeOf(answer)]).toEqual([500, "SERVER_FAILED"]);
    expect(answer.body.toString()).not.toContain("create-server.test");
    expect(failures).toEqual([{ requestId: "r1", traceId: null, error }]);
  });
});

describe("bodies", () => {
  const filter = (padding: number): string => JSON.stringify({ filter: { nameContains: "x".repeat(padding) } });

  test("above the limit are refused, also when they are small while packed", async () => {
    const { url } = await start();
    const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
      ask(`${url}/v1/flow-runs/count`, { method: "POST", headers: { ...json, ...headers }, body });
    expect((await post(filter(2 ** 20 - 100))).status).toBe(200);
    const large = await post(filter(2 ** 20));
    expect([large.status, codeOf(large)]).toEqual([413, "BODY_TOO_LARGE"]);
    const bomb = await post(gzipSync(filter(50 * 2 ** 20)), { "content-encoding": "gzip" });
    expect([bomb.status, codeOf(bomb)]).toEqual([413, "BODY_TOO_LARGE"]);
  });

  test("of a batch may be larger than others", async () => {
    const { url } = await start();
    const body = JSON.stringify({ processId: "p", ignored: "x".repeat(2 ** 21) });
    const answer = await ask(`${url}/v1/record`, { method: "POST", headers: json, body });
    expect([answer.status, toJson(answer)]).toEqual([200, { created: [], proposals: [], stale: [] }]);
  });

  test("have fields of newer clients, which are ignored", async () => {
    const { url, api } = await start();
    const body = JSON.stringify({ name: "v", value: "1", tags: [], colour: "red" });
    const answer = await ask(`${url}/v1/variables`, { method: "PUT", headers: json, body });
    expect(answer.status).toBe(200);
    expect(await api.readVariable("v")).toEqual(toJson(answer));
  });
});

describe("answers", () => {
  test("are packed for those who can read it", async () => {
    const { url } = await start();
    const get = (encoding: string) =>
      ask(`${url}/v1/openapi.json`, encoding === "" ? {} : { headers: { "accept-encoding": encoding } });
    const plain = await get("");
    const byBrotli = await get("gzip, br");
    const byGzip = await get("gzip, br;q=0");
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(byBrotli.headers).toMatchObject({ "content-encoding": "br", vary: "accept-encoding" });
    expect(brotliDecompressSync(byBrotli.body)).toEqual(plain.body);
    expect(byGzip.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(byGzip.body)).toEqual(plain.body);
    expect(byBrotli.body.length).toBeLessThan(plain.body.length / 4);
    const small = await ask(`${url}/v1/health`, { headers: { "accept-encoding": "br" } });
    expect(small.headers["content-encoding"]).toBeUndefined();
  });

  test("that are known are not sent again", async () => {
    const { url, api } = await start();
    await api.writeVariable({ name: "v", value: "1" });
    const first = await ask(`${url}/v1/variables/v`);
    const tag = String(first.headers.etag);
    const again = await ask(`${url}/v1/variables/v`, { headers: { "if-none-match": `"other", W/${tag}` } });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, tag]);
    await api.writeVariable({ name: "v", value: "2" });
    const changed = await ask(`${url}/v1/variables/v`, { headers: { "if-none-match": tag } });
    expect([changed.status, toJson(changed)]).toMatchObject([200, { value: "2" }]);
  });

  test("of a method without a value have no body", async () => {
    const { url } = await start();
    const body = JSON.stringify({ name: "s", sealed: "v1.a.b.c" });
    const answer = await ask(`${url}/v1/secrets`, { method: "PUT", headers: json, body });
    expect([answer.status, answer.body.length]).toEqual([204, 0]);
  });
});

describe("who is answered", () => {
  test.each(["localhost:1", "127.0.0.1", "[::1]:80", "192.168.1.7:4270", "dev.localhost", "ledger.example:443"])(
    "%s",
    async (host) => {
      const { url } = await start({}, { allowedHosts: ["Ledger.Example"] });
      expect((await ask(`${url}/v1/health`, { headers: { host } })).status).toBe(200);
    },
  );

  test.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "a b"])("not %s", async (host) => {
    const { url } = await start();
    const answer = await ask(`${url}/v1/health`, { headers: { host } });
    expect([answer.status, codeOf(answer)]).toEqual([403, "REQUEST_REFUSED"]);
  });

  test("not a page of another origin", async () => {
    const { url } = await start();
    const from = (origin: string) => ask(`${url}/v1/processes/expire`, { method: "POST", headers: { origin } });
    expect(codeOf(await from("https://evil.example"))).toBe("REQUEST_REFUSED");
    expect(codeOf(await from("null"))).toBe("REQUEST_REFUSED");
    expect((await from(url)).status).toBe(200);
  });

  test("nobody of another machine, unless that is asked for", async () => {
    const { server } = await start();
    await expect(server.listen({ host: "0.0.0.0", port: 0 })).rejects.toMatchObject({ code: "SERVER_REMOTE_REFUSED" });
  });
});

describe("a server with much to do", () => {
  test("refuses what is too much, and says when to come again; health is answered", async () => {
    const release = createDeferred<readonly []>();
    const begun = createDeferred<void>();
    const listSecrets = () => (begun.resolve(), release.promise);
    const { url } = await start({ listSecrets }, { limits: { maxRequestsInFlight: 1 } });
    const slow = ask(`${url}/v1/secrets`);
    await begun.promise;
    const refused = await ask(`${url}/v1/secrets`);
    expect([refused.status, codeOf(refused), refused.headers["retry-after"]]).toEqual([503, "SERVER_BUSY", "1"]);
    expect((await ask(`${url}/v1/health`)).status).toBe(200);
    release.resolve([]);
    expect((await slow).status).toBe(200);
    expect((await ask(`${url}/v1/secrets`)).status).toBe(200);
  });

  test("tells a client that asks too much at once to wait, and answers others", async () => {
    const release = createDeferred<readonly []>();
    const begun = createDeferred<void>();
    const listSecrets = () => (begun.resolve(), release.promise);
    const { url } = await start({ listSecrets }, { limits: { maxRequestsOfClient: 1 } });
    const slow = ask(`${url}/v1/secrets`);
    await begun.promise;
    const refused = await ask(`${url}/v1/secrets`);
    expect([refused.status, codeOf(refused), refused.headers["retry-after"]]).toEqual([429, "CLIENT_BUSY", "1"]);
    const ofPrefect = await ask(`${url}/api/admin/version`);
    expect([ofPrefect.status, ofPrefect.headers["retry-after"]]).toEqual([429, "1"]);
    release.resolve([]);
    expect((await slow).status).toBe(200);
    expect((await ask(`${url}/v1/secrets`)).status).toBe(200);
  });

  test("tells so of streams, too", async () => {
    const { url } = await start({}, { limits: { maxStreamsOfClient: 0 } });
    const refused = await ask(`${url}/v1/events/stream`);
    expect([refused.status, codeOf(refused), refused.headers["retry-after"]]).toEqual([429, "CLIENT_BUSY", "1"]);
  });

  // Other systems have one loopback address only.
  test.skipIf(process.platform !== "linux")("goes on for others while a client asks too much", async () => {
    const release = createDeferred<readonly []>();
    const [begun, bothBegun] = [createDeferred<void>(), createDeferred<void>()];
    const turns = [begun, bothBegun].values();
    const listSecrets = () => (turns.next().value?.resolve(), release.promise);
    const { url } = await start({ listSecrets }, { limits: { maxRequestsOfClient: 1 } });
    const slow = ask(`${url}/v1/secrets`);
    await begun.promise;
    const other = ask(`${url}/v1/secrets`, { localAddress: "127.0.0.2" });
    // One that is refused has its answer while the first still waits.
    await Promise.race([bothBegun.promise, other]);
    release.resolve([]);
    expect([(await slow).status, (await other).status]).toEqual([200, 200]);
  });

  test("is alive and ready while it is full, and when it stops alive only", async () => {
    const release = createDeferred<readonly []>();
    const begun = createDeferred<void>();
    const listSecrets = () => (begun.resolve(), release.promise);
    const { url, server } = await start({ listSecrets }, { limits: { maxRequestsInFlight: 1 } });
    const slow = ask(`${url}/v1/secrets`);
    await begun.promise;
    const look = async (path: string, method = "GET") => (await ask(`${url}${path}`, { method })).status;
    expect([await look("/livez"), await look("/readyz"), await look("/v1/secrets")]).toEqual([200, 200, 503]);
    expect([await look("/livez", "HEAD"), await look("/readyz", "HEAD")]).toEqual([200, 200]);

    server.announceStop();
    const ready = await ask(`${url}/readyz`);
    expect([ready.status, readiness.parse(toJson(ready)).problems.map(({ part }) => part)]).toEqual([
      503,
      ["shutdown"],
    ]);
    const closed = server.close();
    expect([await look("/livez"), await look("/readyz", "HEAD"), await look("/v1/health")]).toEqual([200, 503, 503]);
    release.resolve([]);
    expect((await slow).status).toBe(200);
    await closed;
  });

  test("has probes at these paths and no others", async () => {
    const { url } = await start();
    for (const path of ["/livez/", "/readyz/x", "/LIVEZ", "/v1/livez", "/api/readyz"]) {
      expect([path, (await ask(`${url}${path}`)).status]).toEqual([path, 404]);
    }
    expect((await ask(`${url}/livez`, { method: "POST" })).status).toBe(404);
  });

  test("is not ready when its database does not answer", async () => {
    const error = new MillraceError("DATABASE_UNREACHABLE", { location: "db", reason: "gone" });
    const { url } = await start({ listFlowRuns: () => Promise.reject(error) });
    const answer = await ask(`${url}/readyz`);
    expect([answer.status, answer.body.toString().includes("db")]).toEqual([503, false]);
    expect(readiness.parse(toJson(answer)).problems).toMatchObject([
      { part: "database", code: "DATABASE_UNREACHABLE" },
    ]);
    expect((await ask(`${url}/livez`)).status).toBe(200);
  });

  test("says so, too, when its database does not answer", async () => {
    const error = new MillraceError("DATABASE_UNREACHABLE", { location: "db", reason: "gone" });
    const { url } = await start({ listFlowRuns: () => Promise.reject(error) });
    const answer = await ask(`${url}/v1/ready`);
    expect([answer.status, codeOf(answer), answer.headers["retry-after"]]).toEqual([503, "DATABASE_UNREACHABLE", "1"]);
  });

  test("that is stopped answers what it has begun", async () => {
    const release = createDeferred<readonly []>();
    const begun = createDeferred<void>();
    const listSecrets = () => (begun.resolve(), release.promise);
    const { url, server } = await start({ listSecrets });
    const slow = ask(`${url}/v1/secrets`);
    await begun.promise;
    const closed = server.close();
    release.resolve([]);
    expect((await slow).status).toBe(200);
    await closed;
    await expect(ask(`${url}/v1/health`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("that is stopped cuts off what does not end", async () => {
    const begun = createDeferred<void>();
    const listSecrets = () => (begun.resolve(), new Promise<never>(() => undefined));
    const { url, server } = await start({ listSecrets }, { limits: { drainMs: 10 } });
    const slow = ask(`${url}/v1/secrets`);
    await begun.promise;
    await Promise.all([server.close(), expect(slow).rejects.toMatchObject({ code: "ECONNRESET" })]);
  });
});

test("each request that was answered is told", async () => {
  const entries: RequestEntry[] = [];
  const told = createDeferred<void>();
  const onRequest = (entry: RequestEntry): void => (entries.push(entry), told.resolve());
  const { url } = await start({}, { onRequest });
  await ask(`${url}/v1/nothing`, { headers: { "x-request-id": "r2" } });
  await told.promise;
  expect(entries).toMatchObject([{ requestId: "r2", verb: "GET", path: "/v1/nothing", status: 404 }]);
});

describe("the OpenAPI document", () => {
  test("has every method, and no reference that leads nowhere", async () => {
    const { url } = await start();
    const document = toJson(await ask(`${url}/v1/openapi.json`)) as {
      readonly openapi: string;
      readonly paths: Record<string, Record<string, { readonly operationId?: string }>>;
      readonly components: { readonly schemas: Record<string, unknown> };
    };
    expect(document.openapi).toBe("3.1.0");
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    const sealing = [
      "setSecret",
      "createBlock",
      "readBlockValues",
      "changeBlockValues",
      "listBlocksAround",
      "tryBlock",
    ];
    const ids = operations.flatMap(({ operationId }) => operationId ?? []);
    expect(ids.sort()).toEqual([...apiMethods, ...sealing].sort());
    const names = Object.keys(document.components.schemas);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to);
    expect(new Set(references)).toEqual(new Set(names.map((name) => `#/components/schemas/${name}`)));
    expect(names).toEqual(expect.arrayContaining(["FlowRun", "TaskRun", "RecordBatch", "State", "Error"]));
    expect(document.components.schemas.FlowRun).toMatchObject({
      type: "object",
      properties: { state: { $ref: "#/components/schemas/State" } },
      required: expect.arrayContaining(["id", "history"]) as string[],
    });
  });
});
