/** The calendar: each day's runs as the ledger has them, what is planned, and running what a day has missed. */

import type { Client } from "millrace/client";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { toLongDay, toMonthName } from "../../dashboard/src/pages/calendar/day-words.ts";
import { lookOf } from "../../dashboard/src/states/families.ts";
import { expectRecovery } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { visit } from "./harness/visit.ts";

const dayMs = 86_400_000;
const search = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
const month = (page: Page) => page.getByRole("table", { name: "Runs by day" });
const keyOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const midnight = (at: number): number => Math.floor(at / dayMs) * dayMs;

/** Of a day in UTC: how many have begun, or should have. */
async function countDay(api: Client, from: number): Promise<number> {
  const where = {
    all: [
      { field: "parentRunId", isNull: true },
      { field: "expectedAt", atLeast: from, below: from + dayMs },
    ],
  };
  const { items } = await api.listFlowRuns({ where }, "created-desc", { limit: 1000 });
  return items.filter(({ state }) => lookOf(state).family !== "waiting").length;
}

describeInBrowser("the calendar", (browser) => {
  describe("over a team's week", () => {
    const place = usePlace("small");

    test("has each day's runs, which a click lists, and what is planned; month and year stand in the address", () =>
      visit(browser(), place.url, { path: "calendar" }, async ({ page, settle, open }) => {
        await month(page).waitFor();
        const yesterday = midnight(Date.now()) - dayMs;
        await open(`calendar?month=${keyOf(yesterday).slice(0, 7)}`);
        const link = page.getByRole("link", { name: new RegExp(`^${toLongDay(keyOf(yesterday))}: `) });
        const count = await countDay(place.api, yesterday);
        expect(await link.innerText()).toContain(`${count} runs`);
        await link.focus();
        await page.keyboard.press("Enter");
        await expect.poll(() => search(page)).toEqual({ from: String(yesterday), to: String(yesterday + dayMs) });
        await settle();
        // The list has those that wait too.
        const rows = Number(await page.getByRole("table", { name: "Runs" }).getAttribute("aria-rowcount")) - 1;
        expect(rows).toBeGreaterThanOrEqual(count);

        await open("calendar?month=2026-02");
        await page.getByText(toMonthName("2026-02"), { exact: true }).waitFor();
        await page.getByRole("button", { name: "The month after" }).click();
        await expect.poll(() => search(page).month).toBe("2026-03");
        await page.getByRole("combobox", { name: "What is shown" }).selectOption("year");
        await expect.poll(() => search(page)).toEqual({ month: "2026-03", view: "year" });
        const today = await page.evaluate(() => Date.now());
        await open(`calendar?view=year&month=${keyOf(today).slice(0, 7)}`);
        const days = page.getByRole("slider", { name: "Day of the year" });
        await days.focus();
        await page.keyboard.press("Home");
        expect(await days.getAttribute("aria-valuetext")).toContain("1 January");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("ArrowRight");
        expect(await days.getAttribute("aria-valuetext")).toContain("9 January");
        await page.keyboard.press("Enter");
        await expect.poll(() => new URL(page.url()).pathname).toBe("/runs");
      }));

    test("of a deployment it has what is to come, and makes what a day has missed", async () => {
      const saved = await place.api.saveDeployment({
        flowName: "daily-backup",
        name: "nightly",
        entrypoint: "flows/backup.ts:main",
        schedules: [{ slug: "four", active: true, spec: { kind: "cron", cron: "0 */6 * * *", timezone: "UTC" } }],
      });
      const { id } = saved.deployment;
      const day = midnight(Date.now()) - 3 * dayMs;
      const path = `calendar?month=${keyOf(day).slice(0, 7)}&deployment=${id}`;
      await visit(browser(), place.url, { path }, async ({ page }) => {
        const cell = page.getByRole("cell").filter({ hasText: `${toLongDay(keyOf(day))}: no runs` });
        await page.getByRole("link", { name: "See its schedules" }).waitFor();
        expect(await page.getByRole("combobox", { name: "Deployment" }).inputValue()).toBe(id);
        await cell.getByRole("button", { name: "Run for this day" }).click();
        const dialog = page.getByRole("dialog", { name: `Run for ${toLongDay(keyOf(day))}` });
        await dialog.getByRole("button", { name: "Make 4 runs" }).waitFor();
        expect(await dialog.innerText()).toContain("millrace deployment backfill daily-backup/nightly");
        const where = { field: "dueAt", atLeast: day, below: day + dayMs };
        const made = () =>
          place.api.listFlowRuns({ where: { all: [{ field: "deploymentId", in: [id] }, where] } }, "due-asc");
        expect((await made()).items).toHaveLength(0);
        await dialog.getByRole("button", { name: "Make 4 runs" }).click();
        await dialog.waitFor({ state: "detached" });
        expect((await made()).items.map(({ dueAt }) => dueAt)).toEqual(
          [0, 6, 12, 18].map((hour) => day + hour * 3_600_000),
        );
        await expect.poll(() => cell.count()).toBe(0);
      });
    });

    test("where more is planned than it counts, a month and a year say so", async () => {
      const { deployment } = await place.api.saveDeployment({
        flowName: "heartbeat",
        name: "each-minute",
        entrypoint: "flows/heartbeat.ts:main",
        schedules: [{ slug: "minute", active: true, spec: { kind: "cron", cron: "* * * * *", timezone: "UTC" } }],
      });
      // A whole month of minutes is more than is counted.
      const next = new Date(midnight(Date.now()) + 40 * dayMs).toISOString().slice(0, 7);
      const path = `calendar?month=${next}&deployment=${deployment.id}`;
      await visit(browser(), place.url, { path }, async ({ page, open }) => {
        await page.getByText("More is planned than is counted: of those with very many times").waitFor();
        const last = page.getByRole("link", { name: /: no runs, more planned than is counted$/ }).last();
        expect(await last.innerText()).toContain("+");
        expect(await page.getByText("Nothing has run or is planned in this time.").count()).toBe(0);
        await open(`${path}&view=year`);
        const legend = page.getByRole("list", { name: "What the days show" });
        await legend.getByText("More is planned than is counted").waitFor();
        const days = page.getByRole("slider", { name: "Day of the year" });
        await days.focus();
        await page.keyboard.press("End");
        expect(await days.getAttribute("aria-valuetext")).toMatch(/more planned than is counted$/);
        // Each of them has a plus.
        expect(await days.locator("svg path").count()).toBeGreaterThan(0);
      });
    });

    test("an error is told, and a server that is away is waited for", () =>
      expectRecovery(browser(), place.url, {
        path: "calendar",
        asks: /\/v1\/runs\/history/,
        shows: (page) => month(page),
      }));
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("no day has runs, and it is said what makes some", () =>
      visit(browser(), place.url, { path: "calendar" }, async ({ page }) => {
        await month(page)
          .getByRole("link", { name: /: no runs$/ })
          .first()
          .waitFor();
        await page.getByText("Nothing has run or is planned in this time.").waitFor();
        await page.getByRole("link", { name: "See the deployments" }).click();
        await expect.poll(() => new URL(page.url()).pathname).toBe("/deployments");
      }));
  });
});
