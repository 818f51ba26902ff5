/** A picture of a page that is the same each time: the ledger is seeded, the clock stands, and nothing moves. */

import type { Browser, Page } from "playwright-core";
import { stillNow } from "../harness/still-server.ts";
import { type Theme, visit } from "../harness/visit.ts";
import type { Shot } from "./shots.ts";
import { toSmallPng } from "./small-png.ts";

/** How often it is tried until the page holds still. */
const maxTries = 20;

/** @param url of a still server, with a slash at its end */
export async function photograph(
  browser: Browser,
  url: string,
  { shot, theme, session = null }: { readonly shot: Shot; readonly theme: Theme; readonly session?: string | null },
): Promise<Buffer> {
  const { path, width = 1440, before, as } = shot;
  const signedIn = session === null ? {} : { session };
  const options = { path, theme, width, height: width < 760 ? 844 : 900, now: stillNow, ...signedIn };
  const png = await visit(browser, url, options, async ({ page, open }) => {
    // Who has not signed in hears of nothing.
    for (let tries = 0; as !== null && !(await isLive(page)); tries++) {
      if (tries === maxTries) throw new Error(`The stream of events does not get through to ${path}`);
      // On a busy machine it may have come too late, and the page asks instead; its clock stands, so it would for ever.
      await open(path);
    }
    await before?.(page);
    // What was pressed is pointed to no more.
    await page.mouse.move(0, 0);
    return await takeStill(page);
  });
  return toSmallPng(png);
}

const isLive = (page: Page): Promise<boolean> =>
  page
    .locator('[data-live="Live"]')
    .waitFor({ timeout: 6000 })
    .then(
      () => true,
      () => false,
    );

/** Once two in a row are the same, all of it is there. */
export async function takeStill(page: Page): Promise<Buffer> {
  await page.evaluate(() => document.fonts.ready);
  const take = (): Promise<Buffer> => page.screenshot({ animations: "disabled", caret: "hide" });
  let last = await take();
  for (let tries = 0; tries < maxTries; tries++) {
    await page.waitForTimeout(100);
    const next = await take();
    if (next.equals(last)) return next;
    last = next;
  }
  throw new Error(`${page.url()} does not hold still`);
}
