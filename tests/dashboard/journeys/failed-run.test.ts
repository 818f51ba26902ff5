/** A run fails: from the overview to its cause, and by a fix and a retry to its end. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "../harness/in-browser.ts";
import { isMarked, markPage } from "../harness/one-load.ts";
import { makeProject } from "../harness/project.ts";
import { visit } from "../harness/visit.ts";

const flowFile = (francs: string): string => `
import { appendFileSync } from "node:fs";
import { flow, logger, task } from "millrace";

const read = task({ name: "read rates" }, async () => {
  appendFileSync("reads", "read\\n");
  return { EUR: 1, USD: 1.1 };
});
const convert = task({ name: "convert" }, async (rates) => {
  for (let line = 0; line < 200; line++) logger().info("order " + line + " is converted");
  ${francs}
  return 3;
});

export const orders = flow({ name: "convert-orders" }, async () => convert(await read()));
`;
const broken = `logger().error("no rate for CHF"); throw new Error("There is no rate for CHF");`;

describeInBrowser("a run that fails", (browser) => {
  const place = usePlace("small");

  test("is found on the overview, understood by its error and its log, and retried once the code is mended", async () => {
    const project = makeProject({ env: { MILLRACE_API_URL: place.url }, files: { "orders.ts": flowFile(broken) } });
    await project.start("millrace worker start --pool desk --type process", /takes runs of pool desk/);
    await project.run("millrace deploy orders.ts --pool desk");

    await visit(browser(), place.url, { path: "" }, async ({ page }) => {
      await page.getByRole("region", { name: "Needs attention" }).getByText("Failed").first().waitFor();
      await project.run("millrace deployment run convert-orders/convert-orders --name orders-of-today");
      const item = page.getByRole("region", { name: "Needs attention" }).getByRole("listitem");
      const failed = item.filter({ hasText: "There is no rate for CHF" });
      await failed.getByRole("link", { name: "convert-orders" }).click();

      await page.getByRole("heading", { name: "orders-of-today" }).waitFor();
      const wrong = page.getByRole("region", { name: "What went wrong" });
      expect(await wrong.textContent()).toContain("There is no rate for CHF");
      await markPage(page);

      // To the task that failed, and the line of the code.
      await wrong.getByRole("link", { name: "Failed tasks first" }).click();
      const rows = page.getByRole("treegrid").getByRole("row");
      await expect.poll(() => rows.first().textContent()).toContain("convert");
      await rows.first().click();
      const task = page.getByRole("complementary", { name: "Task run" });
      const error = task.getByRole("region", { name: "Error" });
      await error.getByText("There is no rate for CHF").waitFor();
      expect(await error.textContent()).toContain("orders.ts:");

      // To what it said before it failed, far down in its log.
      await task.getByRole("link", { name: "Open the task run" }).click();
      await page.getByRole("navigation", { name: "Views of the task run" }).getByText("Logs").click();
      await page.getByRole("group", { name: "Errors" }).getByTitle("Go to the next error (e)").click();
      await expect.poll(() => new URL(page.url()).searchParams.get("line")).not.toBeNull();
      const chosen = page.locator("[data-line].bg-selected");
      expect(await chosen.allTextContents()).toEqual([expect.stringContaining("no rate for CHF")]);

      // Mended where the worker finds it.
      project.write("orders.ts", flowFile(""));
      await page.getByRole("link", { name: "orders-of-today" }).click();
      await page.getByRole("button", { name: "Retry failed tasks" }).click();
      const dialog = page.getByRole("dialog", { name: "Retry from what failed" });
      await dialog.getByRole("button", { name: "Retry failed tasks" }).click();
      await dialog.getByText("The run is scheduled again.").waitFor();
      await dialog.getByRole("button", { name: "Close" }).last().click();
      await page.locator("main").getByText("Attempt 2").waitFor();
      await page
        .getByRole("treegrid")
        .getByRole("row", { name: /Completed convert/ })
        .waitFor();
      await wrong.waitFor({ state: "detached" });
      // What had succeeded was taken from the record.
      expect(readFileSync(join(project.folder, "reads"), "utf8")).toBe("read\n");

      await page.getByRole("link", { name: "Overview", exact: true }).click();
      await item.first().waitFor();
      await expect.poll(() => failed.count()).toBe(0);
      expect(await isMarked(page)).toBe(true);
    });
  });
});
