/** What the policy of pages does to style sheets: ours hold, those that are put in are refused, an artifact keeps its own. */

import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { visit } from "./harness/visit.ts";
import { processId, runIdOf, toRecords } from "./seeds/run-spec.ts";

const red = "rgb(200, 0, 0)";

describeInBrowser("style sheets", (browser) => {
  const place = usePlace("small");

  test("that somebody puts into a page are refused", async () => {
    const visited = visit(browser(), place.url, { path: "settings", tolerates: /style/ }, async ({ page }) => {
      const color = await page.evaluate((put) => {
        const sheet = document.createElement("style");
        sheet.textContent = `h1 { color: ${put} !important }`;
        document.head.append(sheet);
        const heading = document.querySelector("h1");
        return heading === null ? "none" : getComputedStyle(heading).color;
      }, red);
      expect(color).not.toBe(red);
    });
    await expect(visited).rejects.toThrow(/content security policy: style-src-elem inline/);
  });

  test("of the editor, of menus and of what is said in passing hold", () =>
    visit(browser(), place.url, { path: "webhooks" }, async ({ page }) => {
      await page.getByRole("button", { name: "Create a webhook" }).click();
      const editor = page.getByRole("textbox", { name: "Payload" });
      await editor.waitFor();
      expect(await editor.evaluate((element) => getComputedStyle(element).whiteSpace)).toBe("break-spaces");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Theme" }).click();
      await page.getByRole("menu").waitFor();
      // The page behind it does not scroll.
      expect(await page.evaluate(() => getComputedStyle(document.body).overflow)).toBe("hidden");
    }));

  test("and attributes of an HTML artifact are as its author made them", async () => {
    const html = `<style>p { color: ${red} }</style><p id="by-sheet" style="margin-left: 7px">Styled</p>`;
    const spec = {
      flow: "daily-sales",
      name: "styled",
      agoMs: 5000,
      tookMs: 1000,
      state: "Completed",
      artifacts: [{ kind: "html", key: "styled-page", data: html }],
    } as const;
    for (const part of toRecords(spec, Date.now()).parts) await place.api.record({ processId, ...part });
    const path = `runs/flow-run/${runIdOf(spec.flow, spec.name)}?tab=artifacts`;
    await visit(browser(), place.url, { path }, async ({ page }) => {
      const styled = page.frameLocator("iframe").locator("#by-sheet");
      await expect
        .poll(() =>
          styled.evaluate((element) => [getComputedStyle(element).color, getComputedStyle(element).marginLeft]),
        )
        .toEqual([red, "7px"]);
    });
  });
});
