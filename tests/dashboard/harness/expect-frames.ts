/** What moving through something may cost a frame: 8 ms of script, and 1,500 nodes. */

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { print } from "./figures.ts";
import { countNodes, measureFrames, quantiles, readIntervals } from "./measure.ts";

/** Of fewer the frames in which code is compiled, one or two of any number, would be the one that 95 % are not above. */
const frames = 120;
/** How far they lie apart is printed; more at night. */
const apart = process.env.MILLRACE_DASHBOARD_FULL === "1" ? 120 : 30;

/**
 * Moves on with each frame, as a wheel does, and holds to what that may cost.
 *
 * @param most the script of 95 % of the frames, in ms; on average and by half of them it is 8 anyway. Default 8
 */
export async function expectFrames(
  page: Page,
  what: string,
  { most = 8, ...wheel }: Parameters<typeof readIntervals>[2] & { readonly most?: number },
): Promise<void> {
  const costs = await measureFrames(page, frames, (frame) =>
    // A wheel turns one way at a time.
    frame % 2 === 0 && wheel.x !== 0 ? page.mouse.wheel(wheel.x, 0) : page.mouse.wheel(0, wheel.y),
  );
  const { scriptMeanMs, scriptP50Ms, scriptP95Ms, longFrames, longTasks } = costs;
  const [p50, p95] = quantiles(await readIntervals(page, apart, wheel));
  print(
    `${what}, script a frame`,
    `mean ${scriptMeanMs.toFixed(2)} ms, p50 ${scriptP50Ms.toFixed(2)} ms, p95 ${scriptP95Ms.toFixed(2)} ms (budget ${most} ms)`,
  );
  print(`${what}, frames apart`, `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms (budget 33 ms)`);
  print(
    `${what}, more than 50 ms`,
    `${longFrames} of ${frames} frames by the processor, ${longTasks} tasks by the clock`,
  );
  expect(scriptMeanMs, what).toBeLessThanOrEqual(8);
  expect(scriptP50Ms, what).toBeLessThanOrEqual(8);
  expect(scriptP95Ms, what).toBeLessThanOrEqual(most);
  expect(longFrames, `${what}: frames of more than 50 ms of the processor`).toBe(0);
  expect(await countNodes(page), what).toBeLessThanOrEqual(1500);
}
