/** The parts of a timeline: what each draws, says beside it, and keeps in the address. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { findColor, readInk, readRows } from "./harness/canvas-ink.ts";
import { describeInBrowser, type Place, usePlace } from "./harness/in-browser.ts";
import { searchOf } from "./harness/in-page.ts";
import { type LiveRun, startLiveRun } from "./harness/live-run.ts";
import { visit } from "./harness/visit.ts";
import type { TaskSpec } from "./seeds/run-spec.ts";

const second = 1000;
const grid = (page: Page) => page.getByRole("treegrid");
const ran = (task: string, from: number, to: number): TaskSpec => ({
  task,
  fromMs: from * second,
  tookMs: (to - from) * second,
  state: "Completed",
});
/** The line through a row. */
async function rowInk(page: Page, name: string, parts: number): Promise<readonly boolean[]> {
  const y = (await readRows(page)).get(name);
  return y === undefined ? [] : readInk(page, { on: "body", y }, parts);
}
/** `xx..` for a bar in the first half. */
const drawn = async (page: Page, name: string, parts: number): Promise<string> =>
  (await rowInk(page, name, parts)).map((hasInk) => (hasInk ? "x" : ".")).join("");

/** A run that is over, so that its end stays where it is. */
async function recordRun(place: Place, name: string, tasks: readonly TaskSpec[]): Promise<LiveRun> {
  const run = await startLiveRun(place.api, { flow: "parts", name, agoMs: 120 * second });
  await run.record(tasks);
  const state = { type: "COMPLETED", name: "Completed" } as const;
  await place.api.proposeFlowRunState({ id: run.id, state, force: "it has ended" });
  return run;
}

