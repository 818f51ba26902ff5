/** The page of a task run: what went in and came out, its attempts, its cache, its error, and those beside it. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { toDuration } from "../../dashboard/src/format/time.ts";
import { expectRecovery, failedAnswers } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { visit } from "./harness/visit.ts";
import { taskIdOf } from "./seeds/run-spec.ts";
import { seededRuns } from "./seeds/seeds.ts";

const search = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
const pathOf = (page: Page): string => new URL(page.url()).pathname;
const panel = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

describeInBrowser("the page of a task run", (browser) => {
  const place = usePlace("small");
  const failed = (name: string): string => taskIdOf(seededRuns.failed, name);
  const golden = (name: string): string => taskIdOf(seededRuns.golden, name);

  test("shows what went wrong, each attempt with its logs, what went in, and what it was of", () =>
    visit(browser(), place.url, { path: `runs/task-run/${failed("evaluate")}` }, async ({ page, settle }) => {
      const run = await place.api.readTaskRun(failed("evaluate"));
      if (run === null) throw new Error("The seed has no such task run.");
      const error = page.getByRole("region", { name: "Error" });
      await error.getByText("Cannot read properties of undefined (reading 'loss')").waitFor();
      await error.getByText("flows/train-model.ts:88:21").waitFor();
      const head = await page.getByRole("main").innerText();
      expect(head).toContain("attempt 2");
      expect(head).toContain(toDuration((run.endedAt ?? 0) - (run.startedAt ?? 0)));
      await page.getByRole("link", { name: "crimson-newt" }).waitFor();

      const attempts = panel(page, "Attempts").getByRole("list", { name: "Attempts" }).getByRole("listitem");
      expect(await attempts.count()).toBe(2);
      expect(await attempts.nth(0).innerText()).toContain("HTTP 503");
      const retry = run.history.findIndex(({ name }) => name === "AwaitingRetry");
      const waitedMs = (run.history[retry + 1]?.at ?? 0) - (run.history[retry]?.at ?? 0);
      expect((await attempts.nth(1).innerText()).replace(/\s+/g, " ")).toContain(`waited ${toDuration(waitedMs)}`);

      const inputs = panel(page, "Inputs");
      expect(await inputs.innerText()).toContain('"evaluate", { rows: 48 }');
      for (const name of ["train fold-1", "train fold-2"]) {
        const link = inputs.getByRole("link", { name, exact: true });
        expect(await link.getAttribute("href")).toContain(failed(name));
      }
      expect(await panel(page, "Result").innerText()).toContain("None");

      await attempts.nth(1).getByRole("link", { name: "Logs of this attempt" }).click();
      await expect.poll(() => search(page)).toEqual({ tab: "logs", attempt: "2" });
      await settle();
      await page.getByText("TypeError: Cannot read properties").first().waitFor();

      await page.getByRole("link", { name: "History" }).click();
      const states = panel(page, "States").locator("tbody tr");
      await expect.poll(() => states.count()).toBe(run.history.length);
      expect(await states.first().innerText()).toContain("Failed");
    }));

  test("says of a cached one why and by which key, and gives the result of one that ran", () =>
    visit(browser(), place.url, { path: `runs/task-run/${failed("load-data")}` }, async ({ page, open }) => {
      const cache = await panel(page, "Cache").innerText();
      expect(cache).toContain("Taken from the cache");
      expect(cache).toContain("made by golden-newt");
      expect(cache).toContain("load-data 2026-11-25");

      await open(`runs/task-run/${golden("load")}`);
      await panel(page, "Result").getByRole("region", { name: "Result as JSON" }).waitFor();
      const result = await page.getByRole("region", { name: "Result as JSON" }).innerText();
      expect(JSON.parse(result)).toEqual({ rows: 48 });
      expect(await panel(page, "Cache").innerText()).toContain("It has no cache");
      expect(await panel(page, "Task run").innerText()).toContain("load#load~0");

      await open(`runs/task-run/${failed("prepare (subflow)")}`);
      await page.getByRole("link", { name: "Open the subflow" }).click();
      await page.getByRole("heading", { name: "crimson-newt-prepare" }).waitFor();
    }));

  test("goes to those of the same task by keys, and to the artifacts that it made", () =>
    visit(
      browser(),
      place.url,
      { path: `runs/task-run/${failed("train fold-2")}?tab=history` },
      async ({ page, open }) => {
        const beside = page.getByRole("group", { name: "Task runs of the same task" });
        await beside.getByText("2 of 24").waitFor();
        await page.keyboard.press("j");
        await expect.poll(() => pathOf(page)).toBe(`/runs/task-run/${failed("train fold-3")}`);
        await beside.getByText("3 of 24").waitFor();
        await page.keyboard.press("k");
        await expect.poll(() => pathOf(page)).toBe(`/runs/task-run/${failed("train fold-2")}`);
        await beside.getByText("2 of 24").waitFor();
        await page.keyboard.press("k");
        await beside.getByText("1 of 24").waitFor();
        expect(search(page)).toEqual({ tab: "history" });
        expect(await beside.getByRole("button", { name: /Previous/ }).isDisabled()).toBe(true);

        await open(`runs/task-run/${golden("report")}?tab=artifacts`);
        await page.getByRole("heading", { name: "Sales of 25 November" }).waitFor();
        expect(await page.getByRole("link", { name: "Versions" }).count()).toBe(1);
      },
    ));

  test("one that is not there is said to be gone; an error is told, and a server that is away is waited for", async () => {
    await visit(browser(), place.url, { path: "settings", tolerates: failedAnswers }, async ({ page }) => {
      await page.goto(`${place.url}runs/task-run/00000000-0000-4000-8000-000000000000`);
      await page.getByText("There is no such task run").waitFor();
    });
    await expectRecovery(browser(), place.url, {
      path: `runs/task-run/${golden("load")}`,
      asks: new RegExp(`/v1/task-runs/${golden("load")}`),
      shows: (page) => page.getByRole("heading", { name: "load", exact: true }),
    });
  });
});
