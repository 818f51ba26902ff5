/** Who may call what, asked of every route that there is, by everybody. */

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OverHttp, startOverHttp } from "../../client/over-http.testsuite.ts";
import { accountRoles, isAllowed, type Policy } from "../../contract/access.ts";
import { metricTable } from "../../contract/metrics.ts";
import { apiMethods } from "../../contract/wire/v1-calls.ts";
import { v1Policies } from "../../contract/wire/v1-policies.ts";
import { v1Routes } from "../../contract/wire/v1-routes.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { createMetrics } from "../../kit/metrics.ts";
import { prefectPolicies } from "../prefect/policies.ts";
import { prefectRouteNames, routeOf } from "../prefect/routes-table.ts";
import { makeAccounts, type WithAccounts } from "./with-accounts.testsuite.ts";

interface Asked {
  readonly name: string;
  readonly verb: string;
  readonly path: string;
  readonly body?: unknown;
  readonly policy: Policy | "anyone";
}

const window = { deploymentId: uuidv7(), from: 0, to: 1 };

/** Arguments that make sense where what is needed depends on them. */
const samples: Readonly<
  Record<string, readonly { readonly path?: string; readonly body?: object; readonly as: string }[]>
> = {
  createObject: ["flow", "work-pool", "webhook", "variable", "saved-search", "configuration"].map((kind) => ({
    path: `/v1/objects/${kind}`,
    as: kind,
  })),
  updateObject: ["deployment", "concurrency-limit"].map((kind) => ({
    path: `/v1/objects/${kind}/${uuidv7()}`,
    body: { change: {} },
    as: kind,
  })),
  deleteObject: ["automation", "worker"].map((kind) => ({ path: `/v1/objects/${kind}/${uuidv7()}`, as: kind })),
  changeFlowRuns: [
    { body: { where: { all: [] }, action: "cancel", isDryRun: true }, as: "dry run" },
    { body: { where: { all: [] }, action: "cancel" }, as: "cancel" },
    { body: { where: { all: [] }, action: "resume" }, as: "resume" },
    { body: { where: { all: [] }, action: "delete" }, as: "delete" },
  ],
  scheduleRuns: [
    { body: { ...window, isDryRun: true }, as: "dry run" },
    { body: window, as: "made" },
  ],
};

const fill = (path: string): string => path.replace(/:\w+/g, () => uuidv7());

const ofV1 = apiMethods.flatMap((name): readonly Asked[] => {
  const { verb, path } = v1Routes[name];
  const policy = v1Policies[name];
  if (typeof policy !== "function") return [{ name, verb, path: fill(path), policy, body: {} }];
  return (samples[name] ?? []).map((sample) => {
    const kind = sample.path?.split("/")[3];
    const args = kind === undefined ? [sample.body] : [kind];
    const asked = { verb, path: sample.path ?? fill(path), body: sample.body ?? {} };
    return { ...asked, name: `${name} (${sample.as})`, policy: policy(...args) };
  });
});

const ofPrefect = prefectRouteNames.flatMap((name): readonly Asked[] => {
  const { verb, path } = routeOf(name);
  const policy = prefectPolicies[name];
  const asked = { verb, path: `/api${fill(path)}`, body: {} };
  if (typeof policy !== "function") return [{ ...asked, name: `Prefect ${name}`, policy }];
  const secretly =
    verb === "GET" ? { path: `${asked.path}?include_secrets=true` } : { body: { include_secrets: true } };
  return [
    { ...asked, name: `Prefect ${name}`, policy: policy({ query: {}, body: {} }) },
    {
      ...asked,
      ...secretly,
      name: `Prefect ${name} (with secrets)`,
      policy: policy({ query: { include_secrets: "true" }, body: {} }),
    },
  ];
});

const read = { role: "viewer", does: "read" } as const;
const author = { role: "author", does: "change" } as const;
const own = { role: "viewer", does: "change" } as const;
const ofServer: readonly Asked[] = [
  { name: "health", verb: "GET", path: "/v1/health", policy: "anyone" },
  { name: "ready", verb: "GET", path: "/v1/ready", policy: "anyone" },
  { name: "livez", verb: "GET", path: "/livez", policy: "anyone" },
  { name: "readyz", verb: "GET", path: "/readyz", policy: "anyone" },
  { name: "metrics", verb: "GET", path: "/metrics", policy: read },
  { name: "version", verb: "GET", path: "/v1/version", policy: read },
  { name: "description", verb: "GET", path: "/v1/openapi.json", policy: read },
  { name: "description of Prefect's", verb: "GET", path: "/api/openapi.json", policy: read },
  { name: "stream of events", verb: "GET", path: "/v1/events/stream", policy: read },
  { name: "session", verb: "GET", path: "/v1/session", policy: "anyone" },
  { name: "own password", verb: "PUT", path: "/v1/session/password", body: {}, policy: own },
  { name: "own keys", verb: "GET", path: "/v1/session/api-keys", policy: read },
  { name: "own key, made", verb: "POST", path: "/v1/session/api-keys", body: {}, policy: own },
  { name: "own key, deleted", verb: "DELETE", path: `/v1/session/api-keys/${uuidv7()}`, policy: own },
  { name: "secret, set", verb: "PUT", path: "/v1/secrets/x/value", body: {}, policy: author },
  { name: "block, made", verb: "POST", path: "/v1/blocks", body: {}, policy: author },
  { name: "block, read", verb: "GET", path: `/v1/blocks/${uuidv7()}/values`, policy: read },
  { name: "blocks around a block", verb: "GET", path: `/v1/blocks/${uuidv7()}/around`, policy: read },
  { name: "block, tried", verb: "POST", path: `/v1/blocks/${uuidv7()}/try`, body: {}, policy: author },
  { name: "block, changed", verb: "PUT", path: `/v1/blocks/${uuidv7()}/values`, body: {}, policy: author },
];

const asked = [...ofV1, ...ofPrefect, ...ofServer];

let accounts: WithAccounts;
let over: OverHttp;
beforeAll(async () => {
  accounts = await makeAccounts();
  over = await startOverHttp(accounts.api, {
    server: { access: accounts.access, metrics: createMetrics(metricTable) },
  });
});
afterAll(async () => {
  await over.server.close();
  await accounts.remove();
});

async function ask({ verb, path, body }: Asked, headers: Record<string, string>): Promise<number> {
  const hasBody = body !== undefined && verb !== "GET" && verb !== "DELETE";
  const given = hasBody ? { "content-type": "application/json", ...headers } : headers;
  const response = await fetch(over.url + path, {
    method: verb,
    headers: given,
    ...(hasBody ? { body: JSON.stringify(body) } : {}),
    redirect: "manual",
  });
  await response.body?.cancel();
  return response.status;
}

const isLetIn = (status: number): boolean => status !== 401 && status !== 403;

// Some thousand requests.
describe("every route", { timeout: 120_000 }, () => {
  test("is open to those whom its policy names, and to nobody else", async () => {
    const wrong: string[] = [];
    for (const each of asked) {
      for (const role of accountRoles) {
        const status = await ask(each, { authorization: `Bearer ${accounts.keys[role]}` });
        const may = each.policy === "anyone" || isAllowed(role, each.policy);
        if (isLetIn(status) !== may) wrong.push(`${each.name} as ${role}: ${status}`);
      }
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
    for (const each of asked) {
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
    const rows = asked.map(({ name, policy }) => {
      const who = policy === "anyone" ? ["anyone"] : accountRoles.filter((role) => isAllowed(role, policy));
      return `${name}: ${who.join(", ")}`;
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
