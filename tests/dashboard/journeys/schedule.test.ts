/** A deployment gets a schedule: written, seen to make runs, paused, resumed, changed and taken away. */

import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "../harness/in-browser.ts";
import { isMarked, markPage } from "../harness/one-load.ts";
import { makeProject } from "../harness/project.ts";
import { visit } from "../harness/visit.ts";

const flowFile = `
import { flow } from "millrace";

export const sync = flow({ name: "sync-prices" }, async () => "in step");

if (import.meta.main) await sync.serve({ name: "shop" });
`;

describeInBrowser("a schedule", (browser) => {
  const place = usePlace("small");

  test("is written with its next times, makes runs, and is paused, resumed, changed and deleted", async () => {
    const project = makeProject({ env: { MILLRACE_API_URL: place.url }, files: { "sync.ts": flowFile } });
    await project.start("node sync.ts", /Ctrl-C stops it/);

    await visit(
      browser(),
      place.url,
      { path: "deployments?q=sync-prices", tolerates: /status of 422/ },
      async ({ page }) => {
        const tab = (name: string) =>
          page.getByRole("navigation", { name: "Views of the deployment" }).getByRole("link", { name });
        await page.getByRole("link", { name: "sync-prices/shop" }).click();
        await markPage(page);
        await tab("Schedules").click();
        await page.getByText("It has no schedule").waitFor();
        await page.getByRole("button", { name: "Add schedule" }).click();

        // What the server cannot read is said at the field; else it says when it will be due.
        const editor = page.getByRole("dialog");
        const times = editor.getByRole("complementary", { name: "When it is due" }).getByRole("listitem");
        const save = editor.getByRole("button", { name: /^(Add|Save) schedule$/ });
        await editor.getByLabel("Cron expression").fill("0 25 * * *");
        await expect.poll(() => editor.getByLabel("Cron expression").getAttribute("aria-invalid")).toBe("true");
        expect(await save.getAttribute("title")).toBe("Mend what is marked first");
        await editor.getByLabel("Time zone").fill("UTC");
        await editor.getByLabel("Cron expression").fill("30 6 * * *");
        await expect.poll(() => times.count()).toBe(5);
        const due = await place.api.upcoming({ spec: { kind: "cron", cron: "30 6 * * *", timezone: "UTC" }, limit: 5 });
        const shown = await times
          .locator("time")
          .evaluateAll((found) => found.map((time) => time.getAttribute("datetime")));
        expect(shown).toEqual(due.map((at) => new Date(at).toISOString()));

        // Often, so that it can be seen to run.
        await editor.getByLabel("Interval").check();
        await editor.getByLabel("Every").fill("2");
        await editor.getByLabel("Unit").selectOption("second");
        await save.click();
        await editor.waitFor({ state: "detached" });
        const card = page.getByRole("article");
        await card.getByText("Active").waitFor();

        await tab("Runs").click();
        await page.getByRole("table", { name: "Runs of the deployment" }).getByText("Completed").first().waitFor();
        await tab("Upcoming").click();
        const upcoming = page.getByRole("table", { name: "Upcoming runs" }).locator("[data-row]");
        await upcoming.getByText("A schedule").first().waitFor();

        // Paused, there is nothing to come; resumed, there is.
        await tab("Schedules").click();
        await card.getByRole("button", { name: "Pause" }).click();
        await card.getByText("It makes no runs until it is resumed.").waitFor();
        await tab("Upcoming").click();
        await page.getByText("Nothing is planned").waitFor();
        await tab("Schedules").click();
        await card.getByRole("button", { name: "Resume" }).click();
        await tab("Upcoming").click();
        await upcoming.first().waitFor();

        // Changed, what it had made for later goes.
        await tab("Schedules").click();
        await card.getByRole("button", { name: "Edit" }).click();
        await editor.getByLabel("Cron", { exact: true }).check();
        await editor.getByLabel("Cron expression").fill("30 6 * * *");
        await editor.getByLabel("Time zone").fill("UTC");
        await expect.poll(() => times.count()).toBe(5);
        await save.click();
        await editor.waitFor({ state: "detached" });
        await card.getByText("30 6 * * *").waitFor();
        await tab("Upcoming").click();
        await expect.poll(() => upcoming.first().textContent()).toContain("06:30");

        await tab("Schedules").click();
        await card.getByRole("button", { name: "Delete" }).click();
        await page
          .getByRole("dialog", { name: "Delete the schedule" })
          .getByRole("button", { name: "Delete schedule" })
          .click();
        await page.getByText("It has no schedule").waitFor();
        await tab("Upcoming").click();
        await page.getByText("Nothing is planned").waitFor();

        // What it has made is on the calendar.
        await page.getByRole("link", { name: "Calendar", exact: true }).click();
        await page.getByLabel("Deployment", { exact: true }).selectOption({ label: "sync-prices/shop" });
        const days = page.getByRole("table", { name: "Runs by day" }).getByTitle(/\d+ completed/);
        await expect.poll(() => days.count()).toBe(1);
        expect(await isMarked(page)).toBe(true);
      },
    );
  });
});
