/** Workspaces: made and given members by an admin, entered by those alone, and seen from one to the other. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { findBarriers } from "./harness/accessible.ts";
import { openSession } from "./harness/guarded-server.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { visit } from "./harness/visit.ts";
import { seedPassword } from "./seeds/accounts.ts";

/** What the console says of an answer that denies something. */
const denied = /status of (401|403|404)/;

const workspaceMenu = (page: Page) => page.getByRole("button", { name: /^Workspace: / });

async function expectNoBarriers(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findBarriers(page), `${what}, ${colorScheme}`).toEqual([]);
  }
}

describeInBrowser("workspaces", (browser) => {
  const place = usePlace("small", { hasAccessControl: true });

  test("are made by an admin, who lets somebody in; who may enter it alone chooses it, and finds nothing else", async () => {
    await place.api.createAccount({ name: "wim", kind: "person", role: "none", password: seedPassword });
    const admin = await openSession(place.url, "ada");
    await visit(browser(), place.url, { path: "settings?tab=workspaces", session: admin }, async ({ page }) => {
      await page.getByText("There are no workspaces").waitFor();
      await page.getByRole("button", { name: "Create a workspace" }).click();
      const create = page.getByRole("dialog", { name: "Create a workspace" });
      await create.getByLabel("Name").fill("Fore casts");
      expect(await create.getByRole("button", { name: "Create the workspace" }).isDisabled()).toBe(true);
      await create.getByLabel("Name").fill("forecasts");
      await create.getByLabel("What it is for").fill("Demand, by shop and day");
      expect(await create.innerText()).toContain("workspace create forecasts --description 'Demand, by shop and day'");
      await create.getByRole("button", { name: "Create the workspace" }).click();
      const row = page.getByRole("table", { name: "Workspaces" }).getByText("forecasts", { exact: true });
      await row.click();
      const inspector = page.getByRole("complementary", { name: "forecasts" });
      await inspector.getByText(`export PREFECT_API_URL=${place.url}workspaces/forecasts/api`).waitFor();
      await expectNoBarriers(page, "a workspace");

      await inspector.getByRole("button", { name: "Let somebody in" }).click();
      const add = page.getByRole("dialog", { name: "Let somebody into forecasts" });
      await add.getByLabel("Account").selectOption("wim");
      await add.getByLabel("Role").selectOption("author");
      await add.getByRole("button", { name: "Let the account in" }).click();
      await inspector.getByRole("listitem").getByText("wim").waitFor();
    });

    const member = await openSession(place.url, "wim");
    await visit(browser(), place.url, { path: "runs", session: member, tolerates: denied }, async ({ page }) => {
      await page.getByRole("heading", { name: "Choose a workspace" }).waitFor();
      await expectNoBarriers(page, "the choice of a workspace");
      await page
        .getByRole("list", { name: "Workspaces" })
        .getByRole("link", { name: /forecasts/ })
        .click();
      await page.getByText("Waiting for the first run").waitFor();
      expect(new URL(page.url()).pathname).toBe("/workspaces/forecasts/");
      expect(await workspaceMenu(page).textContent()).toBe("forecasts");
      await page.getByRole("link", { name: "Runs", exact: true }).click();
      await page.getByText("No runs yet").waitFor();
      expect(new URL(page.url()).pathname).toBe("/workspaces/forecasts/runs");
      await page.goto(`${place.url}workspaces/forecasts/settings`);
      await page.getByRole("link", { name: "Your account" }).waitFor();
      expect(await page.getByRole("link", { name: "Audit log" }).count()).toBe(0);

      // One that is not there, and one that is not theirs, look alike.
      await page.goto(`${place.url}workspaces/nothing/runs`);
      await page.getByRole("heading", { name: "No such workspace" }).waitFor();
      expect(await page.getByText("golden-heron").count()).toBe(0);
    });
  });

  test("are changed to by the menu of the top bar", async () => {
    const session = await openSession(place.url, "ada");
    await visit(browser(), place.url, { path: "runs?q=golden", session }, async ({ page }) => {
      await page.getByRole("link", { name: "golden-heron", exact: true }).waitFor();
      await expectNoBarriers(page, "a page of a server with workspaces");
      await workspaceMenu(page).click();
      await page.getByRole("menuitem", { name: "forecasts" }).click();
      await page.waitForURL(`${place.url}workspaces/forecasts/`);
      await page.getByText("Waiting for the first run").waitFor();
      await workspaceMenu(page).click();
      await page.getByRole("menuitem", { name: "No workspace: the server itself" }).click();
      await page.waitForURL(place.url);
      await page.getByRole("heading", { name: "Overview" }).waitFor();
      expect(await workspaceMenu(page).textContent()).toBe("No workspace");
    });
  });

  test("are deleted and restored", async () => {
    const session = await openSession(place.url, "ada");
    await visit(browser(), place.url, { path: "settings?tab=workspaces", session }, async ({ page }) => {
      await page.getByRole("table", { name: "Workspaces" }).getByText("forecasts", { exact: true }).click();
      const inspector = page.getByRole("complementary", { name: "forecasts" });
      await inspector.getByRole("button", { name: "Delete", exact: true }).click();
      await page.getByRole("button", { name: "Delete the workspace" }).click();
      await inspector.getByText("It is deleted.").waitFor();
      await inspector.getByRole("button", { name: "Restore" }).click();
      await page.getByRole("button", { name: "Restore the workspace" }).click();
      await inspector.getByText("It is deleted.").waitFor({ state: "detached" });
      // Behind a dialog that closes there are no buttons yet.
      await expect.poll(() => inspector.getByRole("button", { name: "Delete", exact: true }).count()).toBe(1);
    });
  });
});
