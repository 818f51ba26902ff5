/** Secrets: their names and when they were set. A value is never shown, nor in any answer that the page got. */

import { describe, expect, test } from "vitest";
import { expectRecovery } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { cellOf, dialogOf, rowOf, rowsOf, searchOf, tabTo, totalOf, watchAnswers } from "./harness/in-page.ts";
import { visit } from "./harness/visit.ts";

const table = "Secrets";

describeInBrowser("secrets", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");
    const names = async (): Promise<readonly string[]> => (await place.api.listSecrets()).map(({ name }) => name);

    test("names and times are there, and neither a value nor what it is sealed as", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page, open }) => {
        const answers = watchAnswers(page);
        await open("secrets");
        const secrets = await place.api.listSecrets();
        expect(await totalOf(page, table)).toBe(secrets.length);
        for (const { name, updatedAt } of secrets) {
          const set = await (await cellOf(page, { table, row: name, head: "Set" }))
            .locator("time")
            .getAttribute("datetime");
          expect(Math.abs(Date.parse(set ?? "") - updatedAt), name).toBeLessThan(1);
          const { sealed = "" } = (await place.api.readSecret(name)) ?? {};
          expect(sealed.length).toBeGreaterThan(20);
          expect(await answers()).not.toContain(sealed);
        }
        expect(await answers()).toContain("crm-token");
        expect(await answers()).not.toContain("a value that nobody sees");
        const command = page.getByRole("button", { name: "Copy the command that sets crm-token" });
        expect(await command.count()).toBe(1);
      }));

    test("a part of the name finds it, and is in the address", () =>
      visit(browser(), place.url, { path: "secrets" }, async ({ page, open }) => {
        const filter = page.getByRole("textbox", { name: "Name of the secret" });
        await filter.fill("WARE");
        await expect.poll(() => rowsOf(page, table).allInnerTexts()).toHaveLength(1);
        await rowOf(page, table, "warehouse-password").waitFor();
        await filter.fill("nothing-is-called-so");
        await page.getByText("No secret matches").waitFor();
        expect(searchOf(page)).toEqual({ q: "nothing-is-called-so" });
        await open("secrets?q=crm");
        await rowOf(page, table, "crm-token").waitFor();
        expect([await filter.inputValue(), await rowsOf(page, table).count()]).toEqual(["crm", 1]);
      }));

    test("one that is set elsewhere is there within a moment, and by keyboard alone is deleted by who says so twice", () =>
      visit(browser(), place.url, { path: "secrets" }, async ({ page }) => {
        await place.api.writeSecret({ name: "leaving", sealed: "not to be opened" });
        await rowOf(page, table, "leaving").waitFor();
        const remove = page.getByRole("button", { name: "Delete the secret leaving" });
        await tabTo(page, remove);
        await page.keyboard.press("Enter");
        await dialogOf(page, "Delete the secret?").getByText("Its value cannot be brought back").waitFor();
        await page.keyboard.press("Escape");
        // The focus is again where it came from.
        await expect.poll(() => remove.evaluate((button) => button === document.activeElement)).toBe(true);
        expect(await names()).toContain("leaving");
        await page.keyboard.press("Enter");
        await tabTo(page, page.getByRole("dialog").getByRole("button", { name: "Delete the secret" }));
        await page.keyboard.press("Enter");
        await rowOf(page, table, "leaving").waitFor({ state: "detached" });
        expect(await names()).not.toContain("leaving");
      }));

    test("an answer that fails is told, and asked for again", () =>
      expectRecovery(browser(), place.url, {
        path: "secrets",
        asks: "/v1/secrets",
        shows: (page) => rowsOf(page, table),
      }));
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("it says what they are for, and how to set one", () =>
      visit(browser(), place.url, { path: "secrets" }, async ({ page }) => {
        await page.getByText("No secrets yet").waitFor();
        expect(await page.getByRole("alert").count()).toBe(0);
        await page.getByText("millrace secret set service-token").waitFor();
      }));
  });
});
