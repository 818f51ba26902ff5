/** Who may call what, asked of every route that there is, by everybody. */

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OverHttp, startOverHttp } from "../../client/over-http.testsuite.ts";
import { accountRoles, isAllowed } from "../../contract/access.ts";
import { metricTable } from "../../contract/metrics.ts";
import { createMetrics } from "../../kit/metrics.ts";
import { type Asked, everyRoute } from "./every-route.testsuite.ts";
import type { OidcOptions } from "./oidc/oidc-options.ts";
import { makeRun } from "./runs/with-runs.testsuite.ts";
import { makeAccounts, type WithAccounts } from "./with-accounts.testsuite.ts";

/** One that does not answer: whoever begins is sent back. */
const oidc: OidcOptions = {
  name: "Nobody",
  issuer: "http://127.0.0.1:1",
  clientId: "x",
  clientSecret: null,
  scopes: [],
  publicUrl: null,
  people: { nameClaim: "sub", roleClaim: null, roles: new Map(), domains: [], defaultRole: "viewer" },
};

let accounts: WithAccounts;
let over: OverHttp;
beforeAll(async () => {
  accounts = await makeAccounts();
  over = await startOverHttp(accounts.api, {
    server: { access: accounts.access, oidc, metrics: createMetrics(metricTable) },
  });
});
afterAll(async () => {
  await over.server.close();
  await accounts.remove();
});

async function ask(asked: Asked, headers: Record<string, string>): Promise<number> {
  const response = await send(asked, headers);
  await response.body?.cancel();
  return response.status;
}

function send({ verb, path, body }: Asked, headers: Record<string, string>): Promise<Response> {
  const hasBody = body !== undefined && verb !== "GET" && verb !== "DELETE";
  const given = hasBody ? { "content-type": "application/json", ...headers } : headers;
  return fetch(over.url + path, {
    method: verb,
    headers: given,
    ...(hasBody ? { body: JSON.stringify(body) } : {}),
    redirect: "manual",
  });
}

const isForRun = ({ policy, isForRuns = false }: Asked): boolean =>
  policy === "anyone" || (isForRuns && isAllowed("worker", policy));

const isLetIn = (status: number): boolean => status !== 401 && status !== 403;

// Some thousand requests.
describe("every route", { timeout: 120_000 }, () => {
  test("is open to those whom its policy names, and to nobody else", async () => {
    const wrong: string[] = [];
    for (const each of everyRoute) {
      for (const role of accountRoles) {
        const status = await ask(each, { authorization: `Bearer ${accounts.keys[role]}` });
        const may = each.policy === "anyone" || isAllowed(role, each.policy);
        if (isLetIn(status) !== may) wrong.push(`${each.name} as ${role}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("is open to the key of a run where it is for runs, and closed to it elsewhere", async () => {
    const run = await makeRun(accounts.api, accounts.keys.worker);
    const wrong: string[] = [];
    for (const each of everyRoute) {
      const response = await send(each, { authorization: `Bearer ${run.key}` });
      const { status } = response;
      const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
      const text = isStream ? "" : await response.text();
      if (isStream) await response.body?.cancel();
      // One that is for runs may be refused by what it is about.
      const may = status !== 401 && !text.includes("is not for runs");
      if (may !== isForRun(each)) wrong.push(`${each.name}: ${status} ${text}`);
    }
    expect(wrong).toEqual([]);
  });

  test("is closed to strangers, unless it is for anyone", async () => {
    const strangers = [
      {},
      { authorization: "Bearer mr_garbage" },
      { authorization: "Basic bm9ib2R5Om5vdGhpbmc=" },
      { authorization: `Basic ${"\u00e4"}` },
      { cookie: "millrace_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
      { "x-forwarded-user": "admin", cookie: "millrace_session=; __proto__=x" },
    ];
    const wrong: string[] = [];
    for (const each of everyRoute) {
      for (const headers of strangers) {
        const status = await ask(each, headers);
        const isRefused = status === 401 || status === 429;
        if (isRefused === (each.policy === "anyone"))
          wrong.push(`${each.name} with ${JSON.stringify(headers)}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("names who may call it in a table that a change of it shows", async () => {
    const rows = everyRoute.map((each) => {
      const { name, policy } = each;
      const who = policy === "anyone" ? ["anyone"] : accountRoles.filter((role) => isAllowed(role, policy));
      const runs = policy !== "anyone" && isForRun(each) ? ["run"] : [];
      return `${name}: ${[...who, ...runs].join(", ")}`;
    });
    await expect(`${rows.toSorted().join("\n")}\n`).toMatchFileSnapshot(join(import.meta.dirname, "who-may.txt"));
  });
});

test("a route without a policy cannot be made", async () => {
  const { fastify } = await import("fastify");
  const { demandPolicies } = await import("./guard.ts");
  const app = fastify();
  demandPolicies(app);
  expect(() => app.get("/new", async () => "")).toThrow("The route GET /new has no policy");
});

test("paths that only look like those of routes lead nowhere", async () => {
  const { runner } = accounts.keys;
  const tricks = ["/v1/accounts/filter/health", "//v1/accounts/filter", "/v1/./accounts/filter", "/V1/accounts/filter"];
  for (const path of [
    ...tricks,
    "/v1/accounts%2ffilter",
    "/v1/accounts/filter;x",
    "/v1/accounts/filter/",
    "/v1/health/../accounts/filter",
  ]) {
    const status = await ask(
      { name: path, verb: "POST", path, body: {}, policy: "anyone" },
      { authorization: `Bearer ${runner}` },
    );
    expect([path, status === 403 || status === 404]).toEqual([path, true]);
  }
  for (const method of ["HEAD", "OPTIONS", "TRACE-X", "PROPFIND"]) {
    const response = await fetch(`${over.url}/v1/accounts/filter`, { method }).catch(() => null);
    expect(response === null || response.status >= 400).toBe(true);
  }
  const overridden = await fetch(`${over.url}/v1/health`, {
    headers: { "x-http-method-override": "POST", "x-original-url": "/v1/accounts/filter" },
  });
  expect(await overridden.json()).toEqual({ status: "healthy" });
});
