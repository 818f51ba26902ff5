import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { systemClock } from "../../../kit/clock.ts";
import { createGuard } from "../../access/guard.ts";
import { makeAccounts } from "../../access/with-accounts.testsuite.ts";
import { createHostCheck } from "../../http/guard-hosts.ts";
import { addPrefectSockets, type SocketHub, type SocketHubOptions, type SocketRoute } from "./socket-hub.ts";

let server: Server;
let hub: SocketHub;
let url: string;

const failures: unknown[] = [];

async function start(
  route: SocketRoute["open"],
  options: Partial<SocketHubOptions> = {},
  path = "/api/things/:name",
): Promise<void> {
  hub = addPrefectSockets(server, {
    clock: systemClock,
    guard: null,
    routes: [{ path, policy: { role: "runner", does: "work" }, open: route }],
    onFailure: ({ error }) => failures.push(error),
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeEach(() => {
  failures.length = 0;
  server = createServer((_request, response) => response.end("http"));
});
afterEach(async () => {
  await hub.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

interface TestClient {
  readonly socket: WebSocket;
  next(): Promise<string>;
  readonly closed: Promise<readonly [code: number, reason: string]>;
}

async function connect(path: string, protocol: string | null = "prefect", headers = {}): Promise<TestClient> {
  const socket =
    protocol === null ? new WebSocket(url + path, { headers }) : new WebSocket(url + path, protocol, { headers });
  const received: string[] = [];
  let wake = (): void => undefined;
  socket.on("message", (data: Buffer) => {
    received.push(data.toString());
    wake();
  });
  const closed = new Promise<readonly [number, string]>((resolve) =>
    socket.on("close", (code, reason) => resolve([code, String(reason)])),
  );
  await once(socket, "open");
  return {
    socket,
    closed,
    async next() {
      while (received.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return received.shift() as string;
    },
  };
}

async function login(path: string, token: string | null = null): Promise<TestClient> {
  const client = await connect(path);
  client.socket.send(JSON.stringify({ type: "auth", token }));
  expect(JSON.parse(await client.next())).toEqual({ type: "auth_success" });
  return client;
}

const echo: SocketRoute["open"] = async (socket, { params, baseUrl }) => {
  for await (const message of socket.messages()) {
    if (message === "bye") return;
    await socket.send(`${params.name} ${message} ${baseUrl.endsWith("/api")}`);
  }
};

test("a client says who it is, and is answered", async () => {
  await start(echo);
  const client = await login("/api/things/a%20b");
  client.socket.send("hello");
  expect(await client.next()).toBe("a b hello true");
  client.socket.send("bye");
  expect(await client.closed).toEqual([1000, ""]);
  expect(client.socket.protocol).toBe("prefect");
});

test("an older client asks for no subprotocol, and says nothing first", async () => {
  await start(echo);
  const client = await connect("/api/things/x", null);
  client.socket.send("hello");
  expect(await client.next()).toBe("x hello true");
});

test("whoever begins with something else is sent away", async () => {
  await start(echo);
  for (const first of ['{"type":"filter"}', "no JSON", "null"]) {
    const client = await connect("/api/things/x");
    client.socket.send(first);
    expect(await client.closed).toEqual([1008, "Expected 'auth' message"]);
  }
});

test("where clients are asked who they are, only those open that may, and as long as they may", async () => {
  const made = await makeAccounts();
  const { api, access, accounts, keys } = made;
  try {
    await start(echo, { guard: createGuard({ access, clock: systemClock }) });
    const worker = await login("/api/things/x", keys.worker);
    await login("/api/things/x", `anybody:${keys.runner}`);
    for (const token of ["other", "mr_other", keys.viewer, "worker:no password"]) {
      const wrong = await connect("/api/things/x");
      wrong.socket.send(JSON.stringify({ type: "auth", token }));
      expect(await wrong.closed).toEqual([1008, "Invalid token"]);
    }
    const none = await connect("/api/things/x");
    none.socket.send('{"type":"auth","token":null}');
    const [code, reason] = await none.closed;
    expect([code, reason]).toEqual([1008, expect.stringMatching(/^Auth required .* PREFECT_API_AUTH_STRING/)]);
    const old = await connect("/api/things/x", null);
    expect((await old.closed)[0]).toBe(1002);
    const { items } = await api.listAuditEntries({}, { limit: 100 });
    expect(
      items.every(({ action, path, outcome }) => `${action} ${path} ${outcome}` === "openSocket /api/things/x denied"),
    ).toBe(true);
    expect(items.map(({ accountName, means, status }) => [accountName, means, status])).toEqual([
      [null, null, 401],
      [null, null, 401],
      ["worker", "password", 401],
      ["viewer", "key", 403],
      [null, "key", 401],
      [null, "key", 401],
    ]);

    await api.updateAccount(accounts.worker.id, { isDisabled: true });
    expect(await worker.closed).toEqual([1008, "Invalid token"]);
  } finally {
    await hub.close();
    await made.remove();
  }
});

async function upgradeStatus(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  return (await refusal(path, headers)).statusCode;
}

interface Refusal {
  readonly statusCode?: number;
  readonly headers: Readonly<Record<string, string>>;
}

async function refusal(path: string, headers: Record<string, string> = {}): Promise<Refusal> {
  const socket = new WebSocket(url + path, "prefect", { headers });
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, Refusal & { destroy(): void }];
  response.destroy();
  socket.on("error", () => undefined);
  socket.terminate();
  return response;
}

test("paths that are no socket's, hosts that are not ours, and one socket too many", async () => {
  await start(echo, { maxSockets: 1, refuse: createHostCheck([]) });
  expect(await upgradeStatus("/api/things")).toBe(404);
  expect(await upgradeStatus("/api/things/")).toBe(404);
  expect(await upgradeStatus("//")).toBe(404);
  expect(await upgradeStatus("/api/things/x", { host: "evil.example" })).toBe(403);
  expect(await upgradeStatus("/api/things/x", { origin: "http://evil.example" })).toBe(403);
  await login("/api/things/x");
  expect(await upgradeStatus("/api/things/y")).toBe(503);
  expect((await fetch(url.replace("ws", "http"))).status).toBe(200);
});

test("one socket too many of a client, who is to come again, and whose places come back", async () => {
  await start(echo, { maxSocketsOfClient: 1 });
  const first = await login("/api/things/x");
  const refused = await refusal("/api/things/y");
  expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([503, "1"]);
  first.socket.send("bye");
  await first.closed;
  // The server's end of it closes at any moment.
  const again = await connectWhenLetIn("/api/things/y");
  again.send(JSON.stringify({ type: "auth", token: null }));
  expect(String((await once(again, "message"))[0])).toContain("auth_success");
  again.close();
});

/** Once there is a place. */
async function connectWhenLetIn(path: string): Promise<WebSocket> {
  for (;;) {
    const socket = new WebSocket(url + path, "prefect");
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once("open", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    if (isOpen) return socket;
  }
}

test("a ping is answered when what was sent before it has been handled", async () => {
  const gate = Promise.withResolvers<void>();
  const seen: string[] = [];
  await start(async (socket) => {
    for await (const texts of socket.batches({ maxItems: 10 })) {
      seen.push(...texts);
      await socket.send("begun");
      await gate.promise;
    }
  });
  const client = await login("/api/things/x");
  let isAnswered = false;
  client.socket.on("pong", () => (isAnswered = true));
  client.socket.send("one");
  client.socket.ping();
  expect(await client.next()).toBe("begun");
  expect(isAnswered).toBe(false);
  const pong = once(client.socket, "pong");
  gate.resolve();
  await pong;
  expect(seen).toEqual(["one"]);
});

test("what trickles in is handled together, the first of it at once, and all of it when the client hangs up", async () => {
  const batches: (readonly string[])[] = [];
  const isOver = Promise.withResolvers<void>();
  await start(async (socket) => {
    for await (const texts of socket.batches({ maxItems: 100, gatherMs: 3_600_000 })) {
      batches.push(texts);
      if (!socket.signal.aborted) await socket.send(`${texts.length}`);
    }
    isOver.resolve();
  });
  const client = await login("/api/things/few");
  client.socket.send("0");
  expect(await client.next()).toBe("1");
  for (let index = 1; index <= 105; index++) client.socket.send(String(index));
  // It is full.
  expect(await client.next()).toBe("100");
  client.socket.ping();
  await once(client.socket, "pong");
  expect(batches.map(({ length }) => length)).toEqual([1, 100, 5]);
  client.socket.send("106");
  client.socket.close();
  await isOver.promise;
  expect(batches.flat()).toEqual(Array.from({ length: 107 }, (_, index) => String(index)));
});

test("a client that sends faster than it is handled has to wait, and nothing is lost", async () => {
  const gate = Promise.withResolvers<void>();
  let count = 0;
  let largest = 0;
  await start(async (socket) => {
    await gate.promise;
    for await (const texts of socket.batches({ maxItems: 100_000 })) {
      count += texts.length;
      largest = Math.max(largest, texts.length);
      if (count === 3000) await socket.send(`all ${count}`);
    }
  });
  const client = await login("/api/things/x");
  const text = "x".repeat(20_000);
  for (let index = 0; index < 3000; index++) client.socket.send(text);
  gate.resolve();
  expect(await client.next()).toBe("all 3000");
  expect(largest).toBeLessThan(1000);
});

test("a frame that is too large, or binary, closes the socket", async () => {
  await start(echo);
  const large = await login("/api/things/x");
  large.socket.send("x".repeat(1.5 * 2 ** 20 + 1));
  expect((await large.closed)[0]).toBe(1009);
  const binary = await login("/api/things/x");
  binary.socket.send(Buffer.from([1]));
  expect((await binary.closed)[0]).toBe(1003);
});

test("a route that fails closes its socket and tells; the others go on", async () => {
  await start(async (socket, request) => {
    if (request.params.name === "bad") throw new Error("broken");
    await echo(socket, request);
  });
  const good = await login("/api/things/good");
  const bad = await login("/api/things/bad");
  expect((await bad.closed)[0]).toBe(1011);
  expect(failures).toHaveLength(1);
  good.socket.send("still");
  expect(await good.next()).toBe("good still true");
});

test("when the hub closes, its sockets do, and routes hear of it", async () => {
  const ended = Promise.withResolvers<void>();
  await start(async (socket) => {
    for await (const _ of socket.messages());
    expect(socket.signal.aborted).toBe(true);
    await expect(socket.send("x")).rejects.toThrow("closed");
    ended.resolve();
  });
  const client = await login("/api/things/x");
  expect(hub.openSockets).toBe(1);
  await hub.close();
  expect((await client.closed)[0]).toBe(1001);
  await ended.promise;
  expect(hub.openSockets).toBe(0);
  expect(failures).toEqual([]);
});