describeInBrowser("a part of the timeline", (browser) => {
  const place = usePlace("small");

  test("the strip above it has all of the run, and the window that is shown of it", async () => {
    const run = await recordRun(place, "strip", [ran("first", 0, 10), ran("last", 50, 60)]);
    await visit(browser(), place.url, { path: `runs/flow-run/${run.id}` }, async ({ page }) => {
      await grid(page).getByText("last").waitFor();
      const strip = async (): Promise<string> =>
        (await readInk(page, { on: "head", y: 30 }, 6)).map((hasInk) => (hasInk ? "x" : ".")).join("");
      await expect.poll(strip).toBe("x....x");
      await page.getByRole("button", { name: "Zoom in" }).click();
      await expect.poll(() => searchOf(page).zoom).toBeDefined();
      const [from = 0, to = 0] = (searchOf(page).zoom ?? "").replaceAll('"', "").split("_").map(Number);
      expect(to - from).toBeLessThan(60 * second);
      // What the address says has its edges there.
      const width = await page
        .locator("main canvas")
        .first()
        .evaluate((canvas) => canvas.clientWidth);
      const edges = await findColor(page, { on: "head", y: 17 }, "--accent");
      const near = (ms: number): boolean => edges.some((x) => Math.abs(x + 2 - (ms / (60 * second)) * width) <= 4);
      expect([near(from), near(to)], `edges at ${edges.join(", ")}`).toEqual([true, true]);
      // Between them it is still all of the run.
      expect((await strip()).slice(2, 5)).toBe("...");
    });
  });

  test("lanes pack what ran, one at a time each, so that their number is how many ran at once", async () => {
    const tasks = [ran("long", 0, 40), ran("half", 0, 20), ran("short", 0, 10), ran("late", 30, 40)];
    const run = await recordRun(place, "lanes", tasks);
    await visit(browser(), place.url, { path: `runs/flow-run/${run.id}` }, async ({ page }) => {
      await grid(page).getByText("late").waitFor();
      await page.getByLabel("What a row is").selectOption("lanes");
      await expect.poll(() => searchOf(page).mode).toBe("lanes");
      const rows = grid(page).getByRole("row");
      await expect.poll(() => rows.allTextContents()).toEqual(["1 1 task runs", "2 1 task runs", "3 2 task runs"]);
      await expect.poll(() => drawn(page, "1 1 task runs", 4)).toBe("xxxx");
      expect(await drawn(page, "2 1 task runs", 4)).toBe("xx..");
      // The lane that was free first is taken again.
      expect(await drawn(page, "3 2 task runs", 4)).toBe("x..x");
    });
  });

  test("idle time is folded away, and the tear is seen where it was", async () => {
    const run = await recordRun(place, "idle", [ran("before", 0, 10), ran("after", 50, 60)]);
    await visit(browser(), place.url, { path: `runs/flow-run/${run.id}` }, async ({ page, open }) => {
      await grid(page).getByText("after").waitFor();
      await expect.poll(() => drawn(page, "before", 4)).toBe("x...");
      expect(await drawn(page, "after", 4)).toBe("...x");
      await page.getByLabel("Fold idle time").check();
      await expect.poll(() => searchOf(page).idle).toBe("folded");
      await expect.poll(() => drawn(page, "before", 4)).toBe("xx..");
      expect(await drawn(page, "after", 4)).toBe("..xx");
      const width = await page
        .locator("main canvas")
        .nth(1)
        .evaluate((canvas) => canvas.clientWidth);
      const tears = await findColor(page, { on: "body", y: (await readRows(page)).get("before") ?? 0 }, "--panel");
      // 10 s, the fold, 10 s, and a little room: the fold is before the middle.
      expect(
        tears.some((x) => Math.abs(x - (10.2 / 20.81) * width) < 12),
        `tears at ${tears.join(", ")}`,
      ).toBe(true);
      await open(`runs/flow-run/${run.id}?idle=folded`);
      expect(await page.getByLabel("Fold idle time").isChecked()).toBe(true);
      await expect.poll(() => drawn(page, "before", 4)).toBe("xx..");
      await page.getByLabel("Fold idle time").uncheck();
      await expect.poll(() => drawn(page, "before", 4)).toBe("x...");
      expect(searchOf(page).idle).toBeUndefined();
    });
  });

  test("the playhead goes on while the run does, and stands for who wants no movement", async () => {
    const run = await startLiveRun(place.api, { flow: "parts", name: "goes-on", agoMs: 60 * second });
    await run.record([{ ...ran("work", 1, 1), state: "Running" }]);
    // Two minutes are the width: a second is some pixels.
    const path = `runs/flow-run/${run.id}?zoom=0_120000`;
    const playhead = async (page: Page): Promise<number> =>
      (await findColor(page, { on: "body", y: 60 }, "--accent"))[0] ?? 0;
    await visit(browser(), place.url, { path }, async ({ page: still }) => {
      await grid(still).getByText("work").waitFor();
      await expect.poll(() => playhead(still)).toBeGreaterThan(0);
      const stands = await playhead(still);
      await visit(browser(), place.url, { path, hasMotion: true }, async ({ page: moving }) => {
        await expect.poll(() => playhead(moving)).toBeGreaterThan(0);
        const width = await moving
          .locator("main canvas")
          .nth(1)
          .evaluate((canvas) => canvas.clientWidth);
        const from = await playhead(moving);
        const threeSeconds = (width / 120) * 3;
        await expect.poll(() => playhead(moving)).toBeGreaterThanOrEqual(from + threeSeconds);
        // What runs reaches to it.
        const y = (await readRows(moving)).get("work") ?? 0;
        const ink = await readInk(moving, { on: "body", y }, 2);
        expect(ink[0]).toBe(true);
      });
      expect(await playhead(still)).toBe(stands);
    });
  });

  test("of more task runs than a page holds it draws how many of each began when, and one by one what is near", async () => {
    const perTask = 5100;
    const run = await startLiveRun(place.api, { flow: "parts", name: "many", agoMs: 120 * second });
    const some = (task: string, from: number, state: TaskSpec["state"]): readonly TaskSpec[] =>
      Array.from({ length: perTask }, (_, index) => {
        // Half a minute each.
        return { task, name: `${task}-${index}`, fromMs: (from + (index / perTask) * 30) * second, tookMs: 5, state };
      });
    await run.record(some("load", 0, "Completed"));
    await run.record(some("check", 30, "Failed"));
    const state = { type: "FAILED", name: "Failed" } as const;
    await place.api.proposeFlowRunState({ id: run.id, state, force: "it has ended" });
    await visit(browser(), place.url, { path: `runs/flow-run/${run.id}` }, async ({ page }) => {
      await page.getByText("How many began when.").waitFor();
      await page.getByText("10,200 task runs").waitFor();
      const rows = grid(page).getByRole("row");
      await expect.poll(() => rows.allTextContents()).toEqual(["load5,100", "check5,1005,100"]);
      await expect.poll(() => drawn(page, "load", 4)).toBe("xx..");
      expect(await drawn(page, "check", 4)).toBe("..xx");
      expect(
        await findColor(page, { on: "body", y: (await readRows(page)).get("check") ?? 0 }, "--failed"),
      ).not.toEqual([]);
      // Near enough they are told apart.
      for (let step = 0; step < 3; step++) await page.getByRole("button", { name: "Zoom in" }).click();
      await expect.poll(() => searchOf(page).zoom).toBeDefined();
      await page.getByLabel("What a row is").waitFor();
      await page.getByLabel("What a row is").selectOption("rows");
      await expect.poll(() => grid(page).getByRole("row").first().textContent()).toMatch(/^load-\d+5ms$/);
      expect(Number(await grid(page).getAttribute("aria-rowcount"))).toBeLessThan(10_000);
      await page.getByRole("button", { name: "Show all of the run" }).click();
      await page.getByText("How many began when.").waitFor();
    });
  });
});
