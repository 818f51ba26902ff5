/** The log of a run: what is shown of it, found in it, and taken along. */

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { startLiveRun } from "./harness/live-run.ts";
import { visit } from "./harness/visit.ts";
import type { LogSpec } from "./seeds/run-spec.ts";

const log = (page: Page) => page.getByRole("log", { name: "Log" });
const lines = (page: Page) => log(page).locator("[data-line]");
const param = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

/** All of the 40 lines are in view. */
const height = 1400;

/** 40 lines, one a second, of two loggers; line 21 is an error, line 31 another. */
const forty: readonly LogSpec[] = Array.from({ length: 40 }, (_, index) => ({
  atMs: index * 1000,
  logger: index % 4 === 0 ? "db" : "http",
  level: index === 20 || index === 30 ? "error" : "info",
  message: index === 5 ? "10 %\r50 %\r100 % done" : index === 6 ? "\u001b[32mgreen\u001b[0m" : `line ${index + 1}`,
}));

describeInBrowser("logs", (browser) => {
  const place = usePlace("small");

  async function startRun(name: string): Promise<string> {
    const run = await startLiveRun(place.api, { flow: "logs", name, agoMs: 60_000 });
    await run.log(forty);
    return `runs/flow-run/${run.id}?tab=logs`;
  }

  async function choose(page: Page, item: string): Promise<void> {
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: item }).click();
  }

  test("a logger and a time stand in the address, and leave the lines that they name", async () => {
    const path = await startRun("narrow");
    await visit(browser(), place.url, { path: `${path}&line=11-21`, height }, async ({ page, open }) => {
      await expect.poll(() => lines(page).count()).toBe(40);
      await choose(page, "Only lines from the chosen one on");
      await expect.poll(() => lines(page).count()).toBe(30);
      await page.getByRole("combobox", { name: "Logger" }).selectOption("db");
      await expect.poll(() => lines(page).allTextContents()).toHaveLength(7);
      expect(param(page, "logger")).toBe("db");
      const since = param(page, "since") ?? "";
      // The same for whom it is sent to, and up to a time as well.
      const until = new Date(Date.parse(since) + 10_500).toISOString();
      await open(`${path}&logger=db&since=${since}&until=${until}`);
      await expect.poll(() => lines(page).count()).toBe(3);
      const messages = async () => (await lines(page).allTextContents()).map((text) => /line \d+$/.exec(text)?.[0]);
      await expect.poll(messages).toEqual(["line 13", "line 17", "line 21"]);
      await page.getByTitle("Show lines of all times").click();
      await expect.poll(() => lines(page).count()).toBe(10);
      expect(param(page, "since")).toBeNull();
    });
  });

  test("what is found is shown with lines around it, errors are gone to, and colours and progress are as meant", async () => {
    const path = await startRun("find");
    await visit(browser(), place.url, { path, height }, async ({ page }) => {
      await expect.poll(() => lines(page).count()).toBe(40);
      await expect.poll(async () => (await lines(page).allTextContents())[39]).toContain("line 40");
      const shown = await lines(page).allTextContents();
      expect(shown[5]).toContain("100 % done");
      expect(shown[5]).not.toContain("50 %");
      expect(shown[6]).toMatch(/green$/);
      await page.getByRole("button", { name: "2 errors" }).click();
      await expect.poll(() => param(page, "line")).toBe("21");
      await page.getByRole("button", { name: "Next error" }).click();
      await expect.poll(() => param(page, "line")).toBe("31");
      await page.getByRole("textbox", { name: "Find in the log" }).fill("line 2");
      await page
        .getByRole("status")
        .getByText(/^(\d+ of )?11( found)?$/)
        .waitFor();
      await page.getByRole("textbox", { name: "Find in the log" }).fill("line 12");
      await page.getByRole("button", { name: "Only matches" }).click();
      await expect.poll(() => lines(page).count()).toBe(1);
      await page.getByRole("combobox", { name: "Lines around each match" }).selectOption("2");
      await expect.poll(() => lines(page).count()).toBe(5);
      await expect.poll(async () => (await lines(page).allTextContents())[2]).toContain("line 12");
      expect(param(page, "around")).toBe("2");
    });
  });

  test("what is shown is downloaded, or all of it, as text and as JSON", async () => {
    const path = await startRun("download");
    await visit(browser(), place.url, { path: `${path}&logger=db&level=error` }, async ({ page }) => {
      await expect.poll(() => lines(page).count()).toBe(1);
      const download = async (item: string): Promise<readonly string[]> => {
        const [started] = await Promise.all([page.waitForEvent("download"), choose(page, item)]);
        return readFileSync(await started.path(), "utf8")
          .trimEnd()
          .split("\n");
      };
      const text = await download("Download shown lines as text");
      expect(text).toHaveLength(1);
      expect(text[0]).toMatch(/^\d{4}-\d\d-\d\dT\S+Z ERROR db {2}line 21$/);
      const all = await download("Download all as NDJSON");
      expect(all).toHaveLength(40);
      expect(JSON.parse(all[6] ?? "")).toMatchObject({ logger: "http", message: "\u001b[32mgreen\u001b[0m" });
    });
  });

  test("lines that are written meanwhile come at the end, which is stayed at until somebody leaves it", async () => {
    const run = await startLiveRun(place.api, { flow: "logs", name: "follow", agoMs: 60_000 });
    await run.log(Array.from({ length: 200 }, (_, index) => ({ atMs: index, message: `old ${index + 1}` })));
    await visit(browser(), place.url, { path: `runs/flow-run/${run.id}?tab=logs` }, async ({ page }) => {
      await lines(page).getByText("old 200").waitFor();
      await run.log([{ atMs: 500, message: "new 1" }]);
      await expect.poll(() => lines(page).getByText("new 1").count()).toBe(1);
      await log(page).focus();
      await page.keyboard.press("Home");
      await lines(page).getByText("old 1", { exact: true }).waitFor();
      await run.log([{ atMs: 501, message: "new 2" }]);
      await page.getByRole("button", { name: "1 new line" }).click();
      await expect.poll(() => lines(page).getByText("new 2").count()).toBe(1);
    });
  });
});
