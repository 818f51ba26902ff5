/** Requests as no client of ours sends them, byte by byte: each is answered or cut off, and the server goes on. */

import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OverHttp, startOverHttp } from "../../client/over-http.testsuite.ts";
import { systemClock } from "../../kit/clock.ts";
import { createService } from "../../service/create-service.ts";
import type { Store } from "../../contract/store.ts";
import { makeLedger } from "../../store/ledger-under-test.testsuite.ts";

let over: OverHttp;
let store: Store;
let remove: () => Promise<void>;
const failures: unknown[] = [];

beforeAll(async () => {
  const ledger = await makeLedger();
  store = await ledger.open();
  remove = () => ledger.remove();
  over = await startOverHttp(createService({ store, clock: systemClock }), {
    server: {
      limits: { headMs: 300, requestMs: 600, lookEveryMs: 50 },
      onFailure: ({ error }) => failures.push(error),
    },
  });
});

afterAll(async () => {
  await over.server.close();
  await store.close();
  await remove();
});

function dial(): Socket {
  const { hostname, port } = new URL(over.url);
  // Whoever is cut off may hear of it by an error.
  return connect(Number(port), hostname).on("error", () => undefined);
}

/** All that is answered until the server ends the connection. */
async function hear(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(chunks).toString("latin1");
}

async function say(...lines: readonly string[]): Promise<string> {
  const socket = dial();
  const heard = hear(socket);
  socket.write(Buffer.from(lines.join("\r\n"), "latin1"));
  return heard;
}

const statusesOf = (heard: string): readonly number[] =>
  [...heard.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));

const host = "Host: localhost";
const post = ["POST /v1/flow-runs/count HTTP/1.1", host, "Connection: close", "Content-Type: application/json"];
const get = ["GET /v1/health HTTP/1.1", host, "Connection: close"];

describe("who is slow", () => {
  test("with the head of a request is cut off, and keeps nobody else waiting", async () => {
    const slow = Array.from({ length: 200 }, () => {
      const socket = dial();
      const heard = hear(socket);
      socket.write("GET /v1/health HTTP/1.1\r\nHost: localhost\r\nX-");
      return heard;
    });
    expect(statusesOf(await say(...get, "", ""))).toEqual([200]);
    for (const heard of await Promise.all(slow)) expect(statusesOf(heard)).toEqual([408]);
  });

  test("with the body is cut off, and gives back its place", async () => {
    const slow = Array.from({ length: 450 }, () => {
      const socket = dial();
      const heard = hear(socket);
      socket.write([...post, "Content-Length: 100", "", "{"].join("\r\n"));
      return heard;
    });
    // One client has no more places than that; the others are told so at once.
    const statuses = (await Promise.all(slow)).flatMap(statusesOf);
    expect(new Set(statuses)).toEqual(new Set([408, 429]));
    expect(statusesOf(await say(...post, "Content-Length: 13", "", '{"filter":{}}'))).toEqual([200]);
  });

  test("byte by byte within the time is answered", async () => {
    const socket = dial();
    const heard = hear(socket);
    socket.setNoDelay(true);
    socket.write([...post, "Transfer-Encoding: chunked", "", ""].join("\r\n"));
    for (const char of '{"filter":{}}') socket.write(`1\r\n${char}\r\n`);
    socket.write("0\r\n\r\n");
    expect(statusesOf(await heard)).toEqual([200]);
  });
});

describe("what is no proper request", () => {
  test.each<readonly [string, readonly string[], readonly number[]]>([
    ["two lengths", [...post, "Content-Length: 2", "Content-Length: 3", "", "{}"], [400]],
    ["a length and chunks", [...post, "Content-Length: 2", "Transfer-Encoding: chunked", "", "0", "", "{}"], [400]],
    ["an encoding of transfer that hides chunks", [...post, "Transfer-Encoding: xchunked", "", "{}"], [400]],
    ["chunks that are said twice", [...post, "Transfer-Encoding: chunked, chunked", "", "0", "", ""], [400]],
    ["a length that is no number", [...post, "Content-Length: +2", "", "{}"], [400]],
    ["a chunk with a length that is none", [...post, "Transfer-Encoding: chunked", "", "zz", "{}", "0", "", ""], [400]],
    [
      "a chunk with an endless extension",
      [...post, "Transfer-Encoding: chunked", "", `1;${"a".repeat(20_000)}`, ""],
      [413],
    ],
    ["a header that goes on in the next line", ["GET /v1/health HTTP/1.1", host, "X-A: b", " c: d", "", ""], [400]],
    ["a blank before the colon", [...get, "X-A : b", "", ""], [400]],
    ["NUL in a header", [...get, "X-A: b\0c", "", ""], [400]],
    ["no host", ["GET /v1/health HTTP/1.1", "Connection: close", "", ""], [400]],
    ["100,000 headers", [...get, ...Array.from({ length: 100_000 }, (_, at) => `X-${at}: a`), "", ""], [431]],
    ["a header of 1 MB", [...get, `X-A: ${"a".repeat(2 ** 20)}`, "", ""], [431]],
    ["a path of 1 MB", [`GET /v1/${"a".repeat(2 ** 20)} HTTP/1.1`, host, "", ""], [431]],
    ["another protocol", ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "", ""], [400]],
  ])("is refused: %s", async (_, lines, statuses) => {
    const heard = statusesOf(await say(...lines));
    // Where the connection is gone before the answer was read, that is an answer too.
    expect([statuses, []]).toContainEqual(heard);
    expect(statusesOf(await say(...get, "", ""))).toEqual([200]);
  });

  test("smuggles no second request past the first", async () => {
    const hidden = "GET /v1/server HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const heard = await say(...post, `Content-Length: ${hidden.length}`, "", hidden);
    expect(statusesOf(heard)).toEqual([422]);
  });
});

