/**
 * Pages as they are met by keyboard and by finger, enlarged, with spaced texts, in colours of one's own, and without movement:
 * some on each change, all at night. What axe finds by itself is looked for in pages.test.ts.
 */

import { describe, expect, test } from "vitest";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { layOver } from "./harness/lay-over.ts";
import {
  findCutBySpacing,
  findLostInForcedColors,
  findMoving,
  findOutOfReach,
  findUnseenFocus,
} from "./harness/looks.ts";
import { enlarged, findWiderThanWindow } from "./harness/reflow.ts";
import { findSmallTargets } from "./harness/target-size.ts";
import { visit, type Visit } from "./harness/visit.ts";
import { pages, pathsOver, readRouterPaths } from "./pages.ts";

const isFull = process.env.MILLRACE_DASHBOARD_FULL === "1";
const onEachChange = ["/", "/runs", "/runs/flow-run/$id", "/limits", "/calendar", "/automations/new"];

/** All ways to look at an address. */
async function expectLooks(address: string, { page, settle }: Visit): Promise<void> {
  expect.soft(await findSmallTargets(page), `${address}, by pointer`).toEqual([]);
  expect.soft(await findCutBySpacing(page), `${address}, with spaced texts`).toEqual([]);
  expect.soft(await findLostInForcedColors(page), `${address}, in forced colours`).toEqual([]);
  expect.soft(await findMoving(page), `${address}, without movement`).toEqual([]);
  expect.soft(await findUnseenFocus(page), `${address}, by keyboard`).toEqual([]);
  await page.setViewportSize({ width: 720, height: 450 });
  await settle();
  expect.soft(await findOutOfReach(page), `${address}, at 200 %`).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await settle();
  expect.soft(await findSmallTargets(page), `${address}, by finger`).toEqual([]);
  expect.soft(await findWiderThanWindow(page), `${address}, on a telephone`).toEqual([]);
  await page.setViewportSize(enlarged);
  await settle();
  expect.soft(await findWiderThanWindow(page), `${address}, at 400 %`).toEqual([]);
}

describeInBrowser("ways to look", (browser) => {
  const place = usePlace("small");

  test.each(isFull ? readRouterPaths() : onEachChange)("%s is there for whoever looks", async (path) => {
    expect(Object.hasOwn(pages, path), "that it has addresses").toBe(true);
    const addresses = (await pages[path]?.(place.api)) ?? [];
    for (const address of isFull ? addresses : addresses.slice(0, 1)) {
      await visit(browser(), place.url, { path: address }, (opened) => expectLooks(address, opened));
    }
  });

  test("what is too small to be hit is found, and what is wider than the window", () =>
    visit(browser(), place.url, { path: "settings" }, async ({ page }) => {
      expect(await findSmallTargets(page)).toEqual([]);
      await layOver(page, 'nav[aria-label="Places"] a { height: 12px !important; }');
      expect((await findSmallTargets(page)).join("\n")).toContain("a Runs: ");
      await page.setViewportSize(enlarged);
      expect(await findWiderThanWindow(page)).toEqual([]);
      await layOver(page, "main h1 { min-width: 500px; }");
      expect((await findWiderThanWindow(page)).join("\n")).toContain("h1 Settings: lies outside");
    }));

  test("menus, dialogs and the palette show what is chosen, and do not move", () =>
    visit(browser(), place.url, { path: "variables" }, async ({ page }) => {
      const look = async (what: string): Promise<void> => {
        expect.soft(await findMoving(page), `${what}, without movement`).toEqual([]);
        expect.soft(await findLostInForcedColors(page), `${what}, in forced colours`).toEqual([]);
      };
      await page.getByRole("button", { name: "Theme" }).focus();
      await page.keyboard.press("Enter");
      await page.locator("[data-highlighted]").waitFor();
      const outline = await page.locator("[data-highlighted]").evaluate((item) => getComputedStyle(item).outlineStyle);
      expect.soft(outline, "the chosen item of a menu").not.toBe("none");
      await look("a menu");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+k");
      await page.locator('[role="option"][aria-selected="true"]').waitFor();
      await look("the palette");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Create a variable" }).click();
      await page.getByRole("dialog").waitFor();
      await look("a dialog");
    }));
});

describeInBrowser("what is too much, or has gone wrong", (browser) => {
  describe.runIf(isFull).each(["broken", "many-runs", "big-run", "long-log"] as const)("over the ledger %s", (seed) => {
    const place = usePlace(seed);

    test.each(pathsOver[seed] ?? ["/", "/runs", "/runs/flow-run/$id", "/failures"])(
      "%s is there for whoever looks",
      async (path) => {
        const addresses = (await pages[path]?.(place.api)) ?? [];
        expect(addresses.length, "what there is to look at").toBeGreaterThan(0);
        for (const address of addresses) {
          await visit(browser(), place.url, { path: address }, (opened) => expectLooks(address, opened));
        }
      },
    );
  });
});

describeInBrowser("texts of strangers", (browser) => {
  const place = usePlace("hostile");

  test.each(readRouterPaths())("push %s not apart", async (path) => {
    for (const address of (await pages[path]?.(place.api)) ?? []) {
      await visit(browser(), place.url, { path: address, ...enlarged }, async ({ page }) => {
        expect.soft(await findWiderThanWindow(page), `${address}, at 400 %`).toEqual([]);
      });
    }
  });
});
