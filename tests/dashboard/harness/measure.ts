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

export interface ScriptTime {
  readonly frames: number;
  readonly scriptMsPerFrame: number;
  /** Tasks of more than 50 ms. */
  readonly longTasks: number;
}

/** Does something in each of a number of frames, and says how much script ran. */
export async function measureFrames(
  page: Page,
  frames: number,
  act: (frame: number) => Promise<void>,
): Promise<ScriptTime> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.evaluate(watchLongTasks);
  const before = await readScriptMs(session);
  for (let frame = 0; frame < frames; frame++) {
    await act(frame);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
  const scriptMs = (await readScriptMs(session)) - before;
  const longTasks = await page.evaluate(() => (globalThis as { __longTasks?: number }).__longTasks ?? 0);
  await session.detach();
  return { frames, scriptMsPerFrame: scriptMs / frames, longTasks };
}

function watchLongTasks(): void {
  const counted = globalThis as { __longTasks?: number };
  counted.__longTasks = 0;
  new PerformanceObserver((list) => {
    counted.__longTasks = (counted.__longTasks ?? 0) + list.getEntries().length;
  }).observe({ type: "longtask" });
}

/** How long scripts have run in all, by the time that the processor gave them: what else the machine does does not count. */
async function readScriptMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "ScriptDuration")?.value ?? 0) * 1000;
}

/** How much of the time since it was opened the page's main thread was busy, from 0 to 1. */
export async function openBusyMeter(page: Page): Promise<{ read(): Promise<number>; close(): Promise<void> }> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const readTaskMs = async (): Promise<number> => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000;
  };
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
