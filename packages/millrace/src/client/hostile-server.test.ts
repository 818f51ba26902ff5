/** Servers that mean harm to whoever asks them: by answers without an end, by bombs, and by leading elsewhere. */

import { createServer, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../kit/clock.ts";
import { createClient } from "./create-client.ts";
import { followEvents, maxEventChars } from "./follow-events.ts";
import { readText } from "./read-answer.ts";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

interface Hostile {
  readonly url: string;
  /** Paths and keys that it was asked with. */
  readonly asked: string[];
}

async function serve(act: (response: ServerResponse, nth: number) => void): Promise<Hostile> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.url ?? ""} ${request.headers.authorization ?? ""}`);
    request.resume();
    act(response, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Whose pauses take no time. */
const hasty: Clock = { ...systemClock, sleep: async (_, signal) => signal?.throwIfAborted() };

/** Follows until the server has been asked so often. */
async function follow({ url, asked }: Hostile, times: number, fetched: typeof fetch = fetch) {
  const stopping = new AbortController();
  const told: unknown[] = [];
  const counting: typeof fetch = (...request) => {
    if (asked.length >= times) stopping.abort();
    return fetched(...request);
  };
  const options = { url, token: "mr_secret", signal: stopping.signal, fetch: counting, clock: hasty };
  await followEvents({ ...options, onEvent: (event) => told.push(event) });
  return told;
}

describe("a stream of events", () => {
  test("whose line never ends is left, as far as one may be, and asked for again", async () => {
    let given = 0;
    const chunk = new TextEncoder().encode("x".repeat(2 ** 16));
    const stopping = new AbortController();
    let asked = 0;
    const endless: typeof fetch = async () => {
      if (++asked > 3) {
        stopping.abort();
        throw new Error("no more");
      }
      return new Response(
        new ReadableStream<Uint8Array>({
          pull(controller) {
            given += chunk.length;
            controller.enqueue(chunk);
          },
        }),
      );
    };
    await followEvents({
      url: "http://127.0.0.1:1",
      signal: stopping.signal,
      fetch: endless,
      clock: hasty,
      onEvent: () => expect.unreachable(),
      onOpen: () => expect.unreachable(),
    });
    expect(asked).toBe(4);
    expect(given).toBeLessThan(3 * maxEventChars + 20 * 2 ** 16);
  });

  test("that is no stream, or has events that are none, is asked for again", async () => {
    const texts = ["data: {\n\n", "data: [\n", "\0\u001b[2J\n\n", 'data: {"seq":1,"name":"a"}\n\n'];
    const server = await serve((response, nth) => response.end(texts[nth - 1] ?? ""));
    expect(await follow(server, 4)).toEqual([{ seq: 1, name: "a" }]);
  });

  test("leads nowhere else", async () => {
    const other = await serve((response) => response.end("data: {}\n\n"));
    const server = await serve((response) =>
      response.writeHead(302, { location: `${other.url}/v1/events/stream` }).end(),
    );
    expect(await follow(server, 3)).toEqual([]);
    expect(other.asked).toEqual([]);
    expect(server.asked[0]).toBe("/v1/events/stream?beats=1 Bearer mr_secret");
  });
});

describe("an answer", () => {
  test("that unpacks to more than it may is given up at that", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
    expect(bomb.length).toBeLessThan(100_000);
    const { url } = await serve((response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb));
    const reading = readText(await fetch(url), url, 2 ** 20);
    await expect(reading).rejects.toMatchObject({ code: "SERVER_ANSWER_INVALID" });
  });

  test("that says it is short and is not, is as long as it says", async () => {
    const { url } = await serve((response) => {
      response.socket?.write(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]${"x".repeat(10_000)}`);
    });
    const outcome = await createClient({ url, retryForMs: 0 })
      .listSecrets()
      .catch((error: unknown) => error);
    expect(JSON.stringify(outcome)).not.toContain("xxx");
  });

  test.each([
    ["headers without an end", `HTTP/1.1 200 OK\r\n${"X-A: b\r\n".repeat(200_000)}`],
    ["one header of a megabyte", `HTTP/1.1 200 OK\r\nX-A: ${"b".repeat(2 ** 20)}\r\n\r\n{}`],
    [
      "a chunk with an endless extension",
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;${"a".repeat(2 ** 20)}`,
    ],
    ["a length and chunks", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["another protocol", "SSH-2.0-OpenSSH_9.9\r\n"],
    [
      "a switch of protocols",
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n\x88\x7f",
    ],
    ["nothing", ""],
  ])("with %s is told by a code", async (_, text) => {
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(text));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(() => new Promise((resolve) => server.close(resolve)));
    const client = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, retryForMs: 0 });
    await expect(client.listSecrets()).rejects.toMatchObject({
      code: expect.stringMatching(/^SERVER_(UNREACHABLE|ANSWER_INVALID)$/),
    });
  });

  test("nested without measure is told by a code", async () => {
    const deep = `${"[".repeat(500_000)}${"]".repeat(500_000)}`;
    const { url } = await serve((response) => response.writeHead(500).end(`{"error":${deep}}`));
    await expect(createClient({ url, retryForMs: 0 }).listSecrets()).rejects.toMatchObject({
      code: "SERVER_ANSWER_INVALID",
    });
  });
});
