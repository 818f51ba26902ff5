/** Two runs are put beside each other, and what is seen is sent to somebody; an id from elsewhere leads to its run. */

import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "../harness/in-browser.ts";
import { visit } from "../harness/visit.ts";
import { processId, type RunSpec, runIdOf, toRecords } from "../seeds/run-spec.ts";

const flow = "price-model";

function run(name: string, { rate, fitMs }: { readonly rate: number; readonly fitMs: number }): RunSpec {
  return {
    flow,
    name,
    agoMs: 60_000,
    tookMs: 1000 + fitMs,
    state: "Completed",
    parameters: { rate, region: "west" },
    extra: { startedVersion: rate },
    tasks: [
      { task: "read", fromMs: 0, tookMs: 1000, state: "Completed" },
      { task: "fit", fromMs: 1000, tookMs: fitMs, state: "Completed", after: ["read"] },
    ],
  };
}

describeInBrowser("two runs", (browser) => {
  const place = usePlace("small");

  test("are chosen in the list and compared; the address shows the same to others", async () => {
    for (const spec of [run("before", { rate: 1, fitMs: 2000 }), run("after", { rate: 2, fitMs: 8000 })]) {
      for (const part of toRecords(spec, Date.now()).parts) await place.api.record({ processId, ...part });
    }
    await visit(browser(), place.url, { path: `runs?q=${flow}` }, async ({ page, settle }) => {
      const compare = page.getByRole("button", { name: "Compare runs" });
      await page.getByRole("checkbox", { name: "Choose before" }).check();
      expect(await compare.getAttribute("title")).toBe("Choose two to 6 runs one by one");
      await page.getByRole("checkbox", { name: "Choose after" }).check();
      await compare.click();

      const table = page.getByRole("region", { name: "Comparison" });
      const row = (name: string) => table.getByRole("row", { name: new RegExp(`^${name}\\b`) });
      await row("rate").waitFor();
      expect(await row("rate").getByRole("cell").allTextContents()).toEqual(["1", "2"]);
      expect(await row("region").getByRole("cell").allTextContents()).toEqual(['"west"', '"west"']);
      expect(await row("Took").getByRole("cell").last().textContent()).toContain("9");
      expect(await row("fit").textContent()).toMatch(/2\.?0?s.*8\.?0?s/);
      await page.getByRole("checkbox", { name: "Only what differs" }).check();
      await expect.poll(() => row("region").count()).toBe(0);
      await row("rate").waitFor();
      await settle();
      const seen = await table.innerText();

      // To somebody else, who has nothing of this browser.
      await visit(browser(), place.url, { path: page.url().slice(place.url.length) }, async (other) => {
        const theirs = other.page.getByRole("region", { name: "Comparison" });
        await theirs.getByRole("row", { name: /^rate\b/ }).waitFor();
        expect((await theirs.innerText()).split("\n")[0]).toBe(seen.split("\n")[0]);
        expect(await theirs.getByRole("row").count()).toBe(await table.getByRole("row").count());
      });
    });
  });

  test("are found by the start of an id, by a short link and in the palette", () =>
    visit(browser(), place.url, { path: `r/${runIdOf(flow, "before").slice(0, 13)}` }, async ({ page }) => {
      await page.getByRole("heading", { name: "before" }).waitFor();
      expect(new URL(page.url()).pathname).toBe(`/runs/flow-run/${runIdOf(flow, "before")}`);
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog", { name: "Search or go to" }).waitFor();
      await page.keyboard.type(runIdOf(flow, "after").slice(0, 13));
      await page.getByRole("option", { name: runIdOf(flow, "after") }).waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "after" }).waitFor();
    }));
});
