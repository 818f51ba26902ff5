/** The flows: how each does, and the page of one with its trends and its tasks over runs. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { toPercent } from "../../dashboard/src/format/number.ts";
import { toDuration } from "../../dashboard/src/format/time.ts";
import { expectRecovery, failedAnswers } from "./harness/failing.ts";
import { describeInBrowser, type Place, usePlace } from "./harness/in-browser.ts";
import { recordRuns } from "./harness/record-runs.ts";
import { visit } from "./harness/visit.ts";

const rows = (page: Page, label = "Flows") => page.getByRole("table", { name: label }).locator("[data-row]");
const search = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
const pathOf = (page: Page): string => new URL(page.url()).pathname;

async function flowOf(place: Place, name: string): Promise<string> {
  const { items } = await place.api.listObjects("flow", { where: { field: "name", in: [name] } });
  return items[0]?.id ?? "";
}

describeInBrowser("the flows", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    test("say how each has done, what is late and what is next", () =>
      visit(browser(), place.url, { path: "flows" }, async ({ page, open }) => {
        await rows(page).first().waitFor();
        const { items: flows } = await place.api.listObjects("flow", {}, { limit: 100 });
        expect(await rows(page).count()).toBe(flows.length);
        const { items } = await place.api.summarizeFlows({ names: flows.map(({ name }) => name), since: 0, bars: 20 });
        for (const { flowName, counts, p50Ms, p95Ms } of items) {
          const text = await rows(page).filter({ hasText: flowName }).first().innerText();
          const { COMPLETED = 0, FAILED = 0, CRASHED = 0 } = counts;
          expect(text).toContain(toPercent(COMPLETED, COMPLETED + FAILED + CRASHED));
          for (const ms of [p50Ms, p95Ms]) expect(text).toContain(ms === null ? "–" : toDuration(ms));
        }
        // What should have begun by now does not stand there as if it were to come.
        const invoices = rows(page).filter({ hasText: "send-invoices" });
        expect(await invoices.innerText()).toContain("1 late");
        const sales = await rows(page).filter({ hasText: "daily-sales" }).innerText();
        expect(sales).toMatch(/in \d+m/);
        expect(sales).not.toContain("late");
        await invoices.getByRole("link", { name: "1 late" }).click();
        await expect.poll(() => search(page)).toEqual({ flow: "send-invoices", state: '["attention"]' });
        await page.getByRole("link", { name: "overdue-wren" }).waitFor();

        await open("flows?q=sync");
        await expect.poll(() => rows(page).count()).toBe(1);
        expect(await page.getByRole("textbox", { name: "Name of the flow" }).inputValue()).toBe("sync");
        await rows(page).first().getByRole("link").first().focus();
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: "sync-contacts" }).waitFor();
        await open("flows?q=nothing");
        await page.getByText("No flow matches").waitFor();
      }));

    test("the page of one has its runs, its trends and its tasks over runs, each at an address", async () => {
      const id = await flowOf(place, "sync-contacts");
      await visit(browser(), place.url, { path: `flows/flow/${id}` }, async ({ page, open }) => {
        const counts = await place.api.countFlowRuns({ flowNames: ["sync-contacts"] });
        const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
        await page.getByText(`${all} runs`, { exact: true }).waitFor();
        const { COMPLETED = 0, FAILED = 0, CRASHED = 0 } = counts;
        await page.getByText(`${toPercent(COMPLETED, COMPLETED + FAILED + CRASHED)} completed`).waitFor();
        await rows(page, "Runs of the flow").first().waitFor();
        expect(await page.getByRole("table", { name: "Runs of the flow" }).getAttribute("aria-rowcount")).toBe(
          String(all + 1),
        );

        await page.getByRole("link", { name: "Trends" }).click();
        await expect.poll(() => search(page)).toEqual({ tab: "trends" });
        await page.getByRole("combobox", { name: "How far back" }).selectOption("90d");
        await expect.poll(() => search(page)).toEqual({ tab: "trends", span: "90d" });
        const { items: runs } = await place.api.listFlowRuns(
          { flowNames: ["sync-contacts"], stateTypes: ["COMPLETED"] },
          "started-desc",
          { limit: 500 },
        );
        const took = runs
          .flatMap(({ startedAt, endedAt }) => (startedAt === null || endedAt === null ? [] : [endedAt - startedAt]))
          .toSorted((a, b) => a - b);
        const quantile = (part: number): string => toDuration(took[Math.ceil(took.length * part) - 1] ?? 0);
        await page
          .getByRole("figure", {
            name: `Durations of ${took.length} runs: p50 ${quantile(0.5)}, p95 ${quantile(0.95)}`,
          })
          .waitFor();
        await page
          .getByRole("figure", {
            name: `Success rate: ${toPercent(COMPLETED, COMPLETED + FAILED + CRASHED)} of ${COMPLETED + FAILED + CRASHED} runs that ended`,
          })
          .waitFor();

        await open(`flows/flow/${id}?tab=tasks`);
        const grid = page.getByRole("group", { name: /^Tasks over runs/ });
        await grid.waitFor();
        const told = await place.api.readTaskGrid({ flowName: "sync-contacts", runs: 40 });
        await page.getByText(`${told.taskNames.length} tasks over the newest ${told.runs.ids.length} runs`).waitFor();
        await grid.focus();
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("ArrowLeft");
        await page.keyboard.press("Enter");
        await expect.poll(() => pathOf(page)).toBe(`/runs/flow-run/${told.runs.ids[1]}`);
        expect(search(page)).toEqual({ tab: "tasks" });

        await open(`flows/flow/${id}?tab=deployments`);
        await page.getByRole("link", { name: "every-quarter-hour" }).waitFor();
      });
    });

    test("one is deleted with what is of it, once that is said", async () => {
      await recordRuns(place.api, [
        { flow: "to-be-deleted", name: "its-run", agoMs: 5000, tookMs: 1000, state: "Completed" },
      ]);
      const id = await flowOf(place, "to-be-deleted");
      await visit(browser(), place.url, { path: `flows/flow/${id}` }, async ({ page }) => {
        await page.getByText("1 run", { exact: true }).waitFor();
        await page.getByRole("button", { name: "More actions" }).click();
        await page.getByRole("menuitem", { name: /Delete the flow/ }).click();
        const dialog = page.getByRole("dialog", { name: "Delete the flow" });
        await dialog.getByText("0 deployments and 1 flow run").waitFor();
        expect(await place.api.readObject("flow", id)).not.toBeNull();
        await dialog.getByRole("button", { name: "Delete flow" }).click();
        await expect.poll(() => pathOf(page)).toBe("/flows");
        expect(await place.api.readObject("flow", id)).toBeNull();
        await expect.poll(() => rows(page).filter({ hasText: "to-be-deleted" }).count()).toBe(0);
      });
    });

    test("an error is told, and a server that is away is waited for", async () => {
      await visit(browser(), place.url, { path: "settings", tolerates: failedAnswers }, async ({ page }) => {
        await page.goto(`${place.url}flows/flow/00000000-0000-4000-8000-000000000000`);
        await page.getByText("There is no such flow").waitFor();
      });
      await expectRecovery(browser(), place.url, {
        path: "flows",
        asks: /\/v1\/objects\/flow\/filter/,
        shows: (page) => rows(page),
      });
    });
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("there are none until one runs", () =>
      visit(browser(), place.url, { path: "flows" }, async ({ page }) => {
        await page.getByText("No flows yet").waitFor();
        await page.locator("[data-live]").getByText("Live").waitFor();
        await recordRuns(place.api, [{ flow: "hello", name: "first", agoMs: 0, state: "Running" }]);
        await expect.poll(() => rows(page).filter({ hasText: "hello" }).count()).toBe(1);
      }));
  });
});
