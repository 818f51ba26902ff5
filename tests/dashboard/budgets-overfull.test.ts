/** What pages may cost that show more than anybody reads: a hundred thousand task runs, a million lines of log. */

import type { Request } from "playwright-core";
import { describe, expect, test } from "vitest";
import { findColor } from "./harness/canvas-ink.ts";
import { kB, ms, print } from "./harness/figures.ts";
import { expectFrames } from "./harness/expect-frames.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { searchOf } from "./harness/in-page.ts";
import { startLiveRun } from "./harness/live-run.ts";
import { apiBytes, apiRequests, countNodes, ownRequests } from "./harness/measure.ts";
import { visit } from "./harness/visit.ts";
import { timeFromInput, watchFromStart } from "./harness/when-seen.ts";
import type { TaskSpec } from "./seeds/run-spec.ts";
import { seededRuns } from "./seeds/seeds.ts";

describeInBrowser("budgets of what is overfull", (browser) => {
  describe("with a run of 100,000 task runs", () => {
    const place = usePlace("huge-run");
    const path = `runs/flow-run/${seededRuns.huge}`;

    test("its page: at most 6 requests, 1,500 nodes, and a hundredth of what its rows would be", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, requests, open }) => {
        const before = requests.length;
        const readSeen = await watchFromStart(page, {
          summary: { selector: "main h1", text: "huge-run" },
          timeline: { selector: "main canvas[data-draw-ms]" },
        });
        await open(path);
        const seen = await readSeen();
        print("run of 100,000 task runs, its summary", `${ms(seen.summary)} (budget 500 ms)`);
        print("run of 100,000 task runs, its timeline drawn", `${ms(seen.timeline)} (budget 1,500 ms)`);
        const asked = requests.slice(before);
        expect(apiRequests(asked).length).toBeLessThanOrEqual(6);
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
        const timeline = asked.filter((request) => request.url().endsWith("/v1/flow-runs/timeline"));
        const bytes = await apiBytes(timeline);
        print("its timeline, as it was sent", `${(bytes / kB).toFixed(1)} kB`);
        expect(bytes).toBeGreaterThan(0);
        expect(bytes).toBeLessThanOrEqual(30 * kB);
      }));

    test("moving through it takes at most 8 ms of script a frame", () =>
      visit(browser(), place.url, { path }, async ({ page }) => {
        await page.locator("[data-timeline] canvas").hover();
        for (let step = 0; step < 2; step++) await page.keyboard.press("+");
        const zoom = (): string | undefined => searchOf(page).zoom;
        await expect.poll(zoom).toBeDefined();
        const before = zoom();
        await expectFrames(page, "timeline of 100,000", { selector: "[data-timeline] canvas", x: 30, y: 40 });
        // It has been moved, and not only the pointer.
        await expect.poll(zoom).not.toBe(before);
      }));
  });

  describe("with a graph of 1,000 tasks", () => {
    const place = usePlace("empty");

    test("it is arranged beside the page, and moving through it takes at most 8 ms of script a frame", async () => {
      const run = await startLiveRun(place.api, { flow: "wide", name: "wide", agoMs: 60_000 });
      const after = (index: number): readonly string[] =>
        [index - 10, index - 17].filter((before) => before >= 0).map((before) => `task-${before}`);
      await run.record(
        Array.from({ length: 1000 }, (_, index): TaskSpec => {
          return { task: `task-${index}`, fromMs: index, tookMs: 5, state: "Completed", after: after(index) };
        }),
      );
      await visit(browser(), place.url, { path: `runs/flow-run/${run.id}` }, async ({ page, settle }) => {
        const started: string[] = [];
        page.on("worker", (worker) => void started.push(worker.url()));
        const drawn = { selector: 'main canvas[role="img"][aria-label^="1,000 tasks"][data-arranged]' };
        const tookMs = await timeFromInput(page, drawn, () =>
          page.getByRole("navigation", { name: "Views of the run" }).getByRole("link", { name: "Graph" }).click(),
        );
        await settle();
        print("graph of 1,000 tasks, from the click on", ms(tookMs));
        expect(started).toHaveLength(1);
        // The ground is seen between what is drawn on it.
        const height = await page.locator('main canvas[role="img"]').evaluate((canvas) => canvas.clientHeight);
        const ground = await findColor(page, { on: "head", y: Math.round(height / 2) }, "--bg");
        expect(ground.length).toBeGreaterThan(3);
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
        await page.locator('main canvas[role="img"]').hover();
        await expectFrames(page, "graph of 1,000 tasks", { selector: 'main canvas[role="img"]', x: 30, y: 20 });
      });
    });
  });

  describe("with a million lines of log", () => {
    const place = usePlace("long-log");
    const path = `runs/flow-run/${seededRuns.longLog}?tab=logs`;
    const log = '[role="log"]';
    const sinceThen = (requests: readonly Request[], before: number): readonly Request[] => requests.slice(before);

    test("it opens at its end with questions for 6 things, 100 kB and 1,500 nodes", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, requests, open }) => {
        const before = requests.length;
        const readSeen = await watchFromStart(page, { lines: { selector: log, text: "file 99999\\d:" } });
        await open(path);
        print("a million lines, those at the end", `${ms((await readSeen()).lines)} (budget 400 ms)`);
        const asked = sinceThen(requests, before);
        // For a moment after the end of a run its last lines may come, and the end of the log is looked at again.
        const things = new Set(ownRequests(asked));
        expect(things.size, [...things].join(" ")).toBeLessThanOrEqual(6);
        expect(apiRequests(asked).length, apiRequests(asked).join(" ")).toBeLessThanOrEqual(10);
        const bytes = await apiBytes(asked);
        print("a million lines, read for that", `${(bytes / kB).toFixed(1)} kB`);
        expect(bytes).toBeLessThanOrEqual(100 * kB);
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
      }));

    test("it is scrolled with at most 8 ms of script a frame, and reads only what comes into view", () =>
      visit(browser(), place.url, { path }, async ({ page, requests, settle }) => {
        await page.getByRole("log").hover();
        await page.getByRole("log").focus();
        await page.keyboard.press("Home");
        await settle();
        const before = requests.length;
        await expectFrames(page, "a million lines, scrolled", { selector: log, x: 0, y: 120 });
        await settle();
        // Twice 120 frames of 6 lines each come in windows, each with the names of its task runs.
        const asked = sinceThen(requests, before);
        const bytes = await apiBytes(asked);
        print("a million lines, read for that", `${apiRequests(asked).length} requests, ${(bytes / kB).toFixed(1)} kB`);
        expect(apiRequests(asked).length).toBeLessThanOrEqual(40);
        expect(bytes).toBeLessThanOrEqual(200 * kB);
      }));

    test("any line is gone to, by its address and by the strip beside the log", () =>
      visit(browser(), place.url, { path }, async ({ page, requests, settle, open }) => {
        const box = await page.getByRole("log").boundingBox();
        if (box === null) throw new Error("It is in view.");
        const before = requests.length;
        const tookMs = await timeFromInput(page, { selector: log, text: "file (49|50)\\d{4}:" }, () =>
          page.mouse.click(box.x + box.width + 7, box.y + box.height / 2),
        );
        print("a million lines, gone to the middle", `${ms(tookMs)} (budget 200 ms)`);
        await settle();
        // Two windows of lines with the names of their task runs, and looks at the end.
        const asked = sinceThen(requests, before);
        expect(apiRequests(asked).length, apiRequests(asked).join(" ")).toBeLessThanOrEqual(8);
        expect(await apiBytes(asked)).toBeLessThanOrEqual(100 * kB);
        await open(`${path}&line=500000`);
        await page.getByText("file 499999:").first().waitFor();
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
      }));

    test("all of it is searched from the page, which is told where and not what", () =>
      visit(browser(), place.url, { path }, async ({ page, requests, settle }) => {
        const before = requests.length;
        const found = { selector: '[role="search"] [role="status"]', text: "^(\\d+ of )?1( found)?$" };
        const tookMs = await timeFromInput(page, found, () =>
          page.getByRole("textbox", { name: "Find in the log" }).fill("file 777778:"),
        );
        print("a million lines, searched from the page", `${ms(tookMs)} (budget 500 ms)`);
        await settle();
        const asked = sinceThen(requests, before);
        // The search, and looks at the end.
        expect(ownRequests(asked).length, ownRequests(asked).join(" ")).toBeLessThanOrEqual(3);
        expect(await apiBytes(asked)).toBeLessThanOrEqual(100 * kB);
        // What very many lines match is cut, and no heavier than a page holds.
        const atMany = requests.length;
        await page.getByRole("textbox", { name: "Find in the log" }).fill("file");
        await page
          .locator(found.selector)
          .getByText(/50,000/)
          .waitFor();
        await settle();
        const bytes = await apiBytes(sinceThen(requests, atMany));
        print("a million lines, 50,000 found", `${(bytes / kB).toFixed(1)} kB`);
        expect(bytes).toBeLessThanOrEqual(500 * kB);
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
      }));

    test("while all of it is searched, the server answers others", async () => {
      const startedAt = performance.now();
      let isOver = false;
      const searching = place.api
        .searchLogs({ of: { flowRunIds: [seededRuns.longLog] }, text: "nobody wrote this" })
        .finally(() => (isOver = true));
      let answered = 0;
      while (!isOver) {
        await place.api.readFlowRun(seededRuns.longLog);
        answered += 1;
      }
      expect(await searching).toEqual({ total: 1_000_000, ordinals: [], isCut: false });
      print("a million lines searched", `${ms(performance.now() - startedAt)}, ${answered} others answered meanwhile`);
      expect(answered).toBeGreaterThanOrEqual(10);
    });
  });
});
