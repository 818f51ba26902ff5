/** Coming in by a real identity provider. */

import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OverHttp, startOverHttp } from "../../client/over-http.testsuite.ts";
import type { Role } from "../../contract/access.ts";
import {
  createBrowser,
  signInAtProvider,
  startProvider,
  testClient,
  type TestProvider,
} from "./oidc/provider.testsuite.ts";
import type { OidcOptions } from "./oidc/oidc-options.ts";
import { makeAccounts, type WithAccounts } from "./with-accounts.testsuite.ts";

let accounts: WithAccounts;
let over: OverHttp;
let provider: TestProvider;
let failures: { readonly requestId: string; readonly error: unknown }[];

const optionsOf = (issuer: string): OidcOptions => ({
  name: "Example",
  issuer,
  clientId: testClient.id,
  clientSecret: testClient.secret,
  scopes: ["openid", "profile", "email"],
  publicUrl: null,
  people: {
    nameClaim: "preferred_username",
    roleClaim: "groups",
    roles: new Map<string, Role>([
      ["staff", "viewer"],
      ["authors", "author"],
    ]),
    domains: [],
    defaultRole: null,
  },
});

beforeEach(async () => {
  accounts = await makeAccounts();
  failures = [];
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  provider = await startProvider([`${url}/v1/session/oidc/callback`]);
  provider.people.set("ada", { preferred_username: "ada", groups: ["staff"], email: "ada@example.org" });
  over = await startOverHttp(accounts.api, {
    server: {
      access: accounts.access,
      checksAnswers: true,
      oidc: optionsOf(provider.issuer),
      onFailure: (failure) => failures.push(failure),
    },
    port,
  });
});
afterEach(async () => {
  await over.server.close();
  await provider.stop();
  await accounts.remove();
});

