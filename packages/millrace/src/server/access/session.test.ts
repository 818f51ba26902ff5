/** Coming in by a page, going out, and what is in the audit log. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OverHttp, startOverHttp } from "../../client/over-http.testsuite.ts";
import type { Account } from "../../contract/access.ts";
import { makeAccounts, type WithAccounts } from "./with-accounts.testsuite.ts";

const password = "correct horse battery";
let accounts: WithAccounts;
let over: OverHttp;
let ada: Account;

beforeEach(async () => {
  accounts = await makeAccounts();
  over = await startOverHttp(accounts.api, { server: { access: accounts.access, checksAnswers: true } });
  ada = await accounts.api.createAccount({ name: "ada", kind: "person", role: "author", password });
});
afterEach(async () => {
  await over.server.close();
  await accounts.remove();
});

async function ask(
  verb: string,
  path: string,
  { body, ...headers }: { readonly body?: unknown; readonly [name: string]: unknown } = {},
): Promise<Response> {
  const given = {
    ...(headers as Record<string, string>),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  return fetch(over.url + path, {
    method: verb,
    headers: given,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const signIn = (name: string, given: string) => ask("POST", "/v1/session", { body: { name, password: given } });
const cookieOf = (response: Response): string => response.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
const audited = async () =>
  (await accounts.api.listAuditEntries({}, { limit: 100 })).items.map(
    ({ accountName, means, action, outcome, status, path }) => ({
      accountName,
      means,
      action,
      outcome,
      status,
      path,
    }),
  );

describe("a session", () => {
  test("is opened by name and password, in a cookie that scripts do not see, and closed", async () => {
    const before = await (await ask("GET", "/v1/session")).json();
    expect(before).toEqual({ accessControl: "on", account: null, means: null, workspace: null, workspaces: [] });
    const wrong = await signIn("ada", "incorrect horse");
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get("set-cookie")).toBeNull();

    const opened = await signIn("ada", password);
    expect(await opened.json()).toMatchObject({ accessControl: "on", account: ada, means: "session" });
    expect(opened.headers.get("set-cookie")).toMatch(
      /^millrace_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=60479\d$/,
    );
    const cookie = cookieOf(opened);
    expect((await (await ask("GET", "/v1/session", { cookie })).json()) as object).toMatchObject({
      account: { name: "ada" },
    });
    expect((await ask("POST", "/v1/flow-runs/filter", { cookie, body: { filter: {} } })).status).toBe(200);
    expect((await ask("POST", "/v1/accounts/filter", { cookie, body: {} })).status).toBe(403);

    const closed = await ask("DELETE", "/v1/session", { cookie });
    expect(closed.headers.get("set-cookie")).toMatch(/^millrace_session=; .*Max-Age=0$/);
    expect((await ask("POST", "/v1/flow-runs/filter", { cookie, body: { filter: {} } })).status).toBe(401);
  });

  test("is for this site only: what a page of another one sends is not answered", async () => {
    const cookie = cookieOf(await signIn("ada", password));
    const elsewhere = { cookie, origin: "https://evil.example", body: { name: "x" } };
    expect((await ask("POST", "/v1/session/api-keys", elsewhere)).status).toBe(403);
    const form = await fetch(`${over.url}/v1/session/api-keys`, {
      method: "POST",
      headers: { cookie, "content-type": "text/plain" },
      body: '{"name":"x"}',
    });
    expect(form.status).toBe(415);
    expect((await accounts.api.listApiKeys({ accountId: ada.id })).items).toEqual([]);
  });

  test("is marked as secure where the page came by TLS", async () => {
    const opened = await ask("POST", "/v1/session", { "x-forwarded-proto": "https", body: { name: "ada", password } });
    expect(opened.headers.get("set-cookie")).toMatch(/; Secure$/);
  });
});

describe("an account of one's own", () => {
  test("has keys that its person makes and deletes, and nobody else's", async () => {
    const cookie = cookieOf(await signIn("ada", password));
    const made = (await (await ask("POST", "/v1/session/api-keys", { cookie, body: { name: "laptop" } })).json()) as {
      readonly key: { readonly id: string };
      readonly text: string;
    };
    const byKey = await ask("GET", "/v1/session", { authorization: `Bearer ${made.text}` });
    expect((await byKey.json()) as object).toMatchObject({ account: { name: "ada" }, means: "key" });
    expect(((await (await ask("GET", "/v1/session/api-keys", { cookie })).json()) as unknown[]).length).toBe(1);

    const byKeyAgain = { authorization: `Bearer ${made.text}`, body: { name: "another" } };
    expect((await ask("POST", "/v1/session/api-keys", byKeyAgain)).status).toBe(401);

    const others = (await accounts.api.listApiKeys({ accountId: accounts.accounts.admin.id })).items[0];
    const foreign = await ask("DELETE", `/v1/session/api-keys/${others?.id ?? ""}`, { cookie });
    expect(await foreign.json()).toBe(false);
    expect(await (await ask("DELETE", `/v1/session/api-keys/${made.key.id}`, { cookie })).json()).toBe(true);
    expect((await accounts.api.listApiKeys({ accountId: accounts.accounts.admin.id })).items).toHaveLength(1);
  });

  test("gets another password by who knows the one before, which ends its other sessions", async () => {
    const [cookie, other] = [cookieOf(await signIn("ada", password)), cookieOf(await signIn("ada", password))];
    const change = (current: string, next: string) =>
      ask("PUT", "/v1/session/password", { cookie, body: { current, next } });
    expect((await change("incorrect horse", "a new password 1")).status).toBe(401);
    expect((await change(password, "short")).status).toBe(422);
    const changed = await change(password, "a new password 1");
    expect(changed.status).toBe(204);
    const fresh = cookieOf(changed);
    expect((await ask("GET", "/v1/session/api-keys", { cookie: fresh })).status).toBe(200);
    await expect
      .poll(async () => (await ask("GET", "/v1/session/api-keys", { cookie: other })).status, { timeout: 10_000 })
      .toBe(401);
    expect((await signIn("ada", password)).status).toBe(401);
  });
});

test("what was changed and what was denied is in the audit log, and nothing that was sent", async () => {
  const bearer = (role: keyof WithAccounts["keys"]) => ({ authorization: `Bearer ${accounts.keys[role]}` });
  await ask("PUT", "/v1/secrets/token/value", { ...bearer("author"), body: { value: "canary-secret" } });
  await ask("PUT", "/v1/secrets/token/value?x=canary-query", { ...bearer("viewer"), body: { value: "canary-secret" } });
  await ask("POST", "/v1/accounts", {
    ...bearer("admin"),
    body: { name: "ada", kind: "person", role: "viewer", password: "canary-password" },
  });
  await ask("POST", "/v1/flow-runs/filter", { ...bearer("viewer"), body: { filter: {} } });
  await ask("GET", "/v1/version", {});
  await signIn("a\r\nb\u001b[31m", "canary-password");
  await signIn("ada", password);
  await ask("POST", "/v1/record", { ...bearer("worker"), body: { processId: "p" } });
  const of = { accountName: null, means: null } as const;
  expect(await audited()).toEqual([
    { accountName: "ada", means: "password", action: "signIn", outcome: "done", status: 200, path: "/v1/session" },
    {
      accountName: "a\r\nb\u001b[31m",
      means: "password",
      action: "signIn",
      outcome: "denied",
      status: 401,
      path: "/v1/session",
    },
    { ...of, action: "version", outcome: "denied", status: 401, path: "/v1/version" },
    {
      accountName: "admin",
      means: "key",
      action: "createAccount",
      outcome: "failed",
      status: 409,
      path: "/v1/accounts",
    },
    {
      accountName: "viewer",
      means: "key",
      action: "setSecret",
      outcome: "denied",
      status: 403,
      path: "/v1/secrets/token/value",
    },
    {
      accountName: "author",
      means: "key",
      action: "setSecret",
      outcome: "done",
      status: 204,
      path: "/v1/secrets/token/value",
    },
  ]);
  expect(JSON.stringify(await accounts.api.listAuditEntries({}))).not.toContain("canary");
});

test("a stream of events ends when its reader may not be there any more", async () => {
  const gone = new AbortController();
  const response = await fetch(`${over.url}/v1/events/stream`, {
    headers: { authorization: `Bearer ${accounts.keys.viewer}` },
    signal: gone.signal,
  });
  expect(response.status).toBe(200);
  await accounts.api.updateAccount(accounts.accounts.viewer.id, { isDisabled: true });
  const reader = response.body?.getReader();
  let isDone = false;
  while (!isDone) isDone = (await reader?.read())?.done ?? true;
  expect(isDone).toBe(true);
});

test("calls without a key are one entry of the audit log, and another with their number", async () => {
  for (let index = 0; index < 5; index++) await ask("POST", "/v1/flow-runs/filter", { body: { filter: {} } });
  await over.server.close();
  const { items } = await accounts.api.listAuditEntries({ outcomes: ["denied"] });
  expect(items.map(({ calls, path }) => `${calls} ${path}`)).toEqual([
    "4 /v1/flow-runs/filter",
    "1 /v1/flow-runs/filter",
  ]);
});

describe("behind a proxy", () => {
  const through = (forwarded: string, given = "wrong horse battery") =>
    ask("POST", "/v1/session", { "x-forwarded-for": forwarded, body: { name: "nobody", password: given } });
  const addresses = async () =>
    (await accounts.api.listAuditEntries({}, { limit: 3 })).items.map(({ address }) => address);

  test("that is trusted a client is known by what the proxy says, whatever it wrote itself", async () => {
    await over.server.close();
    over = await startOverHttp(accounts.api, { server: { access: accounts.access, trustedProxies: ["127.0.0.0/8"] } });
    await through("203.0.113.7");
    await through("198.51.100.1, 203.0.113.8");
    await through("127.0.0.9, <script>");
    expect(await addresses()).toEqual(["127.0.0.1", "203.0.113.8", "203.0.113.7"]);
  });

  test("that nobody has named it is known by its connection", async () => {
    await through("203.0.113.7");
    expect(await addresses()).toEqual(["127.0.0.1"]);
  });
});
