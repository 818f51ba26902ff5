/** What holds for every page, whatever is in the ledger. */

import { describe, expect, test } from "vitest";
import { findBarriers } from "./harness/accessible.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { visit } from "./harness/visit.ts";
import { pages, readRouterPaths } from "./pages.ts";

const paths = readRouterPaths();

test("each page has addresses to be tested at", () => {
  expect(paths.filter((path) => !Object.hasOwn(pages, path))).toEqual([]);
});

describeInBrowser("every page", (browser) => {
  describe.each(["empty", "small", "hostile"] as const)("over a ledger that is %s", (seed) => {
    const place = usePlace(seed);

    // An error in the console, a request elsewhere or a script of the data fails the visit itself.
    test.each(paths)("%s is sound and accessible, light and dark, and fits a phone", async (path) => {
      for (const address of (await pages[path]?.(place.api)) ?? []) {
        await visit(browser(), place.url, { path: address }, async ({ page, settle }) => {
          expect(await findBarriers(page), `${address}, light`).toEqual([]);
          await page.emulateMedia({ colorScheme: "dark" });
          expect(await findBarriers(page), `${address}, dark`).toEqual([]);
          await page.setViewportSize({ width: 390, height: 844 });
          await settle();
          expect(await findBarriers(page), `${address}, at 390 px`).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth), `${address}, its width`).toBe(390);
        });
      }
    });
  });
});
