/** What a page may cost. Counts are held to; times differ from machine to machine, and are printed beside their budgets. */

import { describe, expect, test } from "vitest";
import { findBarriers } from "./harness/accessible.ts";
import { kB, ms, print } from "./harness/figures.ts";
import { expectFrames } from "./harness/expect-frames.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { searchOf } from "./harness/in-page.ts";
import { apiRequests, countNodes, ownRequests, weigh } from "./harness/measure.ts";
import { visit } from "./harness/visit.ts";
import { timeFromInput, watchFromStart } from "./harness/when-seen.ts";
import { seededRuns } from "./seeds/seeds.ts";

const shell = { selector: 'nav[aria-label="Places"] a' };
const rowsOfRuns = '[role="table"][aria-label="Runs"]';

describeInBrowser("budgets", (browser) => {
  describe("with 100,000 runs", () => {
    const place = usePlace("many-runs");

    test("the shell and the list of runs: at most 260 kB of script, 15 kB of style, 4 requests, 1,500 nodes", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, requests, open }) => {
        const bytes = weigh(requests);
        print(
          "script and style, gzipped",
          `${(bytes.script / kB).toFixed(1)} kB and ${(bytes.style / kB).toFixed(1)} kB`,
        );
        expect(bytes.script).toBeGreaterThan(50 * kB);
        expect(bytes.script).toBeLessThanOrEqual(260 * kB);
        expect(bytes.style).toBeLessThanOrEqual(15 * kB);
        const asked = apiRequests(requests);
        expect(asked.length, `asked: ${asked.join(" ")}`).toBeLessThanOrEqual(4);
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
        expect(await page.getByRole("table", { name: "Runs" }).getAttribute("aria-rowcount")).toBe("100001");
        expect(await findBarriers(page)).toEqual([]);

        const readSeen = await watchFromStart(page, { shell, rows: { selector: `${rowsOfRuns} [data-row]` } });
        await open("runs");
        const seen = await readSeen();
        print("list of runs, its shell", ms(seen.shell));
        print(
          "list of runs, first rows after the shell",
          `${ms((seen.rows ?? 0) - (seen.shell ?? 0))} (budget 300 ms)`,
        );
        await page.setViewportSize({ width: 390, height: 844 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      }));

    test("scrolling keeps to 1,500 nodes, and takes 8 ms of script a frame on average, and 33 at most", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, settle }) => {
        await page.getByRole("table", { name: "Runs" }).hover();
        await expectFrames(page, "scrolling", { selector: rowsOfRuns, x: 0, y: 120, most: 33 });
        await settle();
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
      }));

    test("a filter asks the server for what it needs, and no more", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, requests, settle }) => {
        const before = apiRequests(requests).length;
        const { FAILED = 0 } = await place.api.countFlowRuns({});
        const timedOut = await place.api.countBy("flow-run", "stateName", { field: "stateName", in: ["TimedOut"] });
        const failed = FAILED - (timedOut[0]?.count ?? 0);
        const tookMs = await timeFromInput(page, { selector: `${rowsOfRuns}[aria-rowcount="${failed + 1}"]` }, () =>
          page.getByRole("group", { name: "States" }).getByRole("button", { name: "Failed" }).click(),
        );
        print("a filter, until its rows are shown", `${ms(tookMs)} (budget 300 ms)`);
        await settle();
        expect(apiRequests(requests).length - before).toBeLessThanOrEqual(2);
      }));
  });

  describe("with a run of 10,000 task runs", () => {
    const place = usePlace("big-run");
    const path = `runs/flow-run/${seededRuns.big}`;

    test("its page: at most 6 requests, 60 kB of script beside the shell's, 1,500 nodes", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, requests, open }) => {
        const shellBytes = weigh(requests).script;
        const before = apiRequests(requests).length;
        const readSeen = await watchFromStart(page, {
          summary: { selector: "main h1", text: "big-run" },
          timeline: { selector: "main canvas[data-draw-ms]" },
        });
        await open(path);
        const seen = await readSeen();
        print("run of 10,000 task runs, its summary", `${ms(seen.summary)} (budget 500 ms)`);
        print("run of 10,000 task runs, its timeline drawn", `${ms(seen.timeline)} (budget 800 ms)`);
        const { rows } = await place.api.readTimeline({ flowRunId: seededRuns.big });
        const perRow = JSON.stringify(rows).length / (rows?.ids.length ?? 1);
        print("its timeline, before it is packed", `${perRow.toFixed(0)} bytes a task run`);
        expect(perRow).toBeLessThanOrEqual(140);
        const added = weigh(requests).script - shellBytes;
        print("script of the run page", `${(added / kB).toFixed(1)} kB`);
        expect(added).toBeLessThanOrEqual(60 * kB);
        const asked = apiRequests(requests).slice(before);
        expect(asked.length, `asked: ${asked.join(" ")}`).toBeLessThanOrEqual(6);
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
        expect(await findBarriers(page)).toEqual([]);
      }));

    test("its log of 2,000 lines: at most 9 requests, 1,500 nodes", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, requests, open }) => {
        const before = apiRequests(requests).length;
        const readSeen = await watchFromStart(page, { lines: { selector: '[role="log"]', text: "file 1999:" } });
        await open(`${path}?tab=logs`);
        print("run of 10,000 task runs, its log", `${ms((await readSeen()).lines)} (budget 500 ms)`);
        const asked = apiRequests(requests).slice(before);
        // Beside what the page asks: what its fields can be set to, and where warnings and errors are.
        expect(asked.length, `asked: ${asked.join(" ")}`).toBeLessThanOrEqual(9);
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
        expect(await findBarriers(page)).toEqual([]);
      }));

    test.each([
      ["timeline", "/v1/flow-runs/timeline"],
      ["logs", "/v1/count"],
    ])("what its %s shows is asked for beside the run, and once", (tab, asks) =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, requests, settle }) => {
        const isKnown = Promise.withResolvers<void>();
        await page.route(`**/v1/flow-runs/${seededRuns.big}`, async (route) => {
          await isKnown.promise;
          await route.continue();
        });
        const before = requests.length;
        await page.goto(`${place.url}${path}?tab=${tab}`);
        const asked = (): readonly string[] => apiRequests(requests.slice(before));
        await expect.poll(asked).toContain(asks);
        expect(await page.getByRole("heading", { name: "big-run" }).count()).toBe(0);
        isKnown.resolve();
        await page.getByRole("heading", { name: "big-run" }).waitFor();
        await settle();
        expect(asked().filter((path) => path === asks)).toHaveLength(1);
        expect(asked().filter((path) => path.endsWith(seededRuns.big))).toHaveLength(1);
      }),
    );

    test("moving through its timeline takes at most 8 ms of script a frame, however it is shown", () =>
      visit(browser(), place.url, { path }, async ({ page }) => {
        const selector = "[data-timeline] canvas";
        for (const mode of ["grouped", "rows", "lanes"]) {
          await page.getByLabel("What a row is").selectOption(mode);
          await page.locator(selector).hover();
          for (let step = 0; step < 4; step++) await page.keyboard.press("+");
          const zoom = (): string | undefined => searchOf(page).zoom;
          await expect.poll(zoom).toBeDefined();
          const before = zoom();
          await expectFrames(page, `timeline, ${mode}`, { selector, x: 30, y: 40 });
          // It has been moved, and not only the pointer.
          await expect.poll(zoom).not.toBe(before);
          await page.keyboard.press("0");
          await expect.poll(zoom).toBeUndefined();
        }
      }));

    test("a row that is chosen asks for one thing at most", () =>
      visit(browser(), place.url, { path: `${path}?mode=rows` }, async ({ page, requests, settle }) => {
        const before = ownRequests(requests).length;
        const row = page.getByRole("treegrid").getByRole("row").nth(3);
        await row.focus();
        const tookMs = await timeFromInput(page, { selector: 'aside[aria-label="Task run"] h2' }, () =>
          page.keyboard.press("Enter"),
        );
        print("a task run, chosen in the timeline", ms(tookMs));
        await settle();
        const asked = ownRequests(requests).slice(before);
        expect(asked, asked.join(" ")).toHaveLength(1);
      }));
  });
});
