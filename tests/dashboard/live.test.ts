/** The page follows what happens, through a break of the server and where no stream gets through. */

import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { startLiveRun } from "./harness/live-run.ts";
import { isMarked, markPage } from "./harness/one-load.ts";
import { startProxy } from "./harness/proxy.ts";
import { recordRuns } from "./harness/record-runs.ts";
import { visit } from "./harness/visit.ts";
import { fillLedger } from "./seeds/seed-ledger.ts";
import type { RunSpec } from "./seeds/run-spec.ts";

const chip = (page: Page) => page.locator("[data-live]");
const run = (name: string): RunSpec => ({ flow: "news", name, agoMs: 0, tookMs: 0, state: "Running" });
const row = (page: Page, name: string) => page.getByRole("link", { name, exact: true });

/** What the console says of requests that were not answered. */
const unanswered =
  /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|Failed to load resource/;

describeInBrowser("live", (browser) => {
  const place = usePlace("small");

  const record = (name: string) => recordRuns(place.api, [run(name)]);

  test("a run that begins is there within a moment", () =>
    visit(browser(), place.url, { path: "runs" }, async ({ page }) => {
      await chip(page).getByText("Live").waitFor();
      await record("first-news");
      await expect.poll(() => row(page, "first-news").count()).toBe(1);
    }));

  test("a server that is started again is waited for: no reload, and nothing is lost", () =>
    visit(browser(), place.url, { path: "runs", tolerates: unanswered }, async ({ page }) => {
      await chip(page).getByText("Live").waitFor();
      await markPage(page);
      await place.stopServer();
      await chip(page).getByText("Reconnecting").waitFor({ timeout: 15_000 });
      // The page keeps what it shows.
      await row(page, "golden-heron").waitFor();
      await fillLedger({ home: place.home }, async ({ addRuns }) => void (await addRuns([run("meanwhile")])));
      await place.startServer();
      await chip(page).getByText("Live").waitFor({ timeout: 30_000 });
      await row(page, "meanwhile").waitFor({ timeout: 15_000 });
      await record("after-it");
      await row(page, "after-it").waitFor({ timeout: 15_000 });
      expect(await isMarked(page)).toBe(true);
    }));

  test.each([
    ["ahead", 5],
    ["behind", -5],
  ])("a browser whose clock is five minutes %s shows times as the server has them", async (name, minutes) => {
    const going = await startLiveRun(place.api, { flow: "skewed", name, agoMs: 65_000 });
    await going.record([{ task: "work", fromMs: 1000, tookMs: 0, state: "Running" }]);
    const startedAt = (await place.api.readFlowRun(going.id))?.startedAt ?? 0;
    const path = `runs/flow-run/${going.id}`;
    await visit(browser(), place.url, { path, clockAheadMs: minutes * 60_000 }, async ({ page, open }) => {
      const ageOf = (text: string): number => {
        const [, minute = "0", second = "0"] = /So far (?:(\d+)m )?(\d+)/.exec(text) ?? [];
        return Number(minute) * 60 + Number(second);
      };
      const earliest = (Date.now() - startedAt) / 1000;
      const age = ageOf(await page.getByRole("main").innerText());
      const latest = (Date.now() - startedAt) / 1000;
      // Answers say the time to the second, and seconds are cut off.
      expect(age).toBeGreaterThanOrEqual(earliest - 3);
      expect(age).toBeLessThanOrEqual(latest + 3);
      expect(await page.getByRole("treegrid").getByRole("row").textContent()).toMatch(/^work1m /);
      await open("runs?q=skewed");
      const listed = await page.getByRole("table", { name: "Runs" }).locator("[data-row]").first().innerText();
      expect(listed).toContain("1m");
      expect(listed).not.toMatch(/-\d|in \d/);
    });
  });

  test("behind a proxy that collects answers it asks again and again, and shows what is new", async () => {
    await using proxy = await startProxy({ target: place.url, collects: true });
    await visit(browser(), proxy.url, { path: "runs" }, async ({ page }) => {
      await chip(page).getByText("Polling").waitFor({ timeout: 20_000 });
      await record("polled-news");
      await expect.poll(() => row(page, "polled-news").count()).toBe(1);
    });
  });

  test("a ledger that was deleted, or put back to what it once was, is followed from where it is", () =>
    visit(browser(), place.url, { path: "runs", tolerates: unanswered }, async ({ page }) => {
      await chip(page).getByText("Live").waitFor();
      await row(page, "golden-heron").waitFor();
      await place.stopServer();
      await chip(page).getByText("Reconnecting").waitFor({ timeout: 15_000 });
      for (const file of readdirSync(place.home)) if (file.startsWith("ledger.db")) rmSync(join(place.home, file));
      await fillLedger({ home: place.home }, async ({ addRuns }) => void (await addRuns([run("of-another-ledger")])));
      await place.startServer();
      await chip(page).getByText("Live").waitFor({ timeout: 30_000 });
      await row(page, "of-another-ledger").waitFor({ timeout: 15_000 });
      expect(await row(page, "golden-heron").count()).toBe(0);
      await record("after-it");
      await row(page, "after-it").waitFor({ timeout: 15_000 });
    }));
});
