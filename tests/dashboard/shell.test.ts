/** What is around every page: the palette, the shortcuts, what a person sets for themselves. */

import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { findBarriers } from "./harness/accessible.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { ownRequests } from "./harness/measure.ts";
import { visit } from "./harness/visit.ts";
import { seededRuns } from "./seeds/seeds.ts";

const palette = (page: Page) => page.getByRole("dialog", { name: "Search or go to" });
const pathOf = (page: Page): string => new URL(page.url()).pathname;

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await palette(page).waitFor();
}

/** Letter by letter in one turn: a busy machine types too slowly to be sure that no pause is between two. */
async function typeAtOnce(input: Locator, text: string): Promise<void> {
  await input.evaluate((element, typed) => {
    for (let length = 1; length <= typed.length; length++) {
      // By the page's own setter, which React listens past.
      Reflect.set(HTMLInputElement.prototype, "value", typed.slice(0, length), element);
      element.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }, text);
}

describeInBrowser("the shell", (browser) => {
  const place = usePlace("small");

  test("the palette goes to a place, and gives the focus back when it is closed", () =>
    visit(browser(), place.url, { path: "runs" }, async ({ page }) => {
      const filter = page.getByRole("textbox", { name: "Name of the run or flow" });
      await filter.focus();
      await page.keyboard.press("Control+k");
      await palette(page).waitFor();
      expect(await findBarriers(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await palette(page).waitFor({ state: "detached" });
      expect(await filter.evaluate((element) => element === document.activeElement)).toBe(true);

      await openPalette(page);
      await page.keyboard.type("overv");
      await page.getByRole("option", { name: /Overview/ }).waitFor();
      await page.keyboard.press("Enter");
      await expect.poll(() => pathOf(page)).toBe("/");
    }));

  test("the palette finds a run by its name, and anything by the start of its id", () =>
    visit(browser(), place.url, { path: "" }, async ({ page }) => {
      await openPalette(page);
      await page.keyboard.type("golden-heron");
      // Also where it is found long after the last letter, Enter goes to the first.
      await page.getByRole("option", { name: /golden-heron/, selected: true }).waitFor();
      await page.keyboard.press("Enter");
      await expect.poll(() => pathOf(page)).toBe(`/runs/flow-run/${seededRuns.golden}`);

      await openPalette(page);
      await page.keyboard.type(seededRuns.failed.slice(0, 8));
      await page.getByRole("option", { name: seededRuns.failed }).click();
      await expect.poll(() => pathOf(page)).toBe(`/runs/flow-run/${seededRuns.failed}`);
    }));

  test("the palette finds what is called so of every kind, in a few questions once the typing rests", () =>
    visit(browser(), place.url, { path: "" }, async ({ page, requests, settle }) => {
      await openPalette(page);
      await settle();
      const before = ownRequests(requests).length;
      await typeAtOnce(palette(page).getByRole("combobox"), "golden-heron");
      await page.getByRole("option", { name: /golden-heron/, selected: true }).waitFor();
      await settle();
      const asked = ownRequests(requests).slice(before);
      // The names of eight kinds once, and then four questions.
      expect(asked.length, asked.join(" ")).toBeLessThanOrEqual(12);
      expect(asked.filter((path) => path.endsWith("/flow-runs/filter"))).toEqual([]);

      const { api } = place;
      const nameOf = async (kind: "automation" | "webhook" | "work-pool" | "worker" | "block-document" | "variable") =>
        (await api.listObjects(kind, {}, { limit: 1 })).items[0]?.name ?? "";
      const limits = await api.listObjects("concurrency-limit", {
        where: { not: { field: "name", startsWith: "deployment:" } },
      });
      const [artifact] = (await api.listArtifactRows({ where: { field: "key", isNull: false } }, { limit: 1 })).items;
      const [secret] = await api.listSecrets();
      const sought = [
        ["Automations", await nameOf("automation")],
        ["Webhooks", await nameOf("webhook")],
        ["Work pools", await nameOf("work-pool")],
        ["Workers", await nameOf("worker")],
        ["Limits", limits.items[0]?.name ?? ""],
        ["Blocks", await nameOf("block-document")],
        ["Variables", await nameOf("variable")],
        ["Secrets", secret?.name ?? ""],
        ["Artifacts", artifact?.key ?? ""],
      ] as const;
      const input = palette(page).getByRole("combobox");
      for (const [title, name] of sought) {
        expect(name, title).not.toBe("");
        await input.fill(name);
        await palette(page).getByRole("group", { name: title }).getByRole("option", { name, exact: true }).waitFor();
      }
    }));

  test("Enter goes to what is found although it is pressed before, and to what the page offers", () =>
    visit(browser(), place.url, { path: "" }, async ({ page }) => {
      await openPalette(page);
      await page.keyboard.type("golden-heron");
      await page.keyboard.press("Enter");
      await expect.poll(() => pathOf(page)).toBe(`/runs/flow-run/${seededRuns.golden}`);
      await page.getByRole("button", { name: "Run again with edits" }).waitFor();
      await openPalette(page);
      await page.keyboard.type("run again");
      await palette(page).getByRole("option", { name: "Run again with edits", selected: true }).waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: /Run again/ }).waitFor();
    }));

  test("the places fold to their icons, and the details beside a list are as wide as somebody has made them", () =>
    visit(browser(), place.url, { path: "limits" }, async ({ page, open }) => {
      const places = page.getByRole("navigation", { name: "Places" });
      const widthOf = async (of: Locator): Promise<number> => Math.round((await of.boundingBox())?.width ?? 0);
      expect(await widthOf(places)).toBe(200);
      await page.keyboard.press("[");
      await expect.poll(() => widthOf(places)).toBe(48);
      await places.getByRole("link", { name: "Limits" }).waitFor();
      const [limit] = (await place.api.listObjects("concurrency-limit", {}, { limit: 1 })).items;
      await open(`limits?limit=${limit?.id}`);
      expect(await widthOf(places)).toBe(48);
      const edge = page.getByRole("separator", { name: "Width of the details" });
      const details = page.getByRole("complementary");
      expect(await widthOf(details)).toBe(420);
      const box = await edge.boundingBox();
      if (box === null) throw new Error("It is in view.");
      await page.mouse.move(box.x + 2, box.y + 100);
      await page.mouse.down();
      await page.mouse.move(box.x - 98, box.y + 100, { steps: 4 });
      await page.mouse.up();
      await expect.poll(() => widthOf(details)).toBeGreaterThan(500);
      await edge.press("Home");
      await expect.poll(() => widthOf(details)).toBe(320);
      await open("limits");
      await open(`limits?limit=${limit?.id}`);
      expect(await widthOf(details)).toBe(320);
      await places.hover();
      await places.getByRole("button", { name: "Unfold the places" }).click();
      await expect.poll(() => widthOf(places)).toBe(200);
    }));

  test("two letters go to a place, and single keys do something, but not while somebody types", () =>
    visit(browser(), place.url, { path: "" }, async ({ page }) => {
      await page.keyboard.type("gr");
      await expect.poll(() => pathOf(page)).toBe("/runs");
      await page.getByRole("textbox", { name: "Name of the run or flow" }).waitFor();
      await page.keyboard.press("f");
      await page.keyboard.type("go?");
      const filter = page.getByRole("textbox", { name: "Name of the run or flow" });
      await expect.poll(() => filter.inputValue()).toBe("go?");
      expect(await page.getByRole("dialog").count()).toBe(0);
    }));

  test("the shortcuts are listed, and can be switched off", () =>
    visit(browser(), place.url, { path: "runs" }, async ({ page, settle }) => {
      await page.getByRole("heading", { name: "Runs" }).waitFor();
      await page.keyboard.press("?");
      const list = page.getByRole("dialog", { name: "Shortcuts" });
      await list.waitFor();
      expect(await list.textContent()).toContain("Go to Overview");
      expect(await findBarriers(page)).toEqual([]);
      await list.getByRole("checkbox", { name: /Single keys/ }).uncheck();
      await page.keyboard.press("Escape");
      await list.waitFor({ state: "detached" });

      await page.reload();
      await settle();
      await page.keyboard.type("go");
      await page.keyboard.press("?");
      await page.waitForTimeout(300);
      expect(pathOf(page)).toBe("/runs");
      expect(await page.getByRole("dialog").count()).toBe(0);
      // With Control a key is none of those that are pressed by mistake.
      await page.keyboard.press("Control+k");
      await palette(page).waitFor();
    }));

  test("the theme is the system's until another is chosen, which stays", () =>
    visit(browser(), place.url, { path: "", theme: "dark" }, async ({ page, settle }) => {
      const theme = (): Promise<string | undefined> => page.evaluate(() => document.documentElement.dataset.theme);
      expect(await theme()).toBe("dark");
      await page.getByRole("button", { name: "Theme" }).click();
      await page.getByRole("menuitemradio", { name: "Light" }).click();
      await expect.poll(theme).toBe("light");
      await page.reload();
      await settle();
      expect(await theme()).toBe("light");
    }));

  test("the height of rows and the zone of times are switched on any page, and stay", () =>
    visit(browser(), place.url, { path: "runs?q=golden-heron", timezone: "Asia/Kolkata" }, async ({ page, settle }) => {
      const row = page.getByRole("table", { name: "Runs" }).locator("[data-row]").first();
      const heightOf = async (): Promise<number> => Math.round((await row.boundingBox())?.height ?? 0);
      const timeOf = (): Promise<string | null> => row.locator("time").first().getAttribute("title");
      const choose = async (name: string): Promise<void> => {
        await page.getByRole("button", { name: "Theme, rows and times" }).click();
        await page.getByRole("menuitemradio", { name, exact: true }).click();
      };
      expect(await heightOf()).toBe(32);
      expect(await timeOf()).toContain("GMT+5:30");
      await choose("Compact");
      await expect.poll(heightOf).toBe(26);
      await choose("UTC");
      await expect.poll(timeOf).toContain("UTC");
      await page.reload();
      await settle();
      expect([await heightOf(), await timeOf()]).toEqual([26, expect.stringContaining("UTC")]);
      await choose("This computer's");
      await expect.poll(timeOf).toContain("GMT+5:30");
    }));

  test("times are those of the zone that is set", async () => {
    const titleIn = (zone: string, timezone: string): Promise<string | null> =>
      visit(browser(), place.url, { path: "runs?q=golden-heron", timezone, preferences: { zone } }, ({ page }) =>
        page.getByRole("table", { name: "Runs" }).locator("time").first().getAttribute("title"),
      );
    const local = await titleIn("local", "Asia/Kolkata");
    const utc = await titleIn("UTC", "Asia/Kolkata");
    expect(local).toContain("GMT+5:30");
    expect(utc).toContain("UTC");
    expect(await titleIn("America/New_York", "Asia/Kolkata")).toMatch(/EST|EDT|GMT-[45]/);
  });

  test("the address of no page says so, and the places stay", () =>
    visit(browser(), place.url, { path: "runs" }, async ({ page }) => {
      await page.goto(`${place.url}no/such/page`);
      await page.getByRole("navigation", { name: "Places" }).waitFor();
      await page.getByRole("link", { name: "Runs", exact: true }).click();
      await page.getByRole("heading", { name: "Runs" }).waitFor();
      expect(pathOf(page)).toBe("/runs");
    }));
});
