import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../kit/clock.ts";
import { type Client, type ClientOptions, createClient } from "./create-client.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Asked {
  readonly verb: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** What a server does with the next request. */
type Act = (response: ServerResponse) => void;

const value =
  (answer: unknown): Act =>
  (response) =>
    response.end(JSON.stringify(answer));
const hangUp: Act = (response) => response.destroy();
const error =
  (status: number, code: string, headers: Record<string, string> = {}): Act =>
  (response) =>
    response.writeHead(status, headers).end(JSON.stringify({ error: { code, message: "m", data: { reason: "r" } } }));

interface Scene {
  readonly client: Client;
  readonly asked: readonly Asked[];
  /** How long was waited between two tries, in ms. */
  readonly waits: readonly number[];
  readonly url: string;
  /** Nothing listens any more. */
  stop(): Promise<void>;
  listenAgain(): Promise<void>;
}

/** A server that acts as it is told, one act a request, the last one again and again; and a client whose time flies. */
async function play(
  acts: readonly [Act, ...Act[]],
  options: Partial<ClientOptions> & { readonly onWait?: () => Promise<void> } = {},
): Promise<Scene> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      asked.push({ verb: method, path: url, headers, body: Buffer.concat(chunks) });
      (acts[asked.length - 1] ?? acts[acts.length - 1] ?? hangUp)(response);
    });
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => void server.listen({ port, host: "127.0.0.1" }, resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  open.push(() => (server.listening ? stop() : undefined));
  const { port } = server.address() as AddressInfo;
  const waits: number[] = [];
  let now = 0;
  const clock: Clock = {
    ...systemClock,
    monotonic: () => now,
    sleep: async (ms) => {
      waits.push(ms);
      now += ms;
      await options.onWait?.();
    },
  };
  const url = `http://127.0.0.1:${port}`;
  const client = createClient({ url, clock, random: () => 0, ...options });
  return { client, asked, waits, url, stop, listenAgain: () => listen(port) };
}

const claim = { id: "i", processId: "p", mode: "resume" } as const;

describe("a server that has never answered", () => {
  test("is not waited for", async () => {
    const scene = await play([value(null)]);
    await scene.stop();
    await expect(scene.client.listSecrets()).rejects.toMatchObject({
      code: "SERVER_UNREACHABLE",
      retryable: true,
      data: { url: scene.url, reason: "nothing listens there" },
    });
    expect(scene.waits).toEqual([]);
  });

  test("is waited for where it is known to be there", async () => {
    let waited = 0;
    const scene: Scene = await play([hangUp, value([])], {
      hasAnswered: true,
      onWait: async () => (++waited === 3 ? scene.listenAgain() : undefined),
    });
    await scene.stop();
    expect(await scene.client.listSecrets()).toEqual([]);
    expect(scene.waits).toEqual([50, 100, 200, 400]);
  });

  test("or is another program is told from ours", async () => {
    const scene = await play([(response) => response.end("<html>")]);
    await expect(scene.client.listSecrets()).rejects.toMatchObject({ code: "SERVER_ANSWER_INVALID" });
    const errors = await play([(response) => response.writeHead(404).end('{"detail":"Not Found"}')]);
    await expect(errors.client.readFlowRun("a")).rejects.toMatchObject({ code: "SERVER_ANSWER_INVALID" });
    const newer = await play([error(409, "CODE_OF_TOMORROW")]);
    await expect(newer.client.listSecrets()).rejects.toMatchObject({
      code: "SERVER_ANSWER_INVALID",
      message: expect.stringContaining("CODE_OF_TOMORROW: m") as string,
    });
  });

  test("or speaks another version is told", async () => {
    const info = { name: "millrace", version: "9.0.0", apiVersion: 9, leaseMs: 1 };
    const scene = await play([value(info), value({ ...info, name: "other" }), value({ ...info, apiVersion: 1 })]);
    await expect(scene.client.readServerInfo()).rejects.toMatchObject({
      code: "SERVER_ANSWER_INVALID",
      message: expect.stringContaining("version 9") as string,
    });
    await expect(scene.client.readServerInfo()).rejects.toMatchObject({ code: "SERVER_ANSWER_INVALID" });
    expect(await scene.client.readServerInfo()).toEqual({ ...info, apiVersion: 1 });
  });

  test("or whose proxy answers for it is unreachable", async () => {
    const scene = await play([(response) => response.writeHead(502).end("Bad Gateway")]);
    await expect(scene.client.listSecrets()).rejects.toMatchObject({ code: "SERVER_UNREACHABLE" });
  });
});

