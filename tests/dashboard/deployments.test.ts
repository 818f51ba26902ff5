/** Deployments: the list with its strips and next runs; a deployment's readiness, what comes, its versions, pausing and deleting. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectRecovery, failedAnswers } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { cellsOf, dialogOf, factOf, pathOf, rowOf, rowsOf, searchOf, tabTo, totalOf } from "./harness/in-page.ts";
import { visit } from "./harness/visit.ts";

const table = "Deployments";
const menu = async (page: Page, item: string): Promise<void> => {
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: item }).click();
};
const tab = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Views of the deployment" }).getByRole("link", { name });

describeInBrowser("deployments", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    async function find(flowName: string, name: string) {
      const where = {
        all: [
          { field: "flowName", in: [flowName] },
          { field: "name", in: [name] },
        ],
      };
      return (await place.api.listObjects("deployment", { where }, { limit: 1 })).items[0] ?? null;
    }
    const pathTo = async (flowName: string, name: string): Promise<string> =>
      `deployments/deployment/${(await find(flowName, name))?.id}`;
    async function make(name: string, more: object = {}): Promise<string> {
      return (await place.api.saveDeployment({ flowName: "of-tests", name, ...more })).deployment.id;
    }

    test("each is there with its state, its schedules, its own last runs and the next one", () =>
      visit(browser(), place.url, { path: "deployments" }, async ({ page }) => {
        expect(await totalOf(page, table)).toBe(await place.api.count("deployment", { all: [] }));
        for (const [row, deployment] of [
          ["daily-sales/production", await find("daily-sales", "production")],
          ["sync-contacts/every-quarter-hour", await find("sync-contacts", "every-quarter-hour")],
        ] as const) {
          const line = rowsOf(page, table).filter({ has: page.getByTitle(row, { exact: true }) });
          const id = deployment?.id ?? "";
          const [told] = await place.api.summarizeDeployments({ ids: [id], bars: 20 });
          const counts = Map.groupBy(told?.bars.stateNames ?? [], (name) => name);
          const strip = await line.getByRole("img").getAttribute("aria-label");
          expect(strip, row).toContain(`Last ${told?.bars.ids.length} runs: `);
          expect(strip, row).toContain(`${counts.get("Completed")?.length} completed`);
          const next = await line.locator("time").first().getAttribute("datetime");
          expect(Math.abs(Date.parse(next ?? "") - (told?.nextDueAt ?? 0)), row).toBeLessThan(1);
        }
        const paused = rowsOf(page, table).filter({
          has: page.getByTitle("send-invoices/production", { exact: true }),
        });
        expect((await cellsOf(paused)).slice(1, 3)).toEqual(["Paused", "At 16:00 on Friday, UTC"]);
      }));

    test("filters go into the address, and an address brings them back", () =>
      visit(browser(), place.url, { path: "deployments" }, async ({ page, open }) => {
        await page.getByRole("combobox", { name: "Work pool" }).selectOption({ label: "local" });
        await page.getByRole("textbox", { name: "Tag" }).fill("crm");
        await expect.poll(() => totalOf(page, table)).toBe(1);
        const address = page.url();
        expect(Object.keys(searchOf(page)).toSorted()).toEqual(["pool", "tag"]);
        await open("deployments?status=paused");
        await expect.poll(() => totalOf(page, table)).toBe(1);
        await open(address);
        expect(await page.getByRole("textbox", { name: "Tag" }).inputValue()).toBe("crm");
        expect((await cellsOf(rowsOf(page, table).first()))[0]).toBe("sync-contacts/every-quarter-hour");
        await open("deployments?q=nothing-is-called-so");
        await page.getByText("No deployment matches").waitFor();
      }));

    test("its page says what keeps runs from beginning, and its tabs stand in the address", () =>
      visit(browser(), place.url, { path: "deployments" }, async ({ page, open }) => {
        await open(await pathTo("train-model", "gpu"));
        await page.getByText("No worker of the pool gpu is there, so runs wait.").waitFor();
        await page.getByText("millrace worker start --pool gpu").waitFor();
        await tabTo(page, tab(page, "Details"));
        await page.keyboard.press("Enter");
        await expect.poll(() => searchOf(page)).toEqual({ tab: "details" });
        expect(await factOf(page, "Entrypoint").innerText()).toBe("flows/train-model.ts:main");
        await open(`${await pathTo("daily-sales", "production")}?tab=parameters`);
        const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: /^limit/ }) });
        expect(await row.getByRole("cell").allInnerTexts()).toEqual(["integer", "5000", "1000", "Rows at most"]);
        await page.getByRole("rowheader", { name: "date required" }).waitFor();
        // Where a deployment does not say, the server holds parameters against their schema.
        await page.getByText("Is enforced", { exact: true }).waitFor();
      }));

    test("what comes is what was made and what its schedules will make, in order", () =>
      visit(browser(), place.url, { path: "deployments" }, async ({ page, open }) => {
        await open(`${await pathTo("daily-sales", "production")}?tab=upcoming`);
        const rows = rowsOf(page, "Upcoming runs");
        await rows.first().waitFor();
        await rows.getByRole("link", { name: "tomorrow-morning" }).waitFor();
        const times = await rows.evaluateAll((all) =>
          all
            .toSorted((a, b) => Number(a.getAttribute("aria-rowindex")) - Number(b.getAttribute("aria-rowindex")))
            .map((row) => Date.parse(row.querySelector("time")?.dateTime ?? "")),
        );
        expect(times.length).toBeGreaterThan(5);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        await open(`${await pathTo("send-invoices", "production")}?tab=upcoming`);
        await page.getByText("The deployment is paused, so its schedules make no runs.").waitFor();
      }));

    test("versions are compared by the address, and it is rolled back only by who says so twice", () =>
      visit(browser(), place.url, { path: "deployments" }, async ({ page, open }) => {
        const id = await make("versioned", { version: "1", parameters: { rows: 1 } });
        await place.api.updateDeployment(id, { version: "2", parameters: { rows: 2 } });
        await place.api.updateDeployment(id, { version: "3" });
        await open(`deployments/deployment/${id}?tab=versions`);
        await expect.poll(() => rowsOf(page, "Versions").count()).toBe(3);
        await rowOf(page, "Versions", "2").first().getByText("2", { exact: true }).first().click();
        await expect.poll(() => searchOf(page)).toEqual({ tab: "versions", from: "1", to: "2" });
        const diff = page.getByRole("region", { name: "What changed from version 1 to 2" });
        await diff.getByText('"rows": 2').waitFor();
        await page.getByRole("button", { name: "Roll back to 2" }).click();
        const dialog = dialogOf(page, "Roll back to version 2");
        await dialog.getByText("It becomes a new version").waitFor();
        await page.keyboard.press("Escape");
        expect((await find("of-tests", "versioned"))?.version).toBe("3");
        await page.getByRole("button", { name: "Roll back to 2" }).click();
        await dialog.getByRole("button", { name: "Roll back to version 2" }).click();
        await page.getByText("It is again what it was in version 2").waitFor();
        expect(await find("of-tests", "versioned")).toMatchObject({ version: "2", versionNumber: 4 });
      }));

    test("it is run, paused, resumed and deleted, asking first for what takes something away", () =>
      visit(browser(), place.url, { path: "deployments" }, async ({ page, open }) => {
        const id = await make("leaving");
        await open(`deployments/deployment/${id}`);
        await page.getByText("It has not run yet").waitFor();
        await menu(page, "Pause its schedules…");
        await page.getByRole("dialog").getByText("Its schedules make no runs until it is resumed").waitFor();
        expect((await find("of-tests", "leaving"))?.paused).toBe(false);
        await page.getByRole("button", { name: "Pause schedules" }).click();
        await expect.poll(async () => (await find("of-tests", "leaving"))?.paused).toBe(true);
        await page.getByRole("dialog").waitFor({ state: "detached" });
        await menu(page, "Resume its schedules");
        await expect.poll(async () => (await find("of-tests", "leaving"))?.paused).toBe(false);

        await page.getByRole("button", { name: "Run now" }).click();
        await dialogOf(page, "Run it now").getByRole("button", { name: "Submit run" }).click();
        await expect.poll(() => pathOf(page)).toContain("/runs/flow-run/");
        const runs = await place.api.listFlowRuns({ where: { field: "deploymentId", in: [id] } }, "created-desc", {
          limit: 5,
        });
        expect(runs.items.map((run) => `/runs/flow-run/${run.id}`)).toEqual([pathOf(page)]);

        await open(`deployments/deployment/${id}`);
        await menu(page, "Delete the deployment…");
        await page.getByRole("dialog").getByText("of-tests/leaving goes, with its schedules").waitFor();
        await page.keyboard.press("Escape");
        expect(await find("of-tests", "leaving")).not.toBeNull();
        await menu(page, "Delete the deployment…");
        await page.getByRole("button", { name: "Delete deployment" }).click();
        await expect.poll(() => pathOf(page)).toBe("/deployments");
        expect(await find("of-tests", "leaving")).toBeNull();
      }));

    test("one that is not there is said to be gone", () => {
      const path = "deployments/deployment/00000000-0000-7000-8000-000000000000";
      return visit(browser(), place.url, { path, tolerates: failedAnswers }, async ({ page }) => {
        await page.getByText("There is no such deployment").waitFor();
        expect(await page.getByRole("alert").count()).toBe(0);
      });
    });

    test("answers that fail are told, and asked for again, on the list and on the page of one", async () => {
      await expectRecovery(browser(), place.url, {
        path: "deployments",
        asks: "/v1/deployments/summaries",
        shows: (page) => rowsOf(page, table),
      });
      await expectRecovery(browser(), place.url, {
        path: `${await pathTo("daily-sales", "production")}?tab=details`,
        asks: /\/v1\/objects\/deployment\/[\da-f-]{36}$/,
        shows: (page) => page.getByRole("heading", { name: "production" }),
      });
    });
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("it says what a deployment is, and how one comes about", () =>
      visit(browser(), place.url, { path: "deployments" }, async ({ page }) => {
        await page.getByText("No deployments yet").waitFor();
        expect(await page.getByRole("alert").count()).toBe(0);
        await page.getByText("millrace deploy --all").waitFor();
      }));
  });
});
