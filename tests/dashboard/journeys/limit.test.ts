/** A run waits: the page says for which limit, the limit who has its slots, and with one more slot the run goes. */

import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "../harness/in-browser.ts";
import { isMarked, markPage } from "../harness/one-load.ts";
import { makeProject } from "../harness/project.ts";
import { visit } from "../harness/visit.ts";

/** It has its slot until there is a file `go`. */
const flowFile = `
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { flow } from "millrace";

export const load = flow({ name: "load-warehouse" }, async () => {
  while (!existsSync("go")) await sleep(50);
});
`;

describeInBrowser("a run that waits", (browser) => {
  const place = usePlace("small");

  test("names the limit that holds it, and goes once the limit is raised", async () => {
    const project = makeProject({ env: { MILLRACE_API_URL: place.url }, files: { "load.ts": flowFile } });
    await project.start("millrace worker start --pool loads --type process", /takes runs of pool loads/);
    await project.run("millrace deploy load.ts --pool loads --concurrency-limit 1");
    const ask = (name: string) => project.run(`millrace deployment run load-warehouse/load-warehouse --name ${name}`);

    await visit(browser(), place.url, { path: "runs?q=load-warehouse" }, async ({ page }) => {
      const row = (name: string) => page.getByRole("table", { name: "Runs" }).locator("[data-row]", { hasText: name });
      await ask("load-first");
      await row("load-first").getByText("Running").waitFor();
      await ask("load-second");
      await row("load-second").getByText("Awaiting concurrency slot").waitFor();
      await markPage(page);
      await page.getByRole("link", { name: "load-second" }).click();
      await page.getByRole("link", { name: "Details", exact: true }).click();
      const why = page.getByRole("region", { name: "Why is it not running?" });
      await why.getByText("load-warehouse/load-warehouse is taken, by load-first.").waitFor();
      await why.getByRole("link", { name: /^Concurrency limit/ }).click();

      await page.getByRole("heading", { name: "Limits" }).waitFor();
      const limit = page.getByRole("complementary");
      await limit.getByText("1 of 1 slot").waitFor();
      await limit.getByRole("region", { name: "Holders" }).getByRole("link", { name: "load-first" }).waitFor();
      await limit.getByRole("region", { name: "Waiting" }).getByRole("link", { name: "load-second" }).waitFor();
      await limit.getByRole("button", { name: "Edit the limit" }).click();
      const dialog = page.getByRole("dialog", { name: "Edit the limit" });
      await dialog.getByLabel("Slots").fill("2");
      await dialog.getByRole("button", { name: "Save the limit" }).click();
      await dialog.waitFor({ state: "detached" });
      await limit.getByText("2 of 2 slots").waitFor({ timeout: 60_000 });
      await limit.getByRole("region", { name: "Waiting" }).getByText("No run waits for it.").waitFor();

      project.write("go", "");
      await page.getByRole("link", { name: "Runs", exact: true }).click();
      for (const name of ["load-first", "load-second"]) await row(name).getByText("Completed").waitFor();
      expect(await isMarked(page)).toBe(true);
    });
  });
});
