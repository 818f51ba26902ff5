/** What holds for every page, whatever is in the ledger. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findBarriers } from "./harness/accessible.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { openTour, type Tour } from "./harness/visit.ts";
import { pages, pathsOver, readRouterPaths } from "./pages.ts";
import type { SeedName } from "./seeds/seeds.ts";

const paths = readRouterPaths();

test("each page has addresses to be tested at", () => {
  expect(paths.filter((path) => !Object.hasOwn(pages, path))).toEqual([]);
});

/** Every look of every page over every ledger takes minutes, and is for the night; on each change one ledger has all kinds. */
const isFull = process.env.MILLRACE_DASHBOARD_FULL === "1";
const seeds: readonly (readonly [SeedName, readonly string[]])[] = isFull
  ? (["empty", "small", "hostile", "broken", "many-runs", "big-run", "long-log"] as const).map(
      (seed) => [seed, pathsOver[seed] ?? paths] as const,
    )
  : [
      ["small", paths],
      ["broken", ["/", "/failures"]],
    ];

/** How a page is looked at: whether it is gone through for barriers then, or only fits. */
const looks = [
  { name: "light", colorScheme: "light", width: 1440, isAudited: true },
  { name: "dark", colorScheme: "dark", width: 1440, isAudited: isFull },
  { name: "at 390 px", colorScheme: "dark", width: 390, isAudited: isFull },
] as const;

describeInBrowser("every page", (browser) => {
  describe.each(seeds)("over the ledger %s", (seed, its) => {
    const place = usePlace(seed);
    // One window for all of them: the dashboard's files are loaded and compiled once.
    let tour: Tour | null = null;
    beforeAll(async () => void (tour = await openTour(browser(), place.url)));
    afterAll(() => tour?.close());

    // An error in the console, a request elsewhere or a script of the data fails the visit itself.
    test.each(its)("%s is sound and accessible, light and dark, and fits a phone", async (path) => {
      const addresses = (await pages[path]?.(place.api)) ?? [];
      // Only this ledger has all kinds.
      expect(addresses.length, "what there is to look at").toBeGreaterThanOrEqual(seed === "small" ? 1 : 0);
      for (const address of addresses) {
        await tour?.visit(address, async ({ page, settle }) => {
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
