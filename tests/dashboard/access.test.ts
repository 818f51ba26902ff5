/** Coming in, what one may do then, and who did what: over a server with access control. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { findBarriers } from "./harness/accessible.ts";
import { openSession } from "./harness/guarded-server.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { apiRequests } from "./harness/measure.ts";
import { visit } from "./harness/visit.ts";
import { seedPassword } from "./seeds/accounts.ts";
import { seededRuns } from "./seeds/seeds.ts";

/** What the console says of an answer that denies something, and of a stream that ends. */
const denied = /status of (401|403)|ERR_INCOMPLETE_CHUNKED/;

const signInHead = (page: Page) => page.getByRole("heading", { name: "Sign in to Millrace" });
const accountMenu = (page: Page) => page.getByRole("button", { name: /^Account: / });

async function typeIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
}

/** What is lost by a reload. */
const mark = (page: Page) => page.evaluate(() => void ((globalThis as { __mark?: boolean }).__mark = true));
const isMarked = (page: Page) => page.evaluate(() => (globalThis as { __mark?: boolean }).__mark === true);

async function expectNoBarriers(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findBarriers(page), `${what}, ${colorScheme}`).toEqual([]);
  }
}

describeInBrowser("a dashboard with access control", (browser) => {
  const place = usePlace("small", { hasAccessControl: true });

  test("asks for a name and a password, by keyboard, and for nothing else before; then one is where one was", () =>
    visit(browser(), place.url, { path: "runs?q=golden", tolerates: denied }, async ({ page, requests }) => {
      await signInHead(page).waitFor();
      expect(apiRequests(requests)).toEqual(["/v1/session"]);
      await expectNoBarriers(page, "the page to sign in");
      expect(await page.getByLabel("Name", { exact: true }).getAttribute("autocomplete")).toBe("username");
      expect(await page.getByLabel("Password", { exact: true }).getAttribute("autocomplete")).toBe("current-password");

      // The name has the focus.
      await page.keyboard.type("ada");
      await page.keyboard.press("Tab");
      await page.keyboard.type("not her password");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("The name or the password is wrong.").waitFor();
      expect(await page.getByLabel("Password", { exact: true }).inputValue()).toBe("");
      // The password has it now.
      await page.keyboard.type(seedPassword);
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name: "golden-heron", exact: true }).waitFor();
      expect(new URL(page.url()).search).toBe("?q=golden");
      await page.locator("[data-live]").getByText("Live").waitFor();

      await accountMenu(page).click();
      await page.getByRole("menu").getByText("admin").waitFor();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
      await signInHead(page).waitFor();
      expect(await page.getByText("golden-heron").count()).toBe(0);
    }));

  test("says how long somebody waits who has failed too often", () =>
    visit(browser(), place.url, { path: "", tolerates: /status of (401|429)/ }, async ({ page }) => {
      await signInHead(page).waitFor();
      const attempts = Array.from({ length: 10 }, (_, index) =>
        openSession(place.url, "nobody-here", `wrong password ${index}`).catch(() => null),
      );
      await Promise.all(attempts);
      await typeIn(page, "nobody-here", seedPassword);
      await expect.poll(() => page.getByRole("alert").innerText()).toMatch(/Try again after \d+ s/);
    }));

  test("brings the page to sign in when the session has ended elsewhere, without a reload, and keeps the address", async () => {
    const account = await place.api.createAccount({
      name: "eve",
      kind: "person",
      role: "viewer",
      password: seedPassword,
    });
    const session = await openSession(place.url, "eve");
    await visit(browser(), place.url, { path: "runs?q=golden", session, tolerates: denied }, async ({ page }) => {
      await page.locator("[data-live]").getByText("Live").waitFor();
      await mark(page);
      await place.api.updateAccount(account.id, { password: "another long password" });
      await page.getByText("You are signed out. Sign in to go on where you were.").waitFor();
      await typeIn(page, "eve", "another long password");
      await page.getByRole("link", { name: "golden-heron", exact: true }).waitFor();
      await page.locator("[data-live]").getByText("Live").waitFor();
      expect(new URL(page.url()).search).toBe("?q=golden");
      expect(await isMarked(page)).toBe(true);
    });
  });

  test("tells a viewer what they may not do, and asks the server for none of it", async () => {
    const session = await openSession(place.url, "lin");
    const before = await place.api.listAuditEntries({ outcomes: ["denied"], text: "lin" }, { limit: 100 });
    await visit(browser(), place.url, { path: "variables", session }, async ({ page, open }) => {
      const reason = (needed: string) => `Your role, viewer, may not do this: it needs ${needed}`;
      const why = (name: string) => page.getByRole("button", { name, exact: true }).getAttribute("title");
      expect(await why("Create a variable")).toBe(reason("author"));
      expect(await page.getByRole("button", { name: "Create a variable" }).isDisabled()).toBe(true);
      await open("work-pools");
      expect(await why("Create a pool")).toBe(reason("operator"));
      await open(`runs/flow-run/${seededRuns.failed}`);
      expect(await why("Retry failed tasks")).toBe(reason("runner"));
      await page.getByRole("button", { name: "More actions" }).click();
      expect(await page.getByRole("menuitem", { name: "Delete run" }).getAttribute("title")).toBe(reason("operator"));
      await page.keyboard.press("Escape");
      for (const tab of ["accounts", "audit"]) {
        await open(`settings?tab=${tab}`);
        await page.getByText(`${reason("admin")}.`).waitFor();
      }
    });
    const after = await place.api.listAuditEntries({ outcomes: ["denied"], text: "lin" }, { limit: 100 });
    expect(after.items.length).toBe(before.items.length);
  });

  test("shows a key once, and in no later answer, and lets it be revoked", async () => {
    const session = await openSession(place.url, "grace");
    await visit(browser(), place.url, { path: "settings?tab=account", session }, async ({ page, settle }) => {
      await expectNoBarriers(page, "one's own account");
      await page.getByRole("button", { name: "Create a key" }).click();
      await page.keyboard.type("her tablet");
      await page.keyboard.press("Enter");
      const key = await page.getByRole("textbox", { name: "The key" }).inputValue();
      expect(key).toMatch(/^mr_[\w-]{65}$/);
      await page.keyboard.press("Escape");
      await page.getByRole("textbox", { name: "The key" }).waitFor();
      const known = await fetch(`${place.url}v1/session`, { headers: { authorization: `Bearer ${key}` } });
      expect(await known.json()).toMatchObject({ account: { name: "grace" }, means: "key" });

      const answers: Promise<string>[] = [];
      page.on("response", (response) => {
        if (response.url().includes("/v1/") && !response.url().includes("stream")) answers.push(response.text());
      });
      await page.getByRole("button", { name: "I have kept it" }).click();
      await page.reload();
      await settle();
      await page.getByRole("button", { name: "Revoke the key her tablet" }).click();
      expect((await Promise.all(answers)).some((answer) => answer.includes(key.slice(-43)))).toBe(false);
      expect(answers.length).toBeGreaterThan(0);
      expect(await page.content()).not.toContain(key.slice(-43));
      await page.getByRole("button", { name: "Revoke the key", exact: true }).click();
      await page.getByRole("button", { name: "Revoke the key her tablet" }).waitFor({ state: "detached" });
      await expect
        .poll(
          async () => (await fetch(`${place.url}v1/version`, { headers: { authorization: `Bearer ${key}` } })).status,
        )
        .toBe(401);
    });
  });

  test("lets an admin make an account, which then comes in; the audit log has both, and what was denied", async () => {
    const session = await openSession(place.url, "ada");
    await visit(browser(), place.url, { path: "settings?tab=accounts", session }, async ({ page, open }) => {
      await page.getByRole("button", { name: "Create an account" }).click();
      await page.keyboard.type("hedy");
      await page.getByLabel("Role", { exact: true }).selectOption("runner");
      await page.getByLabel("Password", { exact: true }).fill(seedPassword);
      await page.getByLabel("Password again").fill(seedPassword);
      await page.getByRole("button", { name: "Create the account" }).click();
      await page.getByRole("table", { name: "Accounts" }).getByText("hedy").click();
      await expectNoBarriers(page, "the accounts and one of them");

      const hers = await openSession(place.url, "hedy");
      const answer = await fetch(`${place.url}v1/secrets/crm-token`, {
        method: "DELETE",
        headers: { cookie: `millrace_session=${hers}` },
      });
      expect(answer.status).toBe(403);

      await open("settings?tab=audit&q=hedy");
      const log = page.getByRole("table", { name: "Audit log" });
      await log.getByRole("row").filter({ hasText: "signIn" }).filter({ hasText: "Done" }).waitFor();
      const refusal = log.getByRole("row").filter({ hasText: "deleteSecret" }).filter({ hasText: "Denied" });
      await refusal.getByText("/v1/secrets/crm-token").waitFor();
      await page.getByRole("combobox", { name: "Outcome" }).selectOption("denied");
      await expect.poll(() => log.getByRole("row").count()).toBe(2);
      expect(new URL(page.url()).searchParams.get("outcome")).toBe("denied");
      await refusal.click();
      await page.getByRole("complementary", { name: "deleteSecret" }).getByText("403").waitFor();
      await expectNoBarriers(page, "the audit log");
      await open("settings?tab=audit&action=createAccount");
      await log.getByRole("row").filter({ hasText: "ada" }).filter({ hasText: "createAccount" }).first().waitFor();
    });
  });
});

describeInBrowser("names and paths of strangers", (browser) => {
  const place = usePlace("hostile", { hasAccessControl: true });

  test("are texts in the accounts and in the audit log", async () => {
    const session = await openSession(place.url, "ada");
    await visit(browser(), place.url, { path: "settings?tab=accounts", session }, async ({ page, open }) => {
      const rows = (name: string) => page.getByRole("table", { name }).getByRole("row");
      expect(await rows("Accounts").count()).toBeGreaterThan(10);
      await rows("Accounts").nth(2).click();
      await page.getByRole("region", { name: "Details" }).waitFor();
      await open("settings?tab=audit");
      expect(await rows("Audit log").count()).toBeGreaterThan(10);
      await rows("Audit log").nth(3).click();
      await page.getByRole("region", { name: "Details" }).waitFor();
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    });
  });
});
