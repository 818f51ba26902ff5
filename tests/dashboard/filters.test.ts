/** What stands above each list: it is typed into without an end, and says what the address says. */

import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { visit } from "./harness/visit.ts";

const lists = [
  ["runs", "Name of the run or flow", "q"],
  ["failures", "Name of the flow", "flow"],
  ["flows", "Name of the flow", "q"],
  ["deployments", "Name of the deployment or flow", "q"],
  ["automations", "Name of the automation", "q"],
  ["events", "Start of the event's name", "name"],
  ["webhooks", "Name of the webhook", "q"],
  ["artifacts", "Key or description", "q"],
  ["work-pools", "Name of the pool", "q"],
  ["limits", "Name of the limit", "q"],
  ["blocks", "Name of the block", "q"],
  ["variables", "Name of the variable", "q"],
] as const;

describeInBrowser("the filter", (browser) => {
  const place = usePlace("small");

  test.each(lists)("of %s is gone to by a key, keeps the focus, and follows the address", (path, label, name) =>
    visit(browser(), place.url, { path }, async ({ page }) => {
      const input = page.getByRole("textbox", { name: label, exact: true });
      await input.waitFor();
      await page.keyboard.press("f");
      // Letter by letter, as a person does: the first one changes the address.
      await page.keyboard.type("sal", { delay: 60 });
      await expect.poll(() => new URL(page.url()).searchParams.get(name)).toBe("sal");
      expect(await input.inputValue()).toBe("sal");
      expect(await input.evaluate((field) => field === document.activeElement)).toBe(true);

      await page.getByRole("link", { name: "Settings", exact: true }).click();
      await page.goBack();
      await expect.poll(() => input.inputValue()).toBe("sal");
    }),
  );
});
