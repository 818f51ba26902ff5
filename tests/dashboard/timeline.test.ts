/** The timeline of a run: what its bars say, and how it follows a run that goes on. */

import type { Page, Request } from "playwright-core";
import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { type LiveRun, startLiveRun } from "./harness/live-run.ts";
import { visit } from "./harness/visit.ts";
import type { TaskSpec } from "./seeds/run-spec.ts";
import { fillLedger } from "./seeds/seed-ledger.ts";

const grid = (page: Page) => page.getByRole("treegrid");
const row = (page: Page, name: string) =>
  grid(page)
    .getByRole("row")
    .filter({ has: page.getByText(name, { exact: true }) });
const isLive = (page: Page) => page.locator("[data-live]").getByText("Live").waitFor();

interface Asked {
  readonly flowRunId: string;
  readonly changedAfter?: number;
}

/** What was asked about the timeline of a run. */
const asked = (requests: readonly Request[], flowRunId: string): readonly Request[] =>
  requests.filter(
    (request) => request.url().endsWith("/v1/flow-runs/timeline") && bodyOf(request).flowRunId === flowRunId,
  );
const bodyOf = (request: Request) => request.postDataJSON() as Asked;

async function bytesOf(requests: readonly Request[]): Promise<number> {
  const sizes = await Promise.all(requests.map(async (request) => (await request.sizes()).responseBodySize));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const unanswered =
  /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|Failed to load resource/;

describeInBrowser("the timeline", (browser) => {
  const place = usePlace("small");
  const item = (index: number, more: Partial<TaskSpec> = {}): TaskSpec => ({
    task: "step",
    name: `step-${index}`,
    fromMs: 10 + index,
    tookMs: 3,
    state: "Completed",
    ...more,
  });

  test("reads only what has changed while a run goes on, and comes to what a whole reading gives", async () => {
    const run = await startLiveRun(place.api, { flow: "follow", name: "grows", agoMs: 60_000 });
    await run.record(Array.from({ length: 400 }, (_, index) => item(index)));
    await visit(browser(), place.url, { path: `runs/flow-run/${run.id}` }, async ({ page, requests, settle }) => {
      await isLive(page);
      const atFirst = asked(requests, run.id);
      expect(atFirst.length).toBeLessThanOrEqual(2);
      const wholeBytes = await bytesOf(atFirst.slice(0, 1));

      const changes = 30;
      for (let index = 400; index < 400 + changes; index++) {
        await run.record([item(index, { state: "Running" })]);
        await run.record([item(index, { state: index % 5 === 0 ? "Failed" : "Completed" })]);
      }
      await expect.poll(() => row(page, "step").textContent()).toBe("step6430");
      await expect.poll(() => page.getByText("430 task runs").count()).toBe(1);
      await settle();

      const since = asked(requests, run.id).slice(atFirst.length);
      expect(since.length).toBeGreaterThan(0);
      // Together, and not one by one.
      expect(since.length).toBeLessThan(2 * changes);
      expect(since.filter((request) => bodyOf(request).changedAfter === undefined)).toEqual([]);
      // Each tells a part of some 60 changes, all of them at most each twice.
      expect(await bytesOf(since)).toBeLessThan(wholeBytes + since.length * 700);

      const { rows } = await place.api.readTimeline({ flowRunId: run.id });
      expect(rows?.stateTypes.filter((type) => type === "FAILED")).toHaveLength(6);
      await page.getByLabel("What a row is").selectOption("rows");
      await page.getByLabel("Order").selectOption("failed");
      expect(await grid(page).getAttribute("aria-rowcount")).toBe(String(rows?.ids.length));
      for (const index of [400, 405, 410, 415, 420, 425]) {
        await grid(page).getByRole("img", { name: "Failed" }).first().waitFor();
        expect(await row(page, `step-${index}`).count()).toBe(1);
      }
    });
  });

  test("a server that is started again has told what came meanwhile, and is not asked for all of it", async () => {
    const spec = { flow: "follow", name: "outlives", agoMs: 60_000 };
    const run = await startLiveRun(place.api, spec);
    await run.record([item(1), item(2, { state: "Running" })]);
    const options = { path: `runs/flow-run/${run.id}`, tolerates: unanswered };
    await visit(browser(), place.url, options, async ({ page, requests }) => {
      await isLive(page);
      await row(page, "step-2").waitFor();
      const before = asked(requests, run.id).length;
      await place.stopServer();
      await page.locator("[data-live]").getByText("Reconnecting").waitFor({ timeout: 15_000 });
      await fillLedger({ home: place.home }, async ({ api }) => {
        await (await startLiveRun(api, spec)).record([item(2, { state: "Failed" }), item(3)]);
      });
      await place.startServer();
      await row(page, "step-3").waitFor({ timeout: 30_000 });
      await row(page, "step-2").getByRole("img", { name: "Failed" }).waitFor();
      const since = asked(requests, run.id).slice(before);
      expect(since.filter((request) => bodyOf(request).changedAfter === undefined)).toEqual([]);
    });
  });

  test("says how long a task run waited and when it was tried again, in bars and in words", async () => {
    const run = await startLiveRun(place.api, { flow: "follow", name: "tries", agoMs: 60_000 });
    await run.record([
      { task: "plain", fromMs: 0, tookMs: 40_000, state: "Completed" },
      { task: "waits", fromMs: 20_000, tookMs: 10_000, waitedMs: 20_000, state: "Completed" },
      { task: "tries", fromMs: 0, tookMs: 50_000, state: "Completed", attempts: 3 },
      { task: "again", fromMs: 0, tookMs: 15_000, state: "AwaitingRetry" },
    ]);
    await visit(browser(), place.url, { path: `runs/flow-run/${run.id}` }, async ({ page }) => {
      await expect.poll(() => row(page, "plain").textContent()).toBe("plain40.0s");
      expect(await row(page, "waits").textContent()).toBe("waits10.0s; waited 20.0s to begin");
      expect(await row(page, "tries").textContent()).toBe("tries×350.0s; 3 attempts, 20.0s between them");
      expect(await row(page, "again").textContent()).toContain("waits to be tried again");

      const meaning = page.getByRole("list", { name: "What the bars mean" });
      expect(await meaning.getByRole("listitem").allTextContents()).toEqual([
        "Paused, late, or to be tried again",
        "Waiting to begin",
        "Completed",
        "Failed, waited, tried again",
      ]);
      const hasBar = await inkedParts(page, 4);
      expect(hasBar.get("plain")).toEqual([true, true, true, false]);
      // What it waited for 20 s, and then did in 10.
      expect(hasBar.get("waits")).toEqual([true, true, false, false]);
    });
  });

  test("what is chosen and shown of it stands in the address, and the keyboard does it all", async () => {
    const run = await startLiveRun(place.api, { flow: "follow", name: "keys", agoMs: 60_000 });
    await run.record([item(1), item(2), item(3, { parent: "step-2" })]);
    await visit(browser(), place.url, { path: `runs/flow-run/${run.id}` }, async ({ page }) => {
      await grid(page).getByRole("row").first().focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowLeft");
      expect(await grid(page).getByRole("row").count()).toBe(2);
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("End");
      await page.keyboard.press("Enter");
      await expect.poll(() => new URL(page.url()).searchParams.get("task")).not.toBeNull();
      await page.keyboard.press("Escape");
      await grid(page).getByRole("row").first().focus();
      await page.keyboard.press("+");
      await expect.poll(() => new URL(page.url()).searchParams.get("zoom")).not.toBeNull();
      await page.keyboard.press("0");
      await expect.poll(() => new URL(page.url()).searchParams.get("zoom")).toBeNull();
    });
  });

  test("a part of the run is chosen on the strip above it, and its edges and the part itself are moved there", async () => {
    const run = await startLiveRun(place.api, { flow: "follow", name: "brushed", agoMs: 60_000 });
    await run.record([item(1, { fromMs: 0, tookMs: 40_000 })]);
    await place.api.proposeFlowRunState({
      id: run.id,
      state: { type: "COMPLETED", name: "Completed" },
      force: "so that it does not grow",
    });
    await visit(browser(), place.url, { path: `runs/flow-run/${run.id}` }, async ({ page }) => {
      await row(page, "step-1").waitFor();
      const box = await page.getByRole("img", { name: /^All of the run/ }).boundingBox();
      if (box === null) throw new Error("It is in view.");
      /** From a part of the strip's width to another. */
      const drag = async (from: number, to: number): Promise<void> => {
        await page.mouse.move(box.x + box.width * from, box.y + 15);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * to, box.y + 15, { steps: 4 });
        await page.mouse.up();
      };
      const shown = async (): Promise<readonly number[] | null> => {
        const zoom = new URL(page.url()).searchParams.get("zoom");
        // In tenths of the run.
        return zoom === null
          ? null
          : zoom
              .replaceAll('"', "")
              .split("_")
              .map((ms) => Math.round(Number(ms) / 4000));
      };
      await drag(0.3, 0.6);
      await expect.poll(shown).toEqual([3, 6]);
      await drag(0.6, 0.8);
      await expect.poll(shown).toEqual([3, 8]);
      await drag(0.3, 0.1);
      await expect.poll(shown).toEqual([1, 8]);
      await drag(0.4, 0.6);
      await expect.poll(shown).toEqual([3, 10]);
      await page.mouse.dblclick(box.x + box.width * 0.5, box.y + 15);
      await expect.poll(shown).toBeNull();
    });
  });

  test("subflows in subflows open in place, and one that is too big says so and leads to its page", async () => {
    const agoMs = 60_000;
    const spec = (name: string) => ({ flow: "nests", name, agoMs });
    const runs = await Promise.all(["one", "two", "three"].map((name) => startLiveRun(place.api, spec(name))));
    const [one, two, three] = runs as [LiveRun, LiveRun, LiveRun];
    const big = await startLiveRun(place.api, spec("four"));
    const call = (name: string, to: LiveRun) => item(1, { task: name, name, childFlowRunId: to.id });
    await one.record([call("calls-two", two)]);
    await two.record([call("calls-three", three)]);
    await three.record([call("calls-big", big), item(9)]);
    await visit(browser(), place.url, { path: `runs/flow-run/${one.id}` }, async ({ page }) => {
      // As if it had more task runs than are told one by one.
      await page.route("**/v1/flow-runs/timeline", async (route) => {
        if ((route.request().postDataJSON() as Asked).flowRunId !== big.id) return route.continue();
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), total: 12_000, rows: null } });
      });
      for (const name of ["calls-two", "calls-three", "calls-big"]) {
        await row(page, name).focus();
        await page.keyboard.press("ArrowRight");
      }
      await row(page, "step-9").waitFor();
      // What is open stands in the address.
      await page.reload();
      await row(page, "step-9").waitFor();
      await grid(page).getByText("Its 12,000 task runs are too many to be shown in place.").waitFor();
      await grid(page).getByRole("link", { name: "Open its page" }).click();
      await expect.poll(() => page.url()).toContain(big.id);
    });
  });
});

/** Of each row: in which of so many equal parts of the time there is a bar. */
async function inkedParts(page: Page, parts: number): Promise<ReadonlyMap<string, readonly boolean[]>> {
  const found = await page.evaluate((count) => {
    const canvas = document.querySelectorAll("main canvas")[1] as HTMLCanvasElement;
    const context = canvas.getContext("2d");
    if (context === null) return [];
    const ratio = canvas.width / canvas.clientWidth;
    return [...document.querySelectorAll<HTMLElement>('[role="treegrid"] [role="row"]')].map((element) => {
      const y = Math.round((element.offsetTop + element.offsetHeight / 2) * ratio);
      const width = Math.floor(canvas.width / count);
      const hasInk = Array.from({ length: count }, (_, part) => {
        const { data } = context.getImageData(part * width, y, width, 1);
        let inked = 0;
        for (let at = 0; at < data.length; at += 4) if (Math.min(...data.slice(at, at + 3)) < 255) inked += 1;
        // More than the lines of the axis.
        return inked > width / 10;
      });
      return [element.querySelectorAll('[role="gridcell"]')[1]?.textContent ?? "", hasInk] as const;
    });
  }, parts);
  return new Map(found);
}
