/** What was deployed is wrong: somebody looks at what has changed, and the next run is of the code before. */

import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "../harness/in-browser.ts";
import { makeProject } from "../harness/project.ts";
import { visit } from "../harness/visit.ts";

const flowFile = (price: string): string => `
import { flow } from "millrace";

export const quote = flow({ name: "quote" }, async () => "the price is ${price}");
`;

describeInBrowser("a deployment of two versions", (browser) => {
  const place = usePlace("small");

  test("is rolled back, and runs what it ran before", async () => {
    const project = makeProject({
      env: { MILLRACE_API_URL: place.url },
      files: { "spring.ts": flowFile("12 EUR"), "summer.ts": flowFile("0 EUR") },
    });
    await project.start("millrace worker start --pool shop --type process", /takes runs of pool shop/);
    await project.run("millrace deploy spring.ts --pool shop --name shop --version spring");
    await project.run("millrace deploy summer.ts --pool shop --name shop --version summer");
    await project.run("millrace deployment run quote/shop --name quote-of-summer");

    await visit(browser(), place.url, { path: "deployments?q=quote" }, async ({ page }) => {
      await page.getByRole("link", { name: "quote/shop" }).click();
      const runs = page.getByRole("table", { name: "Runs of the deployment" });
      await runs.locator("[data-row]", { hasText: "quote-of-summer" }).getByText("Completed").waitFor();
      await runs.getByRole("link", { name: "quote-of-summer" }).click();
      await page.getByText("Version 2", { exact: true }).waitFor();
      await page.getByRole("link", { name: "Details", exact: true }).click();
      await page.getByText("the price is 0 EUR").waitFor();

      await page.getByRole("link", { name: "quote/shop" }).click();
      await page.getByRole("link", { name: "Versions" }).click();
      const changed = page.locator("main");
      await changed.getByText(/"entrypoint": ".*summer\.ts/).waitFor();
      await changed.getByText(/"entrypoint": ".*spring\.ts/).waitFor();
      const versions = page.getByRole("table", { name: "Versions" }).locator("[data-row]");
      await versions.filter({ hasText: "spring" }).click();
      await page.getByRole("button", { name: "Roll back to 1" }).click();
      const dialog = page.getByRole("dialog", { name: "Roll back to version 1" });
      await dialog.getByText(/"entrypoint": ".*spring\.ts/).waitFor();
      await dialog.getByRole("button", { name: "Roll back to version 1" }).click();
      await dialog.waitFor({ state: "detached" });
      await versions.filter({ hasText: "back to 1" }).waitFor();
      expect(await versions.first().textContent()).toMatch(/^3/);

      await page.getByRole("button", { name: "Run now" }).click();
      await page.getByRole("dialog", { name: "Run it now" }).getByRole("button", { name: "Submit run" }).click();
      await page.getByText("Version 3", { exact: true }).waitFor();
      await page.locator("main").getByText("Completed").first().waitFor();
      await page.getByRole("link", { name: "Details", exact: true }).click();
      await page.getByText("the price is 12 EUR").waitFor();
    });
  });
});
