/** A deployment has missed a day: the calendar shows it, somebody makes its runs there, and a worker runs them. */

import { expect, test } from "vitest";
import { toLongDay } from "../../../dashboard/src/pages/calendar/day-words.ts";
import { describeInBrowser, usePlace } from "../harness/in-browser.ts";
import { isMarked, markPage } from "../harness/one-load.ts";
import { makeProject } from "../harness/project.ts";
import { visit } from "../harness/visit.ts";

const dayMs = 86_400_000;

const flowFile = `
import { flow } from "millrace";

export const backup = flow({ name: "back-up" }, async () => "all of it");
`;

describeInBrowser("a day that was missed", (browser) => {
  const place = usePlace("small");

  test("is run from the calendar by a worker, each run for its own time", async () => {
    const project = makeProject({ env: { MILLRACE_API_URL: place.url }, files: { "backup.ts": flowFile } });
    await project.start("millrace worker start --pool vault --type process", /takes runs of pool vault/);
    await project.run("millrace deploy backup.ts --pool vault --name nightly --cron '0 */8 * * *' --timezone UTC");
    const day = Math.floor(Date.now() / dayMs - 3) * dayMs;
    const key = new Date(day).toISOString().slice(0, 10);

    await visit(browser(), place.url, { path: `calendar?month=${key.slice(0, 7)}` }, async ({ page }) => {
      await markPage(page);
      await page.getByLabel("Deployment", { exact: true }).selectOption({ label: "back-up/nightly" });
      const cell = page.getByRole("cell").filter({ hasText: `${toLongDay(key)}: ` });
      await cell.getByText(": no runs").waitFor({ state: "attached" });
      await cell.getByRole("button", { name: "Run for this day" }).click();
      const dialog = page.getByRole("dialog", { name: `Run for ${toLongDay(key)}` });
      await dialog.getByRole("button", { name: "Make 3 runs" }).click();
      await dialog.waitFor({ state: "detached" });

      // They are run, and the day has them.
      await expect.poll(() => cell.getByTitle(/3 completed/).count(), { timeout: 60_000 }).toBe(1);
      await cell.getByRole("link").first().click();
      await expect.poll(() => new URL(page.url()).pathname).toBe("/runs");
      const runs = page.getByRole("table", { name: "Runs" }).locator("[data-row]");
      await expect.poll(() => runs.filter({ hasText: "back-up" }).count()).toBe(3);
      await runs.filter({ hasText: "back-up" }).last().getByRole("link").first().click();
      await page.getByRole("link", { name: "Details", exact: true }).click();
      await page.getByText("all of it").waitFor();
      expect(await isMarked(page)).toBe(true);
    });
    const where = { field: "expectedAt", atLeast: day, below: day + dayMs };
    const { items } = await place.api.listFlowRuns({ flowNames: ["back-up"], where }, "created-asc", { limit: 10 });
    const made = items.map(({ expectedAt, state }) => [expectedAt, state.name] as const);
    expect(made.toSorted(([one], [other]) => one - other)).toEqual(
      [0, 8, 16].map((hour) => [day + hour * 3_600_000, "Completed"]),
    );
  });
});
