/** Below a path of somebody else's: /sub/ in place of /. */

import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { startProxy } from "./harness/proxy.ts";
import { visit } from "./harness/visit.ts";
import { seededRuns } from "./seeds/seeds.ts";

describeInBrowser("under a sub-path", (browser) => {
  const place = usePlace("small");

  test("every address keeps it: files, requests, links, the palette, a page that is loaded anew", async () => {
    await using proxy = await startProxy({ target: place.url, strip: "/sub" });
    await visit(browser(), proxy.url, { path: "runs" }, async ({ page, requests, settle }) => {
      await page.locator("[data-live]").getByText("Live").waitFor();
      await page.getByRole("link", { name: "golden-heron", exact: true }).click();
      await expect.poll(() => new URL(page.url()).pathname).toBe(`/sub/runs/flow-run/${seededRuns.golden}`);
      await page.reload();
      await settle();
      await page.getByRole("link", { name: "Runs", exact: true }).click();
      await expect.poll(() => new URL(page.url()).pathname).toBe("/sub/runs");
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog", { name: "Search or go to" }).waitFor();
      await page.getByRole("combobox").fill("overv");
      await page.getByRole("option", { name: /Overview/ }).waitFor();
      await page.keyboard.press("Enter");
      await expect.poll(() => new URL(page.url()).pathname).toBe("/sub/");
      await settle();
      const outside = requests
        .map((request) => new URL(request.url()).pathname)
        .filter((path) => !path.startsWith("/sub/"));
      expect(outside).toEqual([]);
    });
  });
});
