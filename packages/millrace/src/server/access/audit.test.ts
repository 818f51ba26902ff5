/**
 * What is in the audit log, of every route that there is: each call that may change something once, and of those that were denied as
 * many as there were.
 */

import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type OverHttp, startOverHttp, testVault } from "../../client/over-http.testsuite.ts";
import { accountRoles, type AuditEntry, isAllowed, isAudited } from "../../contract/access.ts";
import { metricTable } from "../../contract/metrics.ts";
import { apiMethods } from "../../contract/wire/v1-calls.ts";
import { v1Routes } from "../../contract/wire/v1-routes.ts";
import { createMetrics } from "../../kit/metrics.ts";
import { prefectRouteNames, routeOf } from "../prefect/routes-table.ts";
import { type Asked, everyRoute } from "./every-route.testsuite.ts";
import { makeAccounts, type WithAccounts } from "./with-accounts.testsuite.ts";

let accounts: WithAccounts;
let over: OverHttp;
beforeAll(async () => {
  accounts = await makeAccounts();
});
beforeEach(async () => {
  over = await startOverHttp(accounts.api, {
    server: { access: accounts.access, metrics: createMetrics(metricTable) },
  });
});
afterEach(() => over.server.close());
afterAll(() => accounts.remove());

/** The request's id. */
async function ask({ verb, path, body }: Asked, key: string | null): Promise<string> {
  const hasBody = body !== undefined && verb !== "GET" && verb !== "DELETE";
  const response = await fetch(`${over.url}${path}${path.includes("?") ? "&" : "?"}note=canary-query`, {
    method: verb,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(hasBody ? { "content-type": "application/json" } : {}),
      "x-note": "canary-header",
    },
    ...(hasBody ? { body: JSON.stringify(body) } : {}),
    redirect: "manual",
  });
  await response.body?.cancel();
  return response.headers.get("x-request-id") ?? "";
}

async function readAll(): Promise<readonly AuditEntry[]> {
  const items: AuditEntry[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof accounts.api.listAuditEntries>> = await accounts.api.listAuditEntries(
      {},
      { limit: 1000, cursor },
    );
    items.push(...page.items);
    cursor = page.next;
    if (cursor === null) return items;
  }
}

async function inBatches(routes: readonly Asked[], act: (route: Asked) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < routes.length; at += 16) await Promise.all(routes.slice(at, at + 16).map(act));
}

const guarded = everyRoute.filter(({ policy }) => policy !== "anyone");

describe("every route", { timeout: 60_000 }, () => {
  test("tells of who may change something, once each, of as many as were denied, and of nobody else", async () => {
    const deniedTo = new Map<string, number>();
    const wanted = new Map<string, { readonly what: string; readonly outcomes: readonly string[] }>();
    await inBatches(guarded, async (each) => {
      const { policy } = each;
      if (policy === "anyone") return;
      // The least that may, and the most that may not.
      const may = accountRoles.find((role) => isAllowed(role, policy)) ?? "admin";
      const mayNot = accountRoles.toReversed().find((role) => !isAllowed(role, policy));
      const doer = await ask(each, accounts.keys[may]);
      wanted.set(doer, { what: `${each.name} as ${may}`, outcomes: isAudited(may, policy) ? ["done", "failed"] : [] });
      if (mayNot === undefined) return;
      await ask(each, accounts.keys[mayNot]);
      deniedTo.set(mayNot, (deniedTo.get(mayNot) ?? 0) + 1);
    });
    // What was counted is kept when the minute is over, or the server closes.
    await over.server.close();
    const entries = await readAll();
    const denied = entries.filter(({ outcome }) => outcome === "denied");
    const told = Map.groupBy(denied, ({ accountName }) => accountName ?? "");
    expect(new Map([...told].map(([name, of]) => [name, of.reduce((sum, { calls }) => sum + calls, 0)]))).toEqual(
      deniedTo,
    );
    expect(denied.every(({ status }) => status === 403)).toBe(true);
    // Two minutes, where one ends meanwhile.
    for (const [, of] of told) expect(of.length).toBeLessThanOrEqual(2 * 41);
    const byRequest = Map.groupBy(entries, ({ requestId }) => requestId);
    const wrong: string[] = [];
    for (const [id, { what, outcomes }] of wanted) {
      const told = (byRequest.get(id) ?? []).map(({ outcome }) => outcome);
      const isRight = outcomes.length === 0 ? told.length === 0 : told.length === 1 && outcomes.includes(told[0] ?? "");
      if (!isRight) wrong.push(`${what}: ${JSON.stringify(told)}`);
    }
    expect(wrong).toEqual([]);
    expect(wanted.size).toBe(guarded.length);
    expect(
      entries.every(
        ({ accountName, action, path, address }) =>
          accountName !== null && action !== "" && (path.startsWith("/") || path === "*") && address !== "",
      ),
    ).toBe(true);
    expect(JSON.stringify(entries)).not.toContain("canary");
  });

  test("tells of strangers, as many as there were", async () => {
    const before = (await readAll()).length;
    await inBatches(guarded, (each) => ask(each, null));
    await over.server.close();
    const entries = (await readAll()).slice(0, -before || undefined).filter(({ accountName }) => accountName === null);
    expect(entries.reduce((sum, { calls }) => sum + calls, 0)).toBe(guarded.length);
    expect(entries.length).toBeLessThan(5);
    expect(entries.every(({ outcome, status }) => outcome === "denied" && status === 401)).toBe(true);
  });
});

