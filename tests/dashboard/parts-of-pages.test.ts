/** What holds for every page holds for its other tabs, for what is chosen in its lists, and for its dialogs. */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findBarriers } from "./harness/accessible.ts";
import { openSession } from "./harness/guarded-server.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { openTour, type Tour, type Visit } from "./harness/visit.ts";
import { type Part, partsOfAccess, partsOfPages } from "./parts-of-pages.ts";
import type { SeedName } from "./seeds/seeds.ts";

/** On each change the last of some, in one look; all of them in all looks at night. */
const isFull = process.env.MILLRACE_DASHBOARD_FULL === "1";
const onEachChange = ["an event", "a question", "a new automation", "a secret"];
const seeds: readonly SeedName[] = isFull ? ["small", "hostile"] : ["small"];

/** A ledger may have schedules that nobody could write: that the server says so is told on the console, too. */
const tolerates = /status of 422/;

const told = ({ path, press = [] }: Part): string => [path, ...press].join(", ");

async function expectSound(part: Part, { page, settle }: Visit): Promise<void> {
  for (const name of part.press ?? []) await press(page, name);
  if (part.press !== undefined) await page.getByRole("dialog").first().waitFor();
  await settle();
  const dark = [
    { colorScheme: "dark", width: 1440 },
    { colorScheme: "dark", width: 390 },
  ] as const;
  expect.soft(await findBarriers(page), `${told(part)}, light`).toEqual([]);
  for (const { colorScheme, width } of isFull ? dark : []) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await settle();
    expect.soft(await findBarriers(page), `${told(part)}, dark, at ${width} px`).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await settle();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect.soft(width, `${told(part)}, its width`).toBe(390);
}

async function press(page: Page, name: string | RegExp): Promise<void> {
  const exact = typeof name === "string";
  const target = page.getByRole("button", { name, exact }).or(page.getByRole("menuitem", { name, exact }));
  await target.first().click();
}

describeInBrowser("every part of a page", (browser) => {
  describe.each(seeds)("over a ledger that is %s", (seed) => {
    const place = usePlace(seed);
    let tour: Tour | null = null;
    beforeAll(async () => void (tour = await openTour(browser(), place.url, { tolerates })));
    afterAll(() => tour?.close());

    test.each(isFull ? Object.keys(partsOfPages) : onEachChange)(
      "%s is sound and accessible, and fits a phone",
      async (name) => {
        const parts = (await partsOfPages[name]?.(place.api)) ?? [];
        expect(parts.length, "what there is to look at").toBeGreaterThan(0);
        for (const part of isFull ? parts : parts.slice(-1))
          await tour?.visit(part.path, (visit) => expectSound(part, visit));
      },
    );
  });

  describe.runIf(isFull).each(seeds)("who has come in, over a ledger that is %s", (seed) => {
    const place = usePlace(seed, { hasAccessControl: true });

    test("is shown accounts, workspaces and the audit log", async () => {
      const session = await openSession(place.url, "ada");
      const tour = await openTour(browser(), place.url, { session });
      try {
        const parts = await partsOfAccess(place.api);
        expect(parts.length, "what there is to look at").toBeGreaterThan(6);
        for (const part of parts) await tour.visit(part.path, (visit) => expectSound(part, visit));
      } finally {
        await tour.close();
      }
    });
  });
});
