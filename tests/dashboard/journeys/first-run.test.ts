/** The first run: somebody follows what an empty page says, and the page opens what they have started. */

import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "../harness/in-browser.ts";
import { isMarked, markPage } from "../harness/one-load.ts";
import { makeProject } from "../harness/project.ts";
import { visit } from "../harness/visit.ts";

describeInBrowser("the first run", (browser) => {
  const place = usePlace("empty");

  test("is started by the commands that the page shows, and opens in the page that has waited", () =>
    visit(browser(), place.url, { path: "" }, async ({ page }) => {
      await page.getByText("Waiting for the first run").waitFor();
      const commands = await page.getByRole("group", { name: "Command" }).allTextContents();
      expect(commands).toHaveLength(3);
      const [init = "", install, run = ""] = commands;
      expect(install).toBe("npm install");

      // In other tabs, lists wait too.
      const [runs, flows] = [await page.context().newPage(), await page.context().newPage()];
      await runs.goto(`${place.url}runs`);
      await runs.getByText("No runs yet").waitFor();
      await flows.goto(`${place.url}flows`);
      await flows.getByText("No flows yet").waitFor();

      // On the machine of the server, as it says. What `npx` and `npm` load is installed in the project by the harness.
      const terminal = makeProject({ env: { MILLRACE_HOME: place.home } });
      await markPage(page);
      await terminal.run([init.replace(/^npx /, ""), run].join(" && "));
      await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/runs\/flow-run\/[0-9a-f-]{36}$/);
      await page.getByRole("banner").getByText("Live").waitFor();
      await page.locator("main").getByText("Completed").first().waitFor();
      expect(await page.getByRole("heading", { level: 1 }).textContent()).not.toBe("");
      expect(await isMarked(page)).toBe(true);

      await runs.getByRole("table", { name: "Runs" }).getByText("Completed").waitFor();
      await flows.getByRole("table", { name: "Flows" }).locator("[data-row]").waitFor();

      // Back, it is a day like others.
      await page.getByRole("link", { name: "Overview", exact: true }).click();
      await page.getByRole("list", { name: "Runs by state" }).getByText("completed").waitFor();
    }));
});
