/** What a page costs, as counts that are the same on each machine, and times to be printed. */

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CDPSession, Page, Request } from "playwright-core";

const built = join(import.meta.dirname, "../../../packages/millrace/dist/dashboard");

export const countNodes = (page: Page): Promise<number> => page.evaluate(() => document.querySelectorAll("*").length);

export interface Bytes {
  readonly script: number;
  readonly style: number;
}

/** What was loaded of the dashboard's own files, as they are packed by gzip. */
export function weigh(requests: readonly Request[]): Bytes {
  const weights = { script: 0, style: 0 };
  const names = new Set(requests.map((request) => new URL(request.url()).pathname.split("/assets/")[1]));
  for (const name of names) {
    if (name === undefined) continue;
    const path = join(built, "assets", `${name}.gz`);
    const size = existsSync(path) ? statSync(path).size : 0;
    if (name.endsWith(".js")) weights.script += size;
    if (name.endsWith(".css")) weights.style += size;
  }
  return weights;
}

/** What was asked of the server's API. */
export const apiRequests = (requests: readonly Request[]): readonly string[] =>
  requests
    .map((request) => new URL(request.url()))
    .filter(({ pathname }) => pathname.includes("/v1/"))
    .map(({ pathname, search }) => `${pathname}${search}`);

/** The same, without who somebody is: a page asks for that some time after it was loaded, whatever is done in it. */
export const ownRequests = (requests: readonly Request[]): readonly string[] =>
  apiRequests(requests).filter((path) => !path.endsWith("/v1/session"));

/** What the server's API answered to them, as it was sent, in bytes. */
export async function apiBytes(requests: readonly Request[]): Promise<number> {
  const asked = requests.filter((request) => new URL(request.url()).pathname.includes("/v1/"));
  const sizes = await Promise.all(asked.map(async (request) => (await request.sizes()).responseBodySize));
  return sizes.reduce((sum, size) => sum + size, 0);
}

export interface FrameCosts {
  /** Script of a frame on average, in ms of the processor's time. */
  readonly scriptMeanMs: number;
  /** Script of a frame, in ms of the processor's time: what half of the frames, and 95 % of them, had at most. */
  readonly scriptP50Ms: number;
  readonly scriptP95Ms: number;
  /** Frames that took the page's main thread for more than 50 ms of the processor's time. */
  readonly longFrames: number;
  /** Tasks of more than 50 ms as the browser counts them, whatever else the machine did meanwhile. */
  readonly longTasks: number;
}

/** Does something in each of a number of frames, and says what each cost. */
export async function measureFrames(
  page: Page,
  frames: number,
  act: (frame: number) => Promise<void>,
): Promise<FrameCosts> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.evaluate(watchLongTasks);
  const scripts: number[] = [];
  let longFrames = 0;
  let before = await readThreadMs(session);
  for (let frame = 0; frame < frames; frame++) {
    await act(frame);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    const now = await readThreadMs(session);
    scripts.push(now.script - before.script);
    if (now.task - before.task > longMs) longFrames += 1;
    before = now;
  }
  const longTasks = await page.evaluate(() => (globalThis as { __longTasks?: number }).__longTasks ?? 0);
  await session.detach();
  const [scriptP50Ms, scriptP95Ms] = quantiles(scripts);
  const scriptMeanMs = scripts.reduce((sum, each) => sum + each, 0) / frames;
  return { scriptMeanMs, scriptP50Ms, scriptP95Ms, longFrames, longTasks };
}

/** A task that is longer keeps who types or clicks waiting, in ms. */
const longMs = 50;

/** The middle one, and the one that 95 % are not above. */
export function quantiles(values: readonly number[]): readonly [p50: number, p95: number] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
  return [at(0.5), at(0.95)];
}

/**
 * How far the frames lie apart, in ms, while in each of them something is moved as by a wheel: what is under it sideways, and what
 * it scrolls in downwards. All of it happens in the page, so that no frame waits for a test.
 */
export function readIntervals(
  page: Page,
  frames: number,
  wheel: { readonly selector: string; readonly x: number; readonly y: number },
): Promise<readonly number[]> {
  return page.evaluate(
    async ({ count, selector, x, y }) => {
      const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const element = [...document.querySelectorAll<HTMLElement>(selector)].at(-1) ?? document.body;
      const at = { bubbles: true, cancelable: true, deltaX: x, clientX: element.getBoundingClientRect().left + 100 };
      let around: HTMLElement | null = element;
      while (around !== null && !/auto|scroll/.test(getComputedStyle(around).overflowY)) around = around.parentElement;
      const intervals: number[] = [];
      let before = await nextFrame();
      for (let frame = 0; frame < count; frame++) {
        if (x !== 0) element.dispatchEvent(new WheelEvent("wheel", at));
        if (around !== null) around.scrollTop += y;
        const now = await nextFrame();
        intervals.push(now - before);
        before = now;
      }
      return intervals;
    },
    { count: frames, ...wheel },
  );
}

function watchLongTasks(): void {
  const counted = globalThis as { __longTasks?: number };
  counted.__longTasks = 0;
  new PerformanceObserver((list) => {
    counted.__longTasks = (counted.__longTasks ?? 0) + list.getEntries().length;
  }).observe({ type: "longtask" });
}

/**
 * How long scripts have run in all, and how long the main thread was busy, by the time that the processor gave them: what else
 * the machine does does not count.
 */
async function readThreadMs(session: CDPSession): Promise<{ readonly script: number; readonly task: number }> {
  const { metrics } = await session.send("Performance.getMetrics");
  const read = (wanted: string): number => (metrics.find(({ name }) => name === wanted)?.value ?? 0) * 1000;
  return { script: read("ScriptDuration"), task: read("TaskDuration") };
}

/**
 * In how many frames something has changed within what is looked at, since it was first asked.
 *
 * @returns reads the count, and how many seconds of the page's time that were
 */
export async function countPaints(
  page: Page,
  selector: string,
): Promise<() => Promise<{ readonly paints: number; readonly seconds: number }>> {
  await page.evaluate((wanted) => {
    const counted = globalThis as { __paints?: number; __paintsFrom?: number };
    counted.__paints = 0;
    counted.__paintsFrom = performance.now();
    let isNoted = false;
    const note = (): void => {
      if (isNoted) return;
      isNoted = true;
      requestAnimationFrame(() => {
        isNoted = false;
        counted.__paints = (counted.__paints ?? 0) + 1;
      });
    };
    for (const element of document.querySelectorAll(wanted))
      new MutationObserver(note).observe(element, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      });
  }, selector);
  return () =>
    page.evaluate(() => {
      const { __paints = 0, __paintsFrom = 0 } = globalThis as { __paints?: number; __paintsFrom?: number };
      return { paints: __paints, seconds: (performance.now() - __paintsFrom) / 1000 };
    });
}

/** How much of the time since it was opened the page's main thread was busy, from 0 to 1. */
export async function openBusyMeter(page: Page): Promise<{ read(): Promise<number>; close(): Promise<void> }> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const readTaskMs = async (): Promise<number> => (await readThreadMs(session)).task;
  const startedAt = performance.now();
  const before = await readTaskMs();
  return {
    read: async () => ((await readTaskMs()) - before) / (performance.now() - startedAt),
    close: () => session.detach(),
  };
}

/** What the page holds once all is collected that can be, in bytes. */
export async function readHeap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  for (let round = 0; round < 3; round++) await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}