describe("what answers and is none of ours", () => {
  test("leads nowhere else: neither key nor body are sent after a redirection", async () => {
    const other = await play([value([])]);
    const lead: Act = (response) => response.writeHead(307, { location: `${other.url}/v1/secrets` }).end();
    const scene = await play([lead], { token: "mr_secret" });
    await expect(scene.client.listSecrets()).rejects.toMatchObject({ code: "SERVER_ANSWER_INVALID" });
    expect([scene.asked.length, other.asked.length]).toEqual([1, 0]);
  });

  test("says nothing that a terminal obeys", async () => {
    const said = "\u001b]0;owned\u0007\u001b[2Jgone\r\nError: none\u202e";
    const body = JSON.stringify({ error: { code: "X\u001b[31m", message: said, data: {} } });
    const scene = await play([(response) => response.writeHead(400).end(body)]);
    const failure = (await scene.client.listSecrets().catch((error: unknown) => error)) as Error;
    expect(failure.message).toContain("gone Error: none");
    expect(failure.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("a server that has answered before", () => {
  test("is asked again when it hangs up, with growing pauses", async () => {
    const scene = await play([value([]), hangUp, hangUp, hangUp, value([])]);
    await scene.client.listSecrets();
    expect(await scene.client.listSecrets()).toEqual([]);
    expect(scene.waits).toEqual([50, 100, 200]);
  });

  test("is waited for when it is started again, also with what must be done once", async () => {
    let waited = 0;
    const scene: Scene = await play([value([]), value({ id: "i" })], {
      onWait: async () => (++waited === 3 ? scene.listenAgain() : undefined),
    });
    await scene.client.listSecrets();
    await scene.stop();
    expect(await scene.client.claimFlowRun(claim)).toEqual({ id: "i" });
    expect(scene.asked.map(({ path }) => path)).toEqual(["/v1/secrets", "/v1/flow-runs/claim"]);
  });

  test("is not asked twice for what must be done once, when it may have done it", async () => {
    const scene = await play([value([]), hangUp]);
    await scene.client.listSecrets();
    await expect(scene.client.claimFlowRun(claim)).rejects.toMatchObject({ code: "SERVER_UNREACHABLE" });
    expect(scene.asked).toHaveLength(2);
  });

  test("is given up after a while", async () => {
    const scene = await play([value([]), hangUp], { retryForMs: 5000 });
    await scene.client.listSecrets();
    await expect(scene.client.record({ processId: "p" })).rejects.toMatchObject({ code: "SERVER_UNREACHABLE" });
    const waitedMs = scene.waits.reduce((sum, ms) => sum + ms, 0);
    expect(waitedMs).toBeGreaterThan(4000);
    expect(waitedMs).toBeLessThanOrEqual(5000);
  });

  test.each([
    [503, "SERVER_BUSY"],
    [429, "CLIENT_BUSY"],
  ] as const)("is waited for as long as it asks, when it answers %d %s", async (status, code) => {
    const scene = await play([error(status, code, { "retry-after": "7" }), value({ id: "i" })]);
    expect(await scene.client.claimFlowRun(claim)).toEqual({ id: "i" });
    expect(scene.waits).toEqual([7000]);
  });

  test("gives errors that are not for the client to wait for", async () => {
    const scene = await play([error(409, "RUN_OWNED"), error(507, "LEDGER_FULL")]);
    await expect(scene.client.readFlowRun("i")).rejects.toMatchObject({ code: "RUN_OWNED", retryable: true });
    await expect(scene.client.record({ processId: "p" })).rejects.toMatchObject({ code: "LEDGER_FULL" });
    expect(scene.waits).toEqual([]);
  });

  test("that does not answer in time is unreachable", async () => {
    const scene = await play([() => undefined], { timeoutMs: 20 });
    await expect(scene.client.listSecrets()).rejects.toMatchObject({ code: "SERVER_UNREACHABLE" });
  });
});

describe("what is sent", () => {
  test("is plain when it is small, and packed when it is large", async () => {
    const scene = await play([value({ created: [], proposals: [], stale: [] })]);
    const small = { processId: "p", logs: [] };
    await scene.client.record(small);
    const large = { processId: "ü".repeat(70_000) };
    await scene.client.record(large);
    const [first, second] = scene.asked;
    expect(first?.headers["content-encoding"]).toBeUndefined();
    expect(JSON.parse(first?.body.toString() ?? "")).toEqual(small);
    expect(second?.headers["content-encoding"]).toBe("gzip");
    expect(JSON.parse(gunzipSync(second?.body ?? "").toString())).toEqual(large);
  });

  test("has names in paths escaped, and what is left out is not there", async () => {
    const scene = await play([value(null)]);
    await scene.client.readVariable("a/b?c#d ü");
    await scene.client.readRecords("run");
    await scene.client.readRecords("run", "a&b=c");
    await scene.client.listFlowRuns({});
    expect(scene.asked.map(({ path }) => path)).toEqual([
      "/v1/variables/a%2Fb%3Fc%23d%20%C3%BC",
      "/v1/flow-runs/run/records",
      "/v1/flow-runs/run/records?parentId=a%26b%3Dc",
      "/v1/flow-runs/filter",
    ]);
    expect(scene.asked[3]?.body.toString()).toBe('{"filter":{}}');
    await expect(scene.client.readSecret("..")).rejects.toMatchObject({ code: "REQUEST_INVALID" });
    await expect(scene.client.readSecret("")).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  });

  test("has no token that cannot be sent, and does not repeat it", () => {
    const create = (): unknown => createClient({ url: "http://127.0.0.1:9", token: "s3cret\nx" });
    expect(create).toThrow(/^Setting `token` is not valid: it has a character/);
    expect(create).not.toThrow(/s3cret/);
  });

  test("goes below a path, with a token, and asks for plain answers on this machine", async () => {
    const fresh = await play([value([])]);
    const client = createClient({ url: `${fresh.url}/millrace/`, token: "t" });
    await client.listSecrets();
    expect(fresh.asked[0]).toMatchObject({
      path: "/millrace/v1/secrets",
      headers: { authorization: "Bearer t", "accept-encoding": "identity" },
    });
  });

  test("needs a URL", () => {
    expect(() => createClient({ url: "localhost:4270" })).toThrow(expect.objectContaining({ code: "SETTING_INVALID" }));
  });
});
