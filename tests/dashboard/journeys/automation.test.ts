/** An automation is built, tried on what has happened, kept, and set off by what happens next. */

import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "../harness/in-browser.ts";
import { makeProject } from "../harness/project.ts";
import { visit } from "../harness/visit.ts";
import { processId } from "../seeds/run-spec.ts";

describeInBrowser("an automation", (browser) => {
  const place = usePlace("small");

  test("is tried on the past week before it is kept, and is then set off by what happens", async () => {
    const terminal = makeProject({ env: { MILLRACE_API_URL: place.url } });
    // Twice in the past week, and once before it.
    await place.api.record({
      processId,
      events: [1, 3, 9].map((days) => ({
        id: crypto.randomUUID(),
        name: "shop.price-refused",
        at: Date.now() - days * 86_400_000,
        flowRunId: null,
        taskRunId: null,
        resource: { id: "shop.price.1" },
        payload: "{}",
        related: [],
      })),
    });
    await visit(browser(), place.url, { path: "automations" }, async ({ page }) => {
      await page.getByRole("link", { name: "Create an automation" }).click();
      await page.getByLabel("Events", { exact: true }).fill("shop.price-*");
      // Whatever it is of.
      await page.getByRole("button", { name: "Remove the label id" }).click();
      const tried = page.getByRole("region", { name: "Dry run" });
      await tried.getByRole("button", { name: "Try it on the past week" }).click();
      await tried.getByText("It would have fired 2 times").waitFor();

      await page.getByRole("link", { name: "2. Actions" }).click();
      await page.getByRole("button", { name: "Add an action" }).click();
      await page.getByLabel("Each time it is set off: what action 1 does").selectOption("do-nothing");
      // It was tried with another action, and the trigger is the same.
      expect(await tried.getByText("It has been changed since").count()).toBe(0);
      await page.getByRole("link", { name: "3. Details" }).click();
      await page.getByLabel("Name", { exact: true }).fill("Prices that are refused");
      await page.getByRole("button", { name: "Create the automation" }).click();

      await page.getByRole("heading", { name: "Prices that are refused" }).waitFor();
      await page.getByText("This page waits for the first time.").waitFor();
      const fired = page.getByRole("table", { name: "History" }).locator("[data-row]");
      await terminal.run("millrace event emit shop.price-refused --resource shop.price.1");
      await fired.first().waitFor();
      expect(await fired.first().textContent()).toContain("do-nothing");
      await fired.first().getByRole("link").click();
      await page.getByRole("complementary", { name: "shop.price-refused" }).waitFor();
    });
  });
});