describe("pages of elsewhere", () => {
  const verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
  const elsewhere: readonly (readonly string[])[] = [
    ["Host: evil.example"],
    ["Host: evil.example:4270"],
    ["Host: 127.0.0.1.evil.example"],
    ["Host: localhost.evil.example"],
    ["Host: localhost.", "Origin: http://evil.example"],
    ["Host: evil.example#localhost"],
    ["Host: evil.example/localhost"],
    ["Host: localhost", "Host: evil.example"],
    ["Host: evil.example", "Host: localhost"],
    ["Host: evil.example", "X-Forwarded-Host: localhost"],
    ["Host: evil.example", "Forwarded: host=localhost"],
    ["Host: localhost", "Origin: null"],
    ["Host: localhost", "Origin: http://evil.example"],
    ["Host: localhost", "Origin: http://localhost:1"],
    ["Host: localhost", "Origin: http://localhost.evil.example"],
    ["Host: localhost", "Origin: http://127.0.0.1"],
    ["Host: localhost", "Origin: file://"],
    ["Host: localhost", "Origin: "],
  ];

  test.each(verbs)("reach nothing by %s, whatever browser they are in", async (verb) => {
    const paths = ["/v1/variables/x", "/v1/flow-runs/count", "/api/flows/filter", "/v1/health", "/"];
    const told: string[] = [];
    for (const headers of elsewhere) {
      for (const path of paths) {
        const lines = [`${verb} ${path} HTTP/1.1`, ...headers, "Connection: close", "Content-Length: 0", "", ""];
        const statuses = statusesOf(await say(...lines));
        if (statuses.some((status) => ![400, 403].includes(status)))
          told.push(`${headers.join(", ")} ${path}: ${statuses.join()}`);
      }
    }
    expect(told).toEqual([]);
  });

  test("reach nothing by a whole address, whose host is another than they say beside it", async () => {
    const ask = async (address: string, ...headers: readonly string[]) =>
      statusesOf(await say(`GET ${address}/v1/health HTTP/1.1`, ...headers, "Connection: close", "", ""));
    expect(await ask("http://localhost", "Host: localhost")).toEqual([200]);
    for (const address of [
      "http://evil.example",
      "http://evil.example:1",
      "HTTP://evil.example",
      "http://localhost@evil.example",
    ])
      expect(await ask(address, "Host: localhost")).toEqual([403]);
    expect(await ask("http://evil.example", "Host: evil.example")).toEqual([403]);
  });

  test("open no socket under two names", async () => {
    const lines = [
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    const open = async (...hosts: readonly string[]) =>
      statusesOf(await say("GET /api/events/out HTTP/1.1", ...hosts, ...lines, "", ""));
    expect(await open("Host: localhost", "Host: evil.example")).toEqual([403]);
    expect(await open("Host: evil.example")).toEqual([403]);
  });
});

describe("bodies", () => {
  const send = (body: Uint8Array | string): Promise<number> =>
    fetch(`${over.url}/v1/flow-runs/count`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : new Uint8Array(body),
    }).then(async (response) => {
      await response.arrayBuffer();
      return response.status;
    });
  const filter = (names: unknown): string => JSON.stringify({ filter: { flowNames: [names] } });

  test.each<readonly [string, Uint8Array | string, readonly number[]]>([
    ["nested 100,000 deep", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, [422]],
    [
      "nested 100,000 deep in a filter",
      `{"filter":{"where":${'{"not":'.repeat(50_000)}1${"}".repeat(50_000)}}}`,
      [422],
    ],
    [
      "of 100,000 keys",
      JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`k${at}`, 1]))),
      [200, 422],
    ],
    [
      "with a condition nested 190 deep",
      `{"filter":{"where":${'{"not":'.repeat(190)}{"field":"name","in":["a"]}${"}".repeat(190)}}}`,
      [200, 422],
    ],
    ["of 9 MB", `"${"a".repeat(9_000_000)}"`, [413]],
    ["that is no UTF-8", Buffer.from('{"filter":{"flowNames":["\xff\xfe\xc3"]}}', "latin1"), [200, 422]],
    ["with half a pair of surrogates", '{"filter":{"flowNames":["\\ud800","\\udfff"]}}', [200, 422]],
    ["with NUL", filter("a\0b"), [200, 422]],
    [
      "with keys of prototypes",
      '{"__proto__":{"isAdmin":1},"constructor":{"prototype":{"isAdmin":1}},"filter":{}}',
      [200, 422],
    ],
    ["with a key of prototypes in it", '{"filter":{"__proto__":{"isAdmin":1},"flowNames":["a"]}}', [200, 422]],
    ["with one key twice", '{"filter":{},"filter":{"flowNames":7}}', [422]],
    ["of a huge number", '{"filter":{"limit":1e999}}', [200, 422]],
  ])("%s are answered", async (_, body, statuses) => {
    expect(statuses).toContain(await send(body));
    expect("isAdmin" in {}).toBe(false);
  });

  test("said to be something else are not read as it", async () => {
    for (const type of ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/json", ""]) {
      const heard = await say(
        "POST /v1/flow-runs/count HTTP/1.1",
        host,
        "Connection: close",
        `Content-Type: ${type}`,
        "Content-Length: 13",
        "",
        '{"filter":{}}',
      );
      expect([type, statusesOf(heard)]).toEqual([type, [415]]);
    }
  });
});

test("none of all that was a failure of the server", () => {
  expect(failures).toEqual([]);
});
