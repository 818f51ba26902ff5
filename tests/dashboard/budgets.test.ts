/** What a page may cost. Counts are held to; times differ from machine to machine, and are printed. */

import { describe, expect, test } from "vitest";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { apiRequests, countNodes, measureFrames, openBusyMeter, readHeap, weigh } from "./harness/measure.ts";
import { visit } from "./harness/visit.ts";
import { processId, type RunSpec, toRecords } from "./seeds/run-spec.ts";
import { seededRuns } from "./seeds/seeds.ts";

const kB = 1000;
const print = (what: string, value: string): void => void process.stdout.write(`  ${what}: ${value}\n`);
const ms = (value: number): string => `${Math.round(value)} ms`;

/** What takes long is for the night. */
const isFull = process.env.MILLRACE_DASHBOARD_FULL === "1";

describeInBrowser("budgets", (browser) => {
  describe("with 100,000 runs", () => {
    const place = usePlace("many-runs");

    test("the shell and the list of runs: at most 260 kB of script, 15 kB of style, 4 requests, 1,500 nodes", async () => {
      const startedAt = performance.now();
      await visit(browser(), place.url, { path: "runs" }, async ({ page, requests }) => {
        print("list of runs, until it has settled", ms(performance.now() - startedAt));
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
      });
    });

    test("scrolling keeps to 1,500 nodes, and takes at most 8 ms of script a frame", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, settle }) => {
        await page.getByRole("table", { name: "Runs" }).hover();
        const frames = 120;
        const { scriptMsPerFrame, longTasks } = await measureFrames(page, frames, () => page.mouse.wheel(0, 120));
        await settle();
        print(
          "scrolling, script a frame",
          `${scriptMsPerFrame.toFixed(2)} ms, ${longTasks} long tasks in ${frames} frames`,
        );
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
        expect(scriptMsPerFrame).toBeLessThanOrEqual(8);
      }));

    test("a filter asks the server for what it needs, and no more", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, requests, settle }) => {
        const before = apiRequests(requests).length;
        const startedAt = performance.now();
        await page.getByRole("group", { name: "States" }).getByRole("button", { name: "Failed" }).click();
        await settle();
        print("filter, until it has settled", ms(performance.now() - startedAt));
        expect(apiRequests(requests).length - before).toBeLessThanOrEqual(2);
      }));
  });

  describe("with a run of 10,000 task runs", () => {
    const place = usePlace("big-run");
    const path = `runs/flow-run/${seededRuns.big}`;

    test("its page: at most 6 requests, 60 kB of script beside the shell's, 1,500 nodes", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, requests, open }) => {
        const shell = weigh(requests).script;
        const before = apiRequests(requests).length;
        const startedAt = performance.now();
        await open(path);
        print("run of 10,000 task runs, until it has settled", ms(performance.now() - startedAt));
        const { rows } = await place.api.readTimeline({ flowRunId: seededRuns.big });
        const perRow = JSON.stringify(rows).length / (rows?.ids.length ?? 1);
        print("its timeline, before it is packed", `${perRow.toFixed(0)} bytes a task run`);
        expect(perRow).toBeLessThanOrEqual(140);
        const added = weigh(requests).script - shell;
        print("script of the run page", `${(added / kB).toFixed(1)} kB`);
        expect(added).toBeLessThanOrEqual(60 * kB);
        const asked = apiRequests(requests).slice(before);
        expect(asked.length, `asked: ${asked.join(" ")}`).toBeLessThanOrEqual(6);
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
      }));

    test("moving through its timeline takes at most 8 ms of script a frame", () =>
      visit(browser(), place.url, { path }, async ({ page }) => {
        const canvas = page.locator("main canvas").last();
        await canvas.hover();
        for (let step = 0; step < 4; step++) await page.keyboard.press("+");
        const frames = 120;
        const { scriptMsPerFrame, longTasks } = await measureFrames(page, frames, () => page.mouse.wheel(30, 20));
        print(
          "timeline, script a frame",
          `${scriptMsPerFrame.toFixed(2)} ms, ${longTasks} long tasks in ${frames} frames`,
        );
        expect(scriptMsPerFrame).toBeLessThanOrEqual(8);
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
      }));
  });

  describe.runIf(isFull)("with a run of 100,000 task runs", () => {
    const place = usePlace("huge-run");
    const path = `runs/flow-run/${seededRuns.huge}`;

    test("its page: at most 6 requests, 1,500 nodes, and a hundredth of what its rows would be", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, requests, open }) => {
        const before = requests.length;
        const startedAt = performance.now();
        await open(path);
        print("run of 100,000 task runs, until it has settled", ms(performance.now() - startedAt));
        const asked = requests.slice(before);
        expect(apiRequests(asked).length).toBeLessThanOrEqual(6);
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
        const timeline = asked.find((request) => request.url().endsWith("/v1/flow-runs/timeline"));
        const bytes = (await timeline?.sizes())?.responseBodySize ?? Number.POSITIVE_INFINITY;
        print("its timeline, as it was sent", `${(bytes / kB).toFixed(1)} kB`);
        expect(bytes).toBeLessThanOrEqual(30 * kB);
      }));
  });

  describe.runIf(isFull)("with a million lines of log", () => {
    const place = usePlace("long-log");
    const path = `runs/flow-run/${seededRuns.longLog}?tab=logs`;

    test("it opens, scrolls and is searched with at most 1,500 nodes, and reads only what it shows", () =>
      visit(browser(), place.url, { path }, async ({ page, requests, open }) => {
        const atStart = apiRequests(requests).length;
        expect(atStart).toBeLessThanOrEqual(10);
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
        const startedAt = performance.now();
        await open(`${path}&line=500000`);
        print("line 500,000 of a million, until it has settled", ms(performance.now() - startedAt));
        await page.getByText("file 499999:").first().waitFor();
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

  describe.runIf(isFull)("with 500 updates a second", () => {
    const place = usePlace("small");
    const seconds = Number(process.env.MILLRACE_DASHBOARD_LIVE_SECONDS ?? "8");

    test("the heap does not grow", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, settle }) => {
        await page.locator("[data-live]").getByText("Live").waitFor();
        let sent = 0;
        const send = async (forMs: number): Promise<void> => {
          const endAt = performance.now() + forMs;
          while (performance.now() < endAt) {
            const nextAt = performance.now() + 250;
            // A run and its three states are some four updates.
            const batch = Array.from({ length: 31 }, (): RunSpec => {
              sent += 1;
              return { flow: "busy", name: `busy-${sent}`, agoMs: 10, tookMs: 5, state: "Completed" };
            });
            const created = batch.flatMap((run) =>
              [...toRecords(run, Date.now()).parts].flatMap((part) => part.created ?? []),
            );
            await place.api.record({ processId, created });
            await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextAt - performance.now())));
          }
        };
        // What is filled once does not count.
        await send(4000);
        await settle();
        const before = await readHeap(page);
        const meter = await openBusyMeter(page);
        await send(seconds * 1000);
        const busy = await meter.read();
        await meter.close();
        await settle();
        const after = await readHeap(page);
        print(
          "live",
          `${(busy * 100).toFixed(0)} % busy, heap ${(before / 1e6).toFixed(1)} to ${(after / 1e6).toFixed(1)} MB, ${sent} runs`,
        );
        expect(after - before).toBeLessThan(3e6);
        expect(await countNodes(page)).toBeLessThanOrEqual(1500);
      }));
  });
});
