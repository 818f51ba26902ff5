/** A night of failures is retried at once, and taken back, by keyboard alone. */

import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "../harness/in-browser.ts";
import { hasFocus, visitByKeyboard } from "../harness/keyboard.ts";
import { processId, toRecords } from "../seeds/run-spec.ts";

const flow = "export-stock";
/** More than the list reads at first. */
const deployed = 110;
const started = 7;

describeInBrowser("many runs at once", (browser) => {
  const place = usePlace("small");

  /** Runs that failed: most of a deployment that nobody serves, and some that a person has started. */
  async function recordFailures(): Promise<void> {
    const { deployment } = await place.api.saveDeployment({
      flowName: flow,
      name: "night",
      entrypoint: "export.ts:main",
    });
    for (let index = 0; index < deployed + started; index++) {
      const isDeployed = index < deployed;
      const run = {
        flow,
        name: `${isDeployed ? "night" : "by-hand"}-${index}`,
        agoMs: 3_600_000 + index * 1000,
        tookMs: 500,
        state: "Failed",
        message: "The shop does not answer",
        ...(isDeployed ? { deploymentId: deployment.id } : {}),
      } as const;
      for (const part of toRecords(run, Date.now()).parts) await place.api.record({ processId, ...part });
    }
  }
  const count = async (stateType: "FAILED" | "SCHEDULED" | "CANCELLED"): Promise<number> => {
    const { items } = await place.api.listFlowRuns({ flowNames: [flow], stateTypes: [stateType] }, "created-desc", {
      limit: 500,
    });
    return items.length;
  };

  test("are filtered, chosen and retried as the look before has said, and cancelled again", async () => {
    await recordFailures();
    await visitByKeyboard(browser(), place.url, { path: "" }, async ({ page, keys, settle }) => {
      const bar = page.getByRole("region", { name: "Chosen runs" });
      const chips = page.getByRole("group", { name: "States" });
      const chooseAll = async (match: string): Promise<void> => {
        const all = page.getByRole("checkbox", { name: "Choose all runs that are listed" });
        await keys.tabTo(all);
        await keys.press("Space");
        await bar.waitFor();
        const rest = bar.getByRole("button", { name: match });
        await keys.tabBackTo(rest);
        await keys.press("Enter");
        await bar.getByText(match.replace("Choose all", "All")).waitFor();
        expect(await hasFocus(bar)).toBe(true);
      };

      await keys.press("g", "r");
      await page.getByRole("textbox", { name: "Name of the run or flow" }).waitFor();
      await keys.press("f");
      await keys.type(flow);
      await keys.tabTo(chips.getByRole("button", { name: "Failed" }));
      await keys.press("Enter");
      await settle();
      await chooseAll(`Choose all ${deployed + started} runs that match`);

      // Looked at, and left.
      const retry = bar.getByRole("button", { name: "Retry runs" });
      await keys.tabTo(retry);
      await keys.press("Enter");
      const dialog = page.getByRole("dialog", { name: "Retry runs" });
      const told = `${deployed} runs would be scheduled again, ${started} would be left as they are.`;
      await dialog.getByText(told).waitFor();
      await keys.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await expect.poll(() => hasFocus(retry)).toBe(true);
      expect(await count("FAILED")).toBe(deployed + started);

      // And done, to those that it was said of.
      await keys.press("Enter");
      await dialog.getByText(told).waitFor();
      await keys.tabTo(dialog.getByText(`Why ${started} are left`));
      await keys.press("Enter");
      expect(
        await dialog
          .getByRole("list", { name: "Runs that are left" })
          .getByText(/^by-hand-/)
          .count(),
      ).toBe(started);
      await keys.tabTo(dialog.getByRole("button", { name: `Retry ${deployed} runs` }));
      await keys.press("Enter");
      await dialog.getByText(`${deployed} runs are scheduled again, ${started} are left as they are.`).waitFor();
      expect(await count("SCHEDULED")).toBe(deployed);
      expect(await count("FAILED")).toBe(started);
      await keys.tabTo(dialog.getByRole("button", { name: "Close" }).last());
      await keys.press("Enter");
      await dialog.waitFor({ state: "detached" });
      // What was chosen is no more; the page goes on.
      await bar.waitFor({ state: "detached" });
      await expect.poll(() => hasFocus(page.locator("#main"))).toBe(true);
      await expect
        .poll(() => page.getByRole("table", { name: "Runs" }).getAttribute("aria-rowcount"))
        .toBe(String(started + 1));

      // Taken back before anybody has begun them.
      await keys.tabTo(chips.getByRole("button", { name: "Failed" }));
      await keys.press("Enter");
      await keys.tabTo(chips.getByRole("button", { name: /^Needs attention/ }));
      await keys.press("Enter");
      await settle();
      await chooseAll(`Choose all ${deployed} runs that match`);
      await keys.tabTo(bar.getByRole("button", { name: "Cancel runs" }));
      await keys.press("Enter");
      const cancel = page
        .getByRole("dialog", { name: "Cancel runs" })
        .getByRole("button", { name: `Cancel ${deployed} runs` });
      await cancel.waitFor();
      await keys.tabTo(cancel);
      await keys.press("Enter");
      await page.getByText(`${deployed} runs are cancelled.`).waitFor();
      expect(await count("CANCELLED")).toBe(deployed);
      expect(await count("SCHEDULED")).toBe(0);
    });
  });
});