/** Its provider has to know where it will be. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const startOf = (to?: string): string =>
  `${over.url}/v1/session/oidc/start${to === undefined ? "" : `?to=${encodeURIComponent(to)}`}`;
const codes = () => failures.map(({ error }) => (error as { code?: string }).code);
const callback = (): string => `${over.url}/v1/session/oidc/callback`;

async function comeIn(login: string, { to = "runs?q=golden" } = {}) {
  const browser = createBrowser();
  const page = await signInAtProvider(browser, startOf(to), { login });
  return { browser, page, session: await whoIs(browser) };
}

async function whoIs({ cookies }: ReturnType<typeof createBrowser>) {
  const token = cookies.get(`${new URL(over.url).host} millrace_session`);
  const cookie = token === undefined ? "" : `millrace_session=${token}`;
  const response = await fetch(`${over.url}/v1/session`, { headers: { cookie } });
  return (await response.json()) as { account: { id: string; name: string; role: string } | null; provider?: unknown };
}

const audited = async () =>
  (await accounts.api.listAuditEntries({}, { limit: 100 })).items.map(
    ({ accountName, action, outcome, status, path }) => ({ accountName, action, outcome, status, path }),
  );

describe("somebody who comes by an identity provider", () => {
  test("gets an account and a session at the first time, goes back to the page, and is in the audit log", async () => {
    const { page, session, browser } = await comeIn("ada");
    expect(page.address).toBe(`${over.url}/runs?q=golden`);
    expect(session).toMatchObject({
      account: { name: "ada", kind: "person", role: "viewer", hasPassword: false, isDisabled: false },
      means: "session",
      provider: { name: "Example" },
    });
    expect([...browser.cookies.keys()].filter((key) => key.includes("millrace_oidc"))).toEqual([]);
    expect(await audited()).toEqual([
      { accountName: "ada", action: "signInByOidc", outcome: "done", status: 303, path: "/v1/session/oidc/callback" },
    ]);
    expect(failures).toEqual([]);
  });

  test("is the same account the next time, with the role that they have then, and another one is another", async () => {
    const first = await comeIn("ada");
    provider.people.set("ada", { preferred_username: "ada-lovelace", groups: ["staff", "authors"] });
    const again = await comeIn("ada");
    expect(again.session.account).toMatchObject({ id: first.session.account?.id, name: "ada", role: "author" });
    provider.people.set("impostor", { preferred_username: "ada", groups: ["staff"] });
    const other = await comeIn("impostor");
    expect(other.session.account).toMatchObject({ name: "ada (127.0.0.1)", role: "viewer" });
    expect(other.session.account?.id).not.toBe(first.session.account?.id);
  });

  test("never gets an account that has been made here, whatever they are called", async () => {
    provider.people.set("x", { preferred_username: "admin", groups: ["staff"] });
    const { session } = await comeIn("x");
    expect(session.account).toMatchObject({ name: "admin (127.0.0.1)", role: "viewer" });
    expect(session.account?.id).not.toBe(accounts.accounts.admin.id);
  });

  test("is not let in without a role, or with an account that is disabled; both are told and kept", async () => {
    provider.people.set("bob", { preferred_username: "bob", groups: ["cyclists"] });
    const bob = await comeIn("bob");
    expect(bob.page.address).toBe(`${over.url}/?signIn=OIDC_REFUSED`);
    expect(bob.session.account).toBeNull();
    expect((await accounts.api.listAccounts({ limit: 100 })).items.some(({ name }) => name === "bob")).toBe(false);

    const ada = await comeIn("ada");
    await accounts.api.updateAccount(ada.session.account?.id ?? "", { isDisabled: true });
    const again = await comeIn("ada");
    expect(again.page.address).toBe(`${over.url}/?signIn=OIDC_REFUSED`);
    expect(again.session.account).toBeNull();
    expect(codes()).toEqual(["OIDC_REFUSED", "OIDC_REFUSED"]);
    const [last, , first] = await audited();
    expect([last, first]).toMatchObject([
      { accountName: "ada", action: "signInByOidc", outcome: "denied", status: 403 },
      { accountName: null, action: "signInByOidc", outcome: "denied", status: 403 },
    ]);
  });

  test("signs out as everybody does", async () => {
    const { browser } = await comeIn("ada");
    const cookie = `millrace_session=${browser.cookies.get(`${new URL(over.url).host} millrace_session`) ?? ""}`;
    expect((await fetch(`${over.url}/v1/session`, { method: "DELETE", headers: { cookie } })).status).toBe(204);
    expect((await whoIs(browser)).account).toBeNull();
  });
});

describe("a sign-in", () => {
  /** Signed in at the provider, with the answer that would come next. */
  async function atTheDoor(login = "ada") {
    const browser = createBrowser();
    const { address } = await signInAtProvider(browser, startOf(), { login, stopBefore: callback() });
    return { browser, address };
  }

  test("of another browser opens nothing: nobody is made to come in as somebody else", async () => {
    const { address } = await atTheDoor();
    const victim = createBrowser();
    expect((await victim.go(address, { stopBefore: `${over.url}/?` })).address).toBe(
      `${over.url}/?signIn=OIDC_REFUSED`,
    );
    // Not even one that has begun to sign in, too.
    await victim.go(startOf(), { stopBefore: provider.issuer });
    expect((await victim.go(address, { stopBefore: `${over.url}/?` })).address).toBe(
      `${over.url}/?signIn=OIDC_REFUSED`,
    );
    expect((await whoIs(victim)).account).toBeNull();
  });

  test("works once", async () => {
    const { browser, address } = await atTheDoor();
    const cookies = new Map(browser.cookies);
    await browser.go(address, { stopBefore: `${over.url}/?` });
    expect((await whoIs(browser)).account).toMatchObject({ name: "ada" });
    const again = createBrowser();
    for (const [name, value] of cookies) again.cookies.set(name, value);
    expect((await again.go(address, { stopBefore: `${over.url}/?` })).address).toBe(`${over.url}/?signIn=OIDC_REFUSED`);
    expect((await whoIs(again)).account).toBeNull();
  });

  test.each([
    ["state", (url: URL) => url.searchParams.set("state", "another")],
    ["state", (url: URL) => url.searchParams.delete("state")],
    ["state", (url: URL) => url.searchParams.append("state", "two")],
    ["code", (url: URL) => url.searchParams.set("code", "another")],
    ["code", (url: URL) => url.searchParams.delete("code")],
    ["iss", (url: URL) => url.searchParams.set("iss", "https://evil.example")],
  ])("with another %s opens nothing", async (_, change) => {
    const { browser, address } = await atTheDoor();
    const changed = new URL(address);
    change(changed);
    expect((await browser.go(changed.href, { stopBefore: `${over.url}/?` })).address).toBe(
      `${over.url}/?signIn=OIDC_REFUSED`,
    );
    expect((await whoIs(browser)).account).toBeNull();
  });

  test("with a cookie that is none of ours opens nothing", async () => {
    const { browser, address } = await atTheDoor();
    const key = `${new URL(over.url).host} millrace_oidc`;
    const cookie = browser.cookies.get(key) ?? "";
    for (const forged of ["", "x", cookie.slice(0, -4), `v1${cookie.slice(2)}`, `${cookie}AAAA`]) {
      browser.cookies.set(key, forged);
      expect((await browser.go(address, { stopBefore: `${over.url}/?` })).address).toContain("signIn=OIDC_REFUSED");
    }
    expect((await whoIs(browser)).account).toBeNull();
  });

  test("that fails again and again from an address is not looked at any more", async () => {
    const browser = createBrowser();
    for (let attempt = 0; attempt < 50; attempt++) {
      const { address } = await browser.go(startOf(), { stopBefore: provider.issuer });
      const state = new URL(address).searchParams.get("state") ?? "";
      await browser.go(`${callback()}?error=access_denied&state=${state}`, { stopBefore: `${over.url}/?` });
    }
    const { browser: late, address } = await atTheDoor();
    expect((await late.go(address, { stopBefore: `${over.url}/?` })).address).toContain("signIn=ATTEMPTS_EXCEEDED");
  });

  test("is begun with PKCE, a state, a nonce and a cookie that scripts do not see", async () => {
    const response = await fetch(startOf("runs"), { redirect: "manual" });
    expect(response.status).toBe(303);
    expect(response.headers.get("set-cookie")).toMatch(
      /^millrace_oidc=v2[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/,
    );
    const asked = new URL(response.headers.get("location") ?? "").searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: "code",
      client_id: testClient.id,
      redirect_uri: callback(),
      scope: "openid profile email",
      code_challenge_method: "S256",
    });
    for (const name of ["state", "nonce", "code_challenge"]) expect(asked.get(name)).toMatch(/^[\w-]{43}$/);
    expect((await fetch(callback(), { method: "HEAD", redirect: "manual" })).status).toBe(404);
  });

  test.each(["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])(
    "that should lead to %s leads to the first page",
    async (to) => expect((await comeIn("ada", { to })).page.address).toBe(`${over.url}/`),
  );

  test("by a provider that does not answer is told of, and others come in by their passwords", async () => {
    await provider.stop();
    const browser = createBrowser();
    expect((await browser.go(startOf(), { stopBefore: `${over.url}/?` })).address).toContain("signIn=OIDC_UNUSABLE");
    expect(codes()).toEqual(["OIDC_UNUSABLE"]);
    await accounts.api.createAccount({
      name: "eve",
      kind: "person",
      role: "viewer",
      password: "correct horse battery",
    });
    const body = JSON.stringify({ name: "eve", password: "correct horse battery" });
    const headers = { "content-type": "application/json" };
    expect((await fetch(`${over.url}/v1/session`, { method: "POST", headers, body })).status).toBe(200);
  });
});

test("a server without a provider has no such routes, and says nothing of one", async () => {
  await over.server.close();
  over = await startOverHttp(accounts.api, { server: { access: accounts.access } });
  expect((await fetch(startOf(), { redirect: "manual" })).status).toBe(404);
  expect((await fetch(callback(), { redirect: "manual" })).status).toBe(404);
  expect(await (await fetch(`${over.url}/v1/session`)).json()).not.toHaveProperty("provider");
});
