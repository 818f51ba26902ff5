/** The overview: the past day as the ledger has it, what needs somebody, what runs and what is next. */

import type { Client, Condition, FlowRun } from "millrace/client";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type Family, lookOf } from "../../dashboard/src/states/families.ts";
import { expectRecovery } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { recordRuns } from "./harness/record-runs.ts";
import { visit } from "./harness/visit.ts";
import { seededRuns } from "./seeds/seeds.ts";

const panel = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const isRoot: Condition = { field: "parentRunId", isNull: true };
const halfHourMs = 1_800_000;
const dayMs = 86_400_000;

/** The families by the words that the page has for them. */
const words: Readonly<Record<string, Family>> = {
  failed: "failed",
  crashed: "crashed",
  "late or paused": "attention",
  running: "running",
  waiting: "waiting",
  completed: "completed",
  cancelled: "inert",
};

/** How many runs of the past 24 hours, to the end of the half hour, are in each family. */
async function countDay(api: Client): Promise<Readonly<Record<string, number>>> {
  const to = Math.ceil(Date.now() / halfHourMs) * halfHourMs;
  const where = { all: [isRoot, { field: "expectedAt", atLeast: to - dayMs, below: to }] };
  const { items } = await api.listFlowRuns({ where }, "created-desc", { limit: 1000 });
  const counts: Record<string, number> = {};
  for (const { state } of items) {
    const { family } = lookOf(state);
    const word = Object.keys(words).find((each) => words[each] === family) ?? family;
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}

async function readStrip(page: Page): Promise<Readonly<Record<string, number>>> {
  const texts = await page.getByRole("list", { name: "Runs by state" }).getByRole("listitem").allInnerTexts();
  return Object.fromEntries(
    texts.map((text) => {
      const [, count = "", word = ""] = /^([\d,]+)\s+(.+)$/s.exec(text.trim()) ?? [];
      return [word, Number(count.replaceAll(",", ""))];
    }),
  );
}

const namesIn = (page: Page, name: string) => panel(page, name).getByRole("listitem").getByRole("link").allInnerTexts();
const runsOf = (api: Client, where: Condition): Promise<readonly FlowRun[]> =>
  api.listFlowRuns({ where: { all: [isRoot, where] } }, "started-desc", { limit: 100 }).then(({ items }) => items);

describeInBrowser("the overview", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    test("counts the runs of the past day by state, and a column of them opens as a list", () =>
      visit(browser(), place.url, { path: "" }, async ({ page, settle }) => {
        await expect
          .poll(async () => [await readStrip(page), await countDay(place.api)])
          .toSatisfy(([shown, counted]) => JSON.stringify(sorted(shown)) === JSON.stringify(sorted(counted)));
        const since = Math.ceil(Date.now() / halfHourMs) * halfHourMs - dayMs;
        const [{ count: tasks } = { count: 0 }] = await place.api
          .readRunHistory({ subject: "task-run", from: since, to: since + dayMs, bucketMs: dayMs })
          .then((cells) => [{ count: cells.reduce((sum, { count }) => sum + count, 0) }]);
        expect(await panel(page, "Runs").innerText()).toContain(`${tasks} task runs`);

        const column = page.getByRole("slider", { name: /^Runs of the past 24 hours/ });
        await column.focus();
        await page.keyboard.press("End");
        let said = (await column.getAttribute("aria-valuetext")) ?? "";
        while (said.endsWith("no runs")) {
          await page.keyboard.press("ArrowLeft");
          said = (await column.getAttribute("aria-valuetext")) ?? "";
        }
        const counts = said.slice(said.lastIndexOf(": ") + 2).match(/\d+/g) ?? [];
        await page.keyboard.press("Enter");
        await expect.poll(() => new URL(page.url()).pathname).toBe("/runs");
        await settle();
        const rows = await page.getByRole("table", { name: "Runs" }).getAttribute("aria-rowcount");
        expect(Number(rows) - 1).toBe(counts.reduce((sum, each) => sum + Number(each), 0));

        await page.goBack();
        await page
          .getByRole("list", { name: "Runs by state" })
          .getByRole("link", { name: /failed/ })
          .click();
        await expect.poll(() => new URL(page.url()).search).toBe("?state=%5B%22failed%22%5D&since=24h");
      }));

    test("says what needs somebody, what runs, and of each deployment what is next", () =>
      visit(browser(), place.url, { path: "" }, async ({ page }) => {
        await panel(page, "Needs attention").getByRole("listitem").first().waitFor();
        await panel(page, "Next scheduled").getByRole("listitem").first().waitFor();
        const attention = await panel(page, "Needs attention").getByRole("listitem").allInnerTexts();
        const line = (text: string): string => attention.find((each) => each.includes(text)) ?? "";
        // Who is asked comes first.
        expect(attention[0]).toMatch(/^Asks|^Paused/);
        expect(line("Publish version 1.4.0?")).toContain("Asks");
        expect(line("release-1-4-0")).not.toBe("");
        expect(line("held-by-ada")).toContain("Paused");
        expect(line("Work pool gpu")).toContain("Not served");
        expect(line("overdue-wren")).toContain("Late");
        const failed = await runsOf(place.api, {
          all: [
            { any: [{ field: "stateType", in: ["FAILED", "CRASHED"] }] },
            { field: "endedAt", atLeast: Date.now() - dayMs },
          ],
        });
        expect(line("Cannot read properties of undefined (reading 'loss')")).toContain("train-model");
        expect(line("more run")).toContain(`${failed.length - 6} more run`);

        const running = await runsOf(place.api, { field: "stateType", in: ["RUNNING", "CANCELLING"] });
        const shown = await namesIn(page, "Running now");
        expect(shown.toSorted()).toEqual(running.map(({ flowName, name }) => `${flowName} ${name}`).toSorted());

        const { items } = await place.api.listFlowRuns(
          { where: { field: "dueAt", atLeast: Date.now() }, stateTypes: ["SCHEDULED"], rootsOnly: true },
          "due-asc",
          { limit: 1000 },
        );
        const firsts = [...Map.groupBy(items, ({ id, deploymentId }) => deploymentId ?? id).values()].map(
          ([first]) => `${first?.flowName} ${first?.name}`,
        );
        expect((await namesIn(page, "Next scheduled")).toSorted()).toEqual(firsts.toSorted());
        for (const text of await panel(page, "Next scheduled").getByRole("time").allInnerTexts())
          expect(text).toMatch(/^in |^now$/);

        await panel(page, "Needs attention").getByRole("link", { name: "Publish version 1.4.0?" }).click();
        await expect.poll(() => new URL(page.url()).pathname).toBe("/inbox");
        await page.goBack();
        await panel(page, "Needs attention").getByRole("link", { name: "train-model" }).first().click();
        await expect.poll(() => new URL(page.url()).pathname).toBe(`/runs/flow-run/${seededRuns.failed}`);
      }));

    test("an error is told, and a server that is away is waited for", () =>
      expectRecovery(browser(), place.url, {
        path: "",
        asks: /\/v1\/flow-runs\/rows\/filter/,
        shows: (page) => page.getByRole("list", { name: "Runs by state" }),
      }));
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("says how to begin, and goes to the first run as soon as there is one", () =>
      visit(browser(), place.url, { path: "" }, async ({ page }) => {
        await page.getByText("Waiting for the first run").waitFor();
        await page.locator("[data-live]").getByText("Live").waitFor();
        const [id] = await recordRuns(place.api, [{ flow: "hello", name: "first", agoMs: 0, state: "Running" }]);
        await expect.poll(() => new URL(page.url()).pathname).toBe(`/runs/flow-run/${id}`);
        await page.getByRole("heading", { name: "first", level: 1 }).waitFor();
      }));
  });
});

const sorted = (counts: Readonly<Record<string, number>> | undefined) =>
  Object.entries(counts ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1));
