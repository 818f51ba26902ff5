/** Failures by what is the same in them: what the groups say, all of their runs, and retrying these. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { toFullTime } from "../../dashboard/src/format/time.ts";
import { expectRecovery } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { recordRuns } from "./harness/record-runs.ts";
import { visit } from "./harness/visit.ts";
import { anError, type RunSpec } from "./seeds/run-spec.ts";

const rows = (page: Page) => page.getByRole("table", { name: "Failures" }).locator("[data-row]");
const search = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
const weekMs = 7 * 86_400_000;

describeInBrowser("the failures", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    test("are the groups that the server makes, and one is looked into by its address", () =>
      visit(browser(), place.url, { path: "failures" }, async ({ page, settle, open }) => {
        await rows(page).first().waitFor();
        const { items } = await place.api.groupFailures({ since: Date.now() - weekMs, page: { limit: 200 } });
        expect(await rows(page).count()).toBe(items.length);
        for (const [index, group] of items.entries()) {
          const row = rows(page).nth(index);
          const text = await row.innerText();
          expect(text).toMatch(new RegExp(`^${group.count}\\b`));
          expect(text).toContain(group.message.slice(0, 60));
          expect(text).toContain(group.taskName ?? group.flowNames[0] ?? "");
          expect(await row.getByRole("time").last().getAttribute("title")).toBe(toFullTime(group.lastAt, "UTC"));
        }

        const group = items.find(({ taskName }) => taskName === "evaluate");
        await rows(page).filter({ hasText: "evaluate" }).focus();
        await page.keyboard.press("Enter");
        await expect.poll(() => search(page).group).toBe(group?.fingerprint);
        const details = page.getByRole("complementary", { name: "TypeError" });
        await details.getByRole("list", { name: "Runs of this failure" }).getByText("crimson-newt").waitFor();
        expect(await details.innerText()).toContain("1 in 1 run");
        await page.keyboard.press("Escape");
        await details.waitFor({ state: "detached" });
        expect(search(page)).toEqual({});

        await page.getByRole("combobox", { name: "How far back" }).selectOption("24h");
        await page.getByRole("textbox", { name: "Name of the flow" }).fill("train");
        await settle();
        const narrowed = await place.api.groupFailures({
          since: Date.now() - weekMs / 7,
          where: { field: "flowName", contains: "train" },
        });
        await expect.poll(() => rows(page).count()).toBe(narrowed.items.length);
        expect(search(page)).toEqual({ since: "24h", flow: "train" });
        await open(`failures?since=24h&flow=train&group=${group?.fingerprint}`);
        await details.waitFor();
        expect(await rows(page).count()).toBe(narrowed.items.length);
        expect(await page.getByRole("textbox", { name: "Name of the flow" }).inputValue()).toBe("train");

        await open("failures?flow=nothing-is-called-so");
        await page.getByText("No failure of such a flow").waitFor();
      }));

    test("all runs of a group are listed, and are retried at once", async () => {
      const [deployment] = (await place.api.listObjects("deployment", { where: { field: "name", in: ["gpu"] } })).items;
      const runs = Array.from(
        { length: 30 },
        (_, index): RunSpec => ({
          flow: "train-model",
          name: `full-disk-${index}`,
          agoMs: 60_000 + index * 1000,
          tookMs: 500,
          state: "Failed",
          message: "No space left",
          error: anError("DiskError", `No space left on disk ${index}`),
          // Nobody would take up the last ones.
          ...(index < 28 ? { deploymentId: deployment?.id ?? "" } : {}),
        }),
      );
      const ids = await recordRuns(place.api, runs);
      await visit(browser(), place.url, { path: "failures" }, async ({ page }) => {
        await rows(page).filter({ hasText: "No space left" }).click();
        const list = page.getByRole("list", { name: "Runs of this failure" }).getByRole("listitem");
        await expect.poll(() => list.count()).toBe(25);
        await page.getByRole("button", { name: "Show more runs" }).click();
        await expect.poll(() => list.count()).toBe(30);
        expect(await list.first().innerText()).toContain("full-disk-0");

        await page.getByRole("button", { name: "Retry all of its runs" }).click();
        const dialog = page.getByRole("dialog", { name: "Retry runs" });
        await dialog.getByText("28 runs would be scheduled again, 2 would be left as they are.").waitFor();
        const states = async (): Promise<readonly string[]> => {
          const { items } = await place.api.listFlowRuns({ ids }, "created-desc", { limit: 100 });
          return items.map(({ state }) => state.type);
        };
        expect(new Set(await states())).toEqual(new Set(["FAILED"]));
        expect(await dialog.innerText()).toContain("millrace flow-run bulk retry --failure");
        await dialog.getByRole("button", { name: "Retry 28 runs" }).click();
        // It goes on telling what it did when the group has become smaller, or is gone.
        await dialog.getByText("28 runs are scheduled again").waitFor();
        const after = await states();
        expect(after.filter((type) => type === "SCHEDULED")).toHaveLength(28);
        expect(after.filter((type) => type === "FAILED")).toHaveLength(2);
        await dialog.getByRole("button", { name: "Close" }).last().click();
        await expect.poll(() => list.count()).toBe(2);
      });
    });

    test("an error is told, and a server that is away is waited for", () =>
      expectRecovery(browser(), place.url, {
        path: "failures",
        asks: /\/v1\/failures\/groups/,
        shows: (page) => rows(page),
      }));
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("there are none, and what would be here is said", () =>
      visit(browser(), place.url, { path: "failures" }, async ({ page }) => {
        await page.getByText("Nothing has failed in this time").waitFor();
        expect(await page.getByText("Failures that say the same are put together here").count()).toBe(1);
      }));
  });
});
