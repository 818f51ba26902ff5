/** Settings: of this browser, of the server with where each value is from, how it does, and what a report of a defect needs. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectRecovery, failedAnswers } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import {
  cellOf,
  cellsOf,
  factOf,
  pathOf,
  rowOf,
  rowsOf,
  searchOf,
  tabTo,
  totalOf,
  watchClipboard,
} from "./harness/in-page.ts";
import { visit } from "./harness/visit.ts";

const tab = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Parts of the settings" }).getByRole("link", { name });
const region = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

describeInBrowser("settings", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    test("the configuration has each value, and where it is from", () =>
      visit(browser(), place.url, { path: "settings?tab=configuration" }, async ({ page, open }) => {
        const { settings } = await place.api.readServerSettings();
        const set = settings.filter(({ from }) => from !== "default");
        // The server was started with its home and its port.
        expect(set.length).toBeGreaterThan(0);
        expect(await totalOf(page, "Settings")).toBe(settings.length);
        await page.getByRole("checkbox", { name: "Only what is set" }).check();
        await expect.poll(() => totalOf(page, "Settings")).toBe(set.length);
        for (const { name, value, from } of set) {
          const cells = await cellsOf(rowOf(page, "Settings", name));
          expect([cells[1], cells[2]?.split(" (over")[0]], name).toEqual([
            value === null ? "not set" : String(value),
            from,
          ]);
        }
        await page.getByRole("checkbox", { name: "Only what is set" }).uncheck();
        await page.getByRole("textbox", { name: "Name of the setting" }).fill("nothing-is-called-so");
        await page.getByText("No setting matches").waitFor();
        expect(searchOf(page)).toEqual({ tab: "configuration", q: "nothing-is-called-so" });
        await open("settings?tab=configuration&set=true&q=home");
        await rowOf(page, "Settings", "home").waitFor();
        expect(await page.getByRole("checkbox", { name: "Only what is set" }).isChecked()).toBe(true);
      }));

    test("the status tells of the server, its database and its loops as they go", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page }) => {
        await tabTo(page, tab(page, "Status"));
        await page.keyboard.press("Enter");
        await expect.poll(() => searchOf(page)).toEqual({ tab: "status" });
        const { version, process, database, loops } = await place.api.readServerStatus();
        const server = await region(page, "Server").innerText();
        expect(server).toContain(version);
        expect(server).toContain(String(process.pid));
        expect(server).toContain(database.kind === "sqlite" ? "SQLite" : "PostgreSQL");
        for (const { name } of loops) await region(page, "Loops").getByText(name, { exact: true }).waitFor();
        expect(await region(page, "Loops").getByText("Failing").count()).toBe(0);
        await page.goBack();
        await expect.poll(() => searchOf(page)).toEqual({});
      }));

    test("diagnostics that are copied name the server and what is set, and no secret", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page }) => {
        const copied = await watchClipboard(page);
        await page.getByRole("button", { name: "Copy diagnostics" }).click();
        await page.getByText("The diagnostics are copied").waitFor();
        const text = await copied();
        const { info, status, settings, page: seen } = JSON.parse(text);
        expect(info).toMatchObject({ version: (await place.api.readServerInfo()).version });
        expect(status.loops.length).toBeGreaterThan(3);
        expect(settings.map(({ from }: { readonly from: string }) => from)).not.toContain("default");
        expect(seen).toMatchObject({ zone: "UTC" });
        expect(text).not.toContain("s3cr3t");
      }));

    test("preferences hold at once and after a reload, in this browser only", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page, open }) => {
        await page.getByRole("combobox", { name: "Theme" }).selectOption("dark");
        await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
        await page.getByLabel("Time zone").selectOption("Asia/Tokyo");
        await page.getByText(/It is .*GMT\+9 there/).waitFor();
        await page.getByLabel("Rows of tables").selectOption("comfortable");
        await page.getByRole("checkbox", { name: "Single keys are shortcuts" }).uncheck();
        await open("variables");
        expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
        const [row, changed] = [
          rowOf(page, "Variables", "regions"),
          { table: "Variables", row: "regions", head: "Changed" },
        ];
        expect((await row.boundingBox())?.height).toBe(40);
        expect(await (await cellOf(page, changed)).locator("time").getAttribute("title")).toContain("GMT+9");
        await page.keyboard.press("f");
        expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("BODY");
      }));

    test("what it says of access names the address, and that there is no control of it", () =>
      visit(browser(), place.url, { path: "settings?tab=account" }, async ({ page }) => {
        await page.getByText("This server has no access control:").waitFor();
        expect(await factOf(page, "You reach it at").innerText()).toBe(new URL(place.url).origin);
        await page.getByText("only programs and people of this machine do").waitFor();
        expect(pathOf(page)).toBe("/settings");
      }));

    test("an answer that fails is told, and asked for again; of diagnostics it is part", async () => {
      await expectRecovery(browser(), place.url, {
        path: "settings?tab=configuration",
        asks: "/v1/settings",
        shows: (page) => rowsOf(page, "Settings"),
      });
      await visit(browser(), place.url, { path: "settings", tolerates: failedAnswers }, async ({ page }) => {
        const copied = await watchClipboard(page);
        await page.route("**/v1/status", (route) => route.fulfill({ status: 503, body: "" }));
        await page.getByRole("button", { name: "Copy diagnostics" }).click();
        await page.getByText("The diagnostics are copied").waitFor();
        expect(JSON.parse(await copied())).toMatchObject({ status: { error: expect.stringContaining("503") } });
      });
    });
  });
});
