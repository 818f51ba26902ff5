/**
 * Paths that look like those of routes and are none, as they are on the wire: whoever has no key is told nothing but what is for
 * anyone. MILLRACE_PROPERTY_FACTOR multiplies the cases.
 */

import { Agent, request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OverHttp, startOverHttp } from "../../client/over-http.testsuite.ts";
import { apiMethods } from "../../contract/wire/v1-calls.ts";
import { v1Routes } from "../../contract/wire/v1-routes.ts";
import { createRandom, type Random } from "../../kit/random.ts";
import { prefectRouteNames, routeOf } from "../prefect/routes-table.ts";
import { makeAccounts, type WithAccounts } from "./with-accounts.testsuite.ts";

const cases = 10_000 * Number(process.env.MILLRACE_PROPERTY_FACTOR ?? 1);

let accounts: WithAccounts;
let over: OverHttp;
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
beforeAll(async () => {
  accounts = await makeAccounts();
  over = await startOverHttp(accounts.api, { server: { access: accounts.access } });
});
afterAll(async () => {
  agent.destroy();
  await over.server.close();
  await accounts.remove();
});

/** What answers a stranger with something other than an error. However it is written, that is all that is told. */
const forAnyone = ["/v1/health", "/v1/session", "/api/health", "/api/ready", "/api/csrf-token?client=a"];

const id = "0199a000-0000-7000-8000-000000000001";
const known = [
  ...apiMethods.map((name) => ({ verb: v1Routes[name].verb as string, path: v1Routes[name].path as string })),
  ...prefectRouteNames.map((name) => ({ verb: routeOf(name).verb as string, path: `/api${routeOf(name).path}` })),
].map(({ verb, path }) => ({ verb, path: path.replace(/:\w+|\{\w+\}/g, id) }));

const ends = [
  "/health",
  "/ready",
  "/configs",
  "/",
  "//",
  "/.",
  "/..",
  "/v1/health",
  "?/v1/health",
  "%3f",
  "%23",
  ";x",
  ";/health",
  ".",
  "%20",
  "%00",
  "%0d%0a",
  "~",
  ".json",
  ".html",
  "/index.html",
  "%2fhealth",
  "%252fhealth",
  "\\health",
  "#/health",
  "&",
  "|",
];
const verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "QUERY", "TRACE"];
const misleading: readonly Readonly<Record<string, string>>[] = [
  {},
  { "x-original-url": "/v1/health" },
  { "x-rewrite-url": "/v1/health" },
  { "x-forwarded-prefix": "/v1/health" },
  { "x-forwarded-for": "127.0.0.1" },
  { "x-forwarded-host": "localhost" },
  { "x-http-method-override": "GET" },
  { "x-method-override": "OPTIONS" },
  { "content-type": "application/json", "content-length": "0" },
  { upgrade: "h2c", connection: "upgrade" },
];

function disguise(path: string, random: Random): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const at = (text: string): number => Math.floor(random() * text.length);
  const parts = path.split("/");
  const segment = 1 + Math.floor(random() * (parts.length - 1));
  const inSegment = (change: (text: string) => string): string =>
    parts.map((part, index) => (index === segment ? change(part) : part)).join("/");
  switch (Math.floor(random() * 10)) {
    case 0:
      return path + pick(ends);
    case 1:
      return path.replaceAll("/", pick(["//", "/./", "\\", "%2f", "%5c", "/x/../", "/%2e/", "/%2e%2e/v1/"]));
    case 2:
      return inSegment((part) => `${part};${pick(["x", "/..", "health", "jsessionid=1"])}`);
    case 3:
      return inSegment((part) =>
        part
          .split("")
          .map((char) => (random() < 0.3 ? char.toUpperCase() : char))
          .join(""),
      );
    case 4:
      return inSegment((part) =>
        part
          .split("")
          .map((char) => (random() < 0.3 ? `%${char.charCodeAt(0).toString(16)}` : char))
          .join(""),
      );
    case 5:
      return inSegment(
        (part) =>
          `${part.slice(0, at(part))}${pick(["%00", "%20", "%c0%af", "%e2%80%8b", "%ef%bc%8f", "%zz", "%"])}${part.slice(at(part))}`,
      );
    case 6:
      return `/v1/health${pick(["/..", "/../..", "%2f..", "/%2e%2e", "/.;", "\\..", "?", "#"])}${path}`;
    case 7:
      return (
        pick(["//", "/.", "/..", "/%2e", "/;", "http://localhost", "http://127.0.0.1:1", "//localhost", "*"]) + path
      );
    case 8:
      return `${path}?${pick(["path=/v1/health", "_method=GET", "access_token=x", "key=mr_x", "__proto__=1", "a[b]=c"])}`;
    default:
      return pick([
        path.slice(0, at(path)),
        path.slice(1),
        `${path}${path}`,
        path.split("").toReversed().join(""),
        "*",
      ]);
  }
}

interface Asked {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

function ask(options: Asked): Promise<{ readonly status: number; readonly body: string }> {
  const { hostname, port } = new URL(over.url);
  return new Promise((resolve) => {
    const asked = httpRequest({ hostname, port, agent, ...options }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("close", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.on("upgrade", (_, socket) => {
      socket.destroy();
      resolve({ status: 101, body: "upgraded" });
    });
    // The connection is ended without an answer: nothing was let in.
    asked.on("error", () => resolve({ status: 0, body: "" }));
    asked.end();
  });
}

test("a stranger is let in nowhere by a path that looks like another one", {
  timeout: 120_000 * Math.max(1, cases / 10_000),
}, async () => {
  const random = createRandom(1);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const admitted = new Set<string>();
  const failed = new Set<string>();
  const headers = {};
  const open = new Set<string>();
  for (const path of forAnyone) {
    const { status, body } = await ask({ path, method: "GET", headers });
    if (status < 300) open.add(body);
  }
  expect(open.size).toBeGreaterThan(1);
  const doOne = async (): Promise<void> => {
    const { verb, path } = pick(known);
    const asked = {
      path: disguise(path, random),
      method: random() < 0.6 ? verb : pick(verbs),
      headers: pick(misleading),
    };
    const { status, body } = await ask(asked);
    const what = `${status} ${asked.method} ${asked.path} ${JSON.stringify(asked.headers)}`;
    if (status >= 500) failed.add(what);
    if (status === 0 || status >= 300) return;
    const told = asked.method === "HEAD" ? (await ask({ ...asked, method: "GET" })).body : body;
    if (!open.has(told)) admitted.add(what);
  };
  for (let done = 0; done < cases; done += 16) await Promise.all(Array.from({ length: 16 }, doOne));
  expect([...admitted].slice(0, 20)).toEqual([]);
  expect([...failed].slice(0, 20)).toEqual([]);
});