test("tells of requests to a webhook that are not signed as they must be, and of none that are", async () => {
  const before = (await readAll()).length;
  const { slug } = await accounts.api.createObject("webhook", {
    name: "signed",
    slug: "signed",
    enabled: true,
    signature: { scheme: "github", secretName: "of-the-sender" },
  });
  await accounts.api.writeSecret({ name: "of-the-sender", sealed: await testVault.seal("of-the-sender", "canary") });
  const sign = (body: string) => `sha256=${createHmac("sha256", "canary").update(body).digest("hex")}`;
  const send = async (signature: string): Promise<number> => {
    const response = await fetch(`${over.url}/v1/hooks/${slug}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-hub-signature-256": signature },
      body: "{}",
    });
    await response.body?.cancel();
    return response.status;
  };
  expect([await send(sign("{}")), await send(sign("[]")), await send("none")]).toEqual([202, 401, 401]);
  await over.server.close();
  const entries = (await readAll()).slice(0, -before || undefined);
  expect(
    entries.every(({ action, path, outcome }) => `${action} ${path} ${outcome}` === "hook /v1/hooks/signed denied"),
  ).toBe(true);
  expect(entries.map(({ calls }) => calls)).toEqual([1, 1]);
});

test("what is asked for by GET or HEAD changes nothing, by its own word", () => {
  const changing = everyRoute.filter(
    ({ verb, policy }) => (verb === "GET" || verb === "HEAD") && policy !== "anyone" && policy.does !== "read",
  );
  // What is secret is read as if it were changed: who does is in the audit log.
  expect(changing.map(({ name }) => name).filter((name) => !/secret/i.test(name))).toEqual(["readAttention"]);
});

test("nobody changes or deletes what is in it, and nobody has a backup by asking a server", () => {
  const routes = [
    ...apiMethods.map((name) => `${name} ${v1Routes[name].verb} ${v1Routes[name].path}`),
    ...prefectRouteNames.map((name) => `${name} ${routeOf(name).verb} ${routeOf(name).path}`),
    ...everyRoute.map(({ name, verb, path }) => `${name} ${verb} ${path}`),
  ];
  expect(new Set(routes.filter((route) => /audit/i.test(route)))).toEqual(
    new Set(["listAuditEntries POST /v1/audit-entries/filter"]),
  );
  expect(
    routes.filter(
      (route) => /backup|restore|export|dump|vacuum/i.test(route) && !route.startsWith("restoreWorkspace "),
    ),
  ).toEqual([]);
});
