/** What holds for every page, whatever is in the ledger. */

import { describe, expect, test } from "vitest";
import { findBarriers } from "./harness/accessible.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { visit } from "./harness/visit.ts";
import { pages, readRouterPaths } from "./pages.ts";
import type { SeedName } from "./seeds/seeds.ts";

const paths = readRouterPaths();

test("each page has addresses to be tested at", () => {
  expect(paths.filter((path) => !Object.hasOwn(pages, path))).toEqual([]);
});

/** Every look of every page over every ledger takes minutes, and is for the night; on each change one ledger has all kinds. */
const isFull = process.env.MILLRACE_DASHBOARD_FULL === "1";
const seeds: readonly SeedName[] = isFull ? ["empty", "small", "hostile"] : ["small"];

/** How a page is looked at: whether it is gone through for barriers then, or only fits. */
const looks = [
  { name: "light", colorScheme: "light", width: 1440, isAudited: true },
  { name: "dark", colorScheme: "dark", width: 1440, isAudited: isFull },
  { name: "at 390 px", colorScheme: "dark", width: 390, isAudited: isFull },
] as const;

describeInBrowser("every page", (browser) => {
  describe.each(seeds)("over a ledger that is %s", (seed) => {
    const place = usePlace(seed);

    // An error in the console, a request elsewhere or a script of the data fails the visit itself.
    test.each(paths)("%s is sound and accessible, light and dark, and fits a phone", async (path) => {
      for (const address of (await pages[path]?.(place.api)) ?? []) {
        await visit(browser(), place.url, { path: address }, async ({ page, settle }) => {
          for (const { name, colorScheme, width, isAudited } of looks) {
            await page.emulateMedia({ colorScheme });
            if (width < 1440) {
              await page.setViewportSize({ width, height: 844 });
              await settle();
            }
            const barriers = isAudited ? await findBarriers(page) : [];
            expect(barriers, `${address}, ${name}`).toEqual([]);
          }
          expect(await page.evaluate(() => document.documentElement.scrollWidth), `${address}, its width`).toBe(390);
        });
      }
    });
  });
});
