/** The list of runs: what is in its address, by keyboard alone, and with whatever runs are called. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { visit } from "./harness/visit.ts";

const chip = (page: Page, name: string) => page.getByRole("group", { name: "States" }).getByRole("button", { name });
const filter = (page: Page) => page.getByRole("textbox", { name: "Name of the run or flow" });
const rows = (page: Page) => page.getByRole("table", { name: "Runs" }).locator("[data-row]");
const search = (page: Page): URLSearchParams => new URL(page.url()).searchParams;
const total = async (page: Page): Promise<number> =>
  Number(await page.getByRole("table", { name: "Runs" }).getAttribute("aria-rowcount")) - 1;

describeInBrowser("the list of runs", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    test("filters go into the address, and an address brings them back", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, settle, open }) => {
        const all = await total(page);
        await chip(page, "Failed").click();
        await settle();
        const failed = await total(page);
        expect(failed).toBeGreaterThan(0);
        expect(failed).toBeLessThan(all);
        expect(search(page).get("state")).toBe('["failed"]');
        await chip(page, "Crashed").click();
        await filter(page).fill("sales");
        await page.getByRole("combobox", { name: "How far back" }).selectOption("30d");
        await settle();
        const address = page.url();
        const shown = await total(page);
        expect(Object.fromEntries(search(page))).toEqual({ state: '["failed","crashed"]', q: "sales", since: "30d" });

        await open("");
        await page.goto(address);
        await settle();
        expect(await filter(page).inputValue()).toBe("sales");
        expect(await chip(page, "Failed").getAttribute("aria-pressed")).toBe("true");
        expect(await chip(page, "Running").getAttribute("aria-pressed")).toBe("false");
        expect(await total(page)).toBe(shown);
      }));

    test("whatever is typed into the address, the page holds", () =>
      visit(
        browser(),
        place.url,
        { path: "runs?state=nonsense&since=12&q=5&flow=%5B%5D&sort=__proto__" },
        async ({ page }) => {
          await page.getByRole("heading", { name: "Runs" }).waitFor();
          expect(await filter(page).inputValue()).toBe("5");
        },
      ));

    test("by keyboard alone: from the skip link to a run and back", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page }) => {
        await page.keyboard.press("Tab");
        expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the page");
        await page.keyboard.press("Enter");
        await page.keyboard.press("f");
        await page.keyboard.type("golden-heron");
        await expect.poll(() => rows(page).count()).toBe(1);
        // On through the filters into the table.
        for (let step = 0; step < 30; step++) {
          await page.keyboard.press("Tab");
          if (await page.evaluate(() => document.activeElement?.matches("[data-row] a") === true)) break;
        }
        expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("golden-heron");
        await page.keyboard.press("Enter");
        await expect.poll(() => new URL(page.url()).pathname).toContain("/runs/flow-run/");
        await page.goBack();
        await expect.poll(() => filter(page).inputValue()).toBe("golden-heron");
      }));

    test("arrows go from row to row, and Enter opens the one with the focus", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page }) => {
        await rows(page).first().getByRole("link").first().focus();
        const at = (): Promise<string | null | undefined> =>
          page.evaluate(() => document.activeElement?.closest("[data-row]")?.getAttribute("aria-rowindex"));
        await page.keyboard.press("ArrowDown");
        expect(await at()).toBe("3");
        await page.keyboard.press("j");
        expect(await at()).toBe("4");
        await page.keyboard.press("k");
        expect(await at()).toBe("3");
        await page.keyboard.press("Enter");
        await expect.poll(() => new URL(page.url()).pathname).toContain("/runs/flow-run/");
      }));
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("it says how to begin, and a filter that nothing meets says that", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, open }) => {
        await page.getByText("No runs yet").waitFor();
        await open("runs?q=x");
        await page.getByText("No run matches").waitFor();
        expect(await page.getByText("No runs yet").count()).toBe(0);
      }));
  });

  describe("over hostile data", () => {
    const place = usePlace("hostile");

    test("down to its end, no script runs, and each row is as high as the others", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, settle }) => {
        const scroller = page.getByRole("table", { name: "Runs" }).locator("..");
        for (let step = 0; step < 12; step++) {
          await scroller.evaluate((element) => element.scrollBy(0, 2000));
          await settle();
          const heights = await page.evaluate(() => [
            ...new Set([...document.querySelectorAll("[data-row]")].map(({ clientHeight }) => clientHeight)),
          ]);
          expect(heights).toHaveLength(1);
        }
        await page.keyboard.press("Control+k");
        await page.getByRole("dialog", { name: "Search or go to" }).waitFor();
        await page.keyboard.type("<img");
        await settle();
        await page.getByRole("option").first().waitFor();
      }));
  });
});
