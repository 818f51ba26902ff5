/**
 * How this machine draws: letters of our fonts, and the controls that are the browser's own. Another machine has other
 * fonts or another browser, and what it draws differs from the kept pictures everywhere, for no fault of ours.
 */

import { join } from "node:path";
import type { Browser } from "playwright-core";
import { takeStill } from "./photograph.ts";
import { toSmallPng } from "./small-png.ts";

/** Kept beside the pictures that were taken on the same machine. */
export const typeSamplePath = join(import.meta.dirname, "type-sample.png");

const sample = `<!doctype html><meta name="color-scheme" content="light">
<body style="margin: 8px; font: 13px/20px system-ui, sans-serif">
  <p>Quiet success: 0123456789, <b>Needs attention</b>, <small>faint</small> …•–“”×</p>
  <p style="font: 12px/20px ui-monospace, monospace">{"rows": 4812, "total": 98231.4}</p>
  <p><select><option>Any time</option></select> <input type="checkbox" checked> <input type="checkbox"></p>
</body>`;

export async function photographTypeSample(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 480, height: 160 }, colorScheme: "light", locale: "en-GB" });
  try {
    await page.setContent(sample);
    return toSmallPng(await takeStill(page));
  } finally {
    await page.close();
  }
}
