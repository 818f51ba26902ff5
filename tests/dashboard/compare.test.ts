/** Runs side by side: what differs in their states, parameters, tasks and artifacts. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { toDuration } from "../../dashboard/src/format/time.ts";
import { expectRecovery, failedAnswers } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { recordRuns } from "./harness/record-runs.ts";
import { visit } from "./harness/visit.ts";
import { anError, type RunSpec } from "./seeds/run-spec.ts";
import { seededRuns } from "./seeds/seeds.ts";

const search = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
const row = (page: Page, name: string) =>
  page
    .getByRole("region", { name: "Comparison" })
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader", { name }) });
const report = (text: string) => ({ kind: "markdown", key: "compared-report", data: text });

const one: RunSpec = {
  flow: "compared",
  name: "compared-one",
  agoMs: 100_000,
  tookMs: 10_000,
  state: "Completed",
  parameters: { epochs: 5, seed: 7, only: "here" },
  artifacts: [report("# The same\n\nFive epochs")],
  tasks: [
    { task: "fit", name: "fit 1", fromMs: 0, tookMs: 4000, state: "Completed" },
    { task: "fit", name: "fit 2", fromMs: 4000, tookMs: 5000, state: "Completed" },
    { task: "read", fromMs: 0, tookMs: 100, state: "Cached" },
  ],
};
const other: RunSpec = {
  ...one,
  name: "compared-other",
  tookMs: 15_000,
  state: "Failed",
  parameters: { seed: 7, epochs: 9 },
  error: anError("Error", "loss is NaN"),
  artifacts: [report("# The same\n\nNine epochs")],
  tasks: [
    { task: "fit", name: "fit 1", fromMs: 0, tookMs: 12_000, state: "Failed" },
    { task: "read", fromMs: 0, tookMs: 100, state: "Cached" },
  ],
};

describeInBrowser("the comparison", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    test("marks what differs, and shows only that where it is asked to", async () => {
      const [first = "", second = ""] = await recordRuns(place.api, [one, other]);
      await visit(browser(), place.url, { path: `compare?runs=${first},${second}` }, async ({ page }) => {
        await page.getByRole("link", { name: "compared-other" }).waitFor();
        const textOf = async (name: string) => (await row(page, name).first().innerText()).replace(/\s+/g, " ");
        expect(await textOf("State")).toMatch(/differs.*Completed.*Failed/);
        expect(await textOf("Took")).toContain(`${toDuration(10_000)} ${toDuration(15_000)}+50 %`);
        expect(await textOf("Error")).toContain("loss is NaN");
        expect(await textOf("epochs")).toMatch(/differs 5 9$/);
        expect(await textOf("seed")).not.toContain("differs");
        expect(await textOf("only")).toMatch(/differs "here" –$/);
        expect(await textOf("Version")).toContain("1.4.0 1.4.0");
        const fit = await textOf("fit");
        expect(fit).toContain(`${toDuration(9000)} 2 task runs`);
        expect(fit).toContain(`${toDuration(12_000)} 1 task run 1 failed`);
        expect(await textOf("read")).toContain("1 cached");

        await page.getByRole("checkbox", { name: "Only what differs" }).check();
        await expect.poll(() => row(page, "seed").count()).toBe(0);
        expect(await row(page, "epochs").count()).toBe(1);
        expect(search(page)).toEqual({ runs: `${first},${second}`, differs: "true" });
        await page.reload();
        await row(page, "epochs").waitFor();
        expect(await row(page, "seed").count()).toBe(0);

        const artifact = page.getByText("compared-report");
        await artifact.click();
        const diff = page.getByRole("region", { name: "What differs in compared-report" });
        expect(await diff.innerText()).toContain("Nine epochs");
      });
    });

    test("takes further runs by the start of an id, and leaves one out", () =>
      visit(browser(), place.url, { path: "compare", tolerates: failedAnswers }, async ({ page }) => {
        await page.getByText("No run is chosen").waitFor();
        const field = page.getByRole("textbox", { name: "Id of a run, or the start of one" });
        for (const id of [seededRuns.golden, seededRuns.failed]) {
          await field.fill(id.slice(0, 13));
          await field.press("Enter");
          await expect.poll(() => search(page).runs ?? "").toContain(id);
        }
        await page.getByRole("link", { name: "golden-heron" }).waitFor();
        await field.fill("ffffffff");
        await field.press("Enter");
        await page.getByRole("alert").getByText("RUN_NOT_FOUND").waitFor();
        await page.getByRole("button", { name: "Leave out golden-heron" }).click();
        await expect.poll(() => search(page).runs).toBe(seededRuns.failed);
        await expect.poll(() => page.getByRole("link", { name: "golden-heron" }).count()).toBe(0);
      }));

    test("a run offers it with the one before, and says of one that is gone that it is", () =>
      visit(
        browser(),
        place.url,
        { path: `runs/flow-run/${seededRuns.golden}`, tolerates: failedAnswers },
        async ({ page, open }) => {
          const golden = await place.api.readFlowRun(seededRuns.golden);
          const { items } = await place.api.listFlowRuns(
            {
              flowNames: ["daily-sales"],
              where: {
                all: [
                  { field: "createdAt", below: golden?.createdAt ?? 0 },
                  { field: "deploymentId", in: [golden?.deploymentId ?? ""] },
                ],
              },
            },
            "created-desc",
            { limit: 1 },
          );
          await page.getByRole("button", { name: "More actions" }).click();
          await page.getByRole("menuitem", { name: "Compare with the run before" }).click();
          await expect.poll(() => search(page).runs).toBe(`${items[0]?.id},${seededRuns.golden}`);
          await row(page, "region").waitFor();

          const gone = "00000000-0000-4000-8000-000000000000";
          await open(`compare?runs=${gone},${seededRuns.golden}`);
          await page.getByText("There is no run").waitFor();
          await page.getByRole("link", { name: "golden-heron" }).waitFor();
          await page.getByRole("button", { name: `Leave out ${gone}` }).click();
          await expect.poll(() => search(page).runs).toBe(seededRuns.golden);
        },
      ));

    test("an error is told, and a server that is away is waited for", () =>
      expectRecovery(browser(), place.url, {
        path: `compare?runs=${seededRuns.golden},${seededRuns.failed}`,
        asks: /\/v1\/flow-runs\/[-0-9a-f]+$/,
        shows: (page) => page.getByRole("link", { name: "golden-heron" }),
      }));
  });
});
