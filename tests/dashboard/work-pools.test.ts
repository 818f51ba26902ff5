/** Work pools: their health, what runs and waits, queues in their order, workers, the job template, and what is done to them. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectRecovery, failedAnswers } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import {
  cellOf,
  cellsOf,
  dialogOf,
  factOf,
  pathOf,
  rowOf,
  rowsOf,
  searchOf,
  tabTo,
  totalOf,
} from "./harness/in-page.ts";
import { visit } from "./harness/visit.ts";

const table = "Work pools";
const more = (page: Page) => page.getByRole("button", { name: "More to do with the pool" });
const tab = (page: Page, name: RegExp) =>
  page.getByRole("navigation", { name: "Views of the pool" }).getByRole("link", { name });

describeInBrowser("work pools", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    async function readPool(name: string) {
      const where = { field: "name", in: [name] };
      return (await place.api.listObjects("work-pool", { where }, { limit: 1 })).items[0] ?? null;
    }
    const queuesOf = async (name: string) => {
      const where = { field: "workPoolId", in: [(await readPool(name))?.id ?? ""] };
      const sort = { field: "priority", direction: "asc" } as const;
      return (await place.api.listObjects("work-queue", { where, sort }, { limit: 50 })).items;
    };

    test("each is there with its health, what runs and waits; a name goes into the address", () =>
      visit(browser(), place.url, { path: "work-pools" }, async ({ page, open }) => {
        expect(await totalOf(page, table)).toBe(3);
        const states = { local: "Ready", gpu: "No worker", nightly: "Paused" };
        for (const [name, state] of Object.entries(states)) {
          expect((await cellsOf(rowOf(page, table, name)))[0], name).toBe(state);
        }
        const ids = (await queuesOf("local")).map(({ id }) => id);
        const active = (await place.api.countActiveRuns(ids)).reduce((sum, each) => sum + each.active, 0);
        const at = { table, row: "local" };
        expect(await (await cellOf(page, { ...at, head: "Running" })).innerText()).toBe(`${active}/8`);
        expect(await (await cellOf(page, { ...at, head: "Queues" })).innerText()).toBe("3");
        expect(await (await cellOf(page, { ...at, head: "Workers" })).innerText()).toBe("2 online");
        await page.getByRole("textbox", { name: "Name of the pool" }).fill("gp");
        await expect.poll(() => totalOf(page, table)).toBe(1);
        expect(searchOf(page)).toEqual({ q: "gp" });
        await open("work-pools?q=nothing-is-called-so");
        await page.getByText("No pool matches").waitFor();
      }));

    test("a pool's page says who serves it, what runs, and what to do where nobody does", () =>
      visit(browser(), place.url, { path: "work-pools/work-pool/gpu" }, async ({ page, open }) => {
        await page.getByText("Its workers are no longer heard of").waitFor();
        await page.getByText("millrace worker start --pool gpu").waitFor();
        await open("work-pools/work-pool/local?tab=workers");
        const workers = rowsOf(page, "Workers");
        expect(await workers.count()).toBe(2);
        expect((await cellsOf(workers.first())).slice(0, 2)).toEqual(["Online", "worker-alder"]);
        expect((await cellsOf(workers.first())).slice(3, 5)).toEqual(["10m 00s", "Node"]);
        await open("work-pools/work-pool/local?tab=details");
        expect(await factOf(page, "Type").innerText()).toBe("process");
        expect(await factOf(page, "Description").innerText()).toBe("Runs in processes on the machine of the worker.");
        await open("work-pools/work-pool/nobody");
        await page.getByText("There is no such work pool").waitFor();
        await page.getByText("millrace work-pool create nobody").waitFor();
      }));

    test("runs under way and those that wait are those of the pool, in order", () =>
      visit(browser(), place.url, { path: "work-pools/work-pool/local" }, async ({ page }) => {
        const where = {
          all: [
            { field: "workPoolId", in: [(await readPool("local"))?.id ?? ""] },
            { field: "stateType", in: ["RUNNING", "CANCELLING", "PENDING", "PAUSED", "SCHEDULED"] },
          ],
        };
        const { items } = await place.api.listFlowRunRows({ where }, "expected-asc", { limit: 10 });
        const rows = rowsOf(page, "Runs of the pool");
        await rows.first().waitFor();
        const links = await rows.evaluateAll((all) =>
          all
            .toSorted((a, b) => Number(a.getAttribute("aria-rowindex")) - Number(b.getAttribute("aria-rowindex")))
            .map((row) => row.querySelector("a")?.textContent),
        );
        expect(links.slice(0, 5)).toEqual(items.slice(0, 5).map(({ name }) => name));
      }));

    test("queues stand in their order; by keyboard alone one is chosen, by the address shown again", () =>
      visit(browser(), place.url, { path: "work-pools/work-pool/local" }, async ({ page, open }) => {
        await tabTo(page, tab(page, /^Queues/));
        await page.keyboard.press("Enter");
        await expect.poll(() => rowsOf(page, "Queues").count()).toBe(3);
        const queues = await queuesOf("local");
        for (const [index, { name, priority }] of queues.entries()) {
          expect((await cellsOf(rowsOf(page, "Queues").nth(index))).slice(0, 2)).toEqual([String(priority), name]);
        }
        await rowsOf(page, "Queues").first().focus();
        await page.keyboard.press("j");
        await page.keyboard.press("Enter");
        await expect.poll(() => searchOf(page)).toEqual({ tab: "queues", queue: queues[1]?.name });
        await open(`work-queues/work-queue/${queues[2]?.id}`);
        await expect.poll(() => searchOf(page)).toEqual({ tab: "queues", queue: queues[2]?.name });
        await expect.poll(() => rowsOf(page, "Queues").nth(2).getAttribute("aria-current")).toBe("true");
      }));

    test("a pool is made, edited and renamed, paused, and deleted by who says so twice", () =>
      visit(browser(), place.url, { path: "work-pools", tolerates: failedAnswers }, async ({ page }) => {
        await page.getByRole("button", { name: "Create a pool" }).click();
        const dialog = dialogOf(page, "Create a work pool");
        await dialog.getByLabel("Name").fill("local");
        await dialog.getByLabel("Limit").fill("3");
        await dialog.getByRole("button", { name: "Create the pool" }).click();
        await dialog.getByRole("alert").getByText("local").first().waitFor();
        await dialog.getByLabel("Name").fill("made here");
        await dialog.getByLabel("Type", { exact: true }).selectOption("docker");
        expect(await dialog.getByRole("group", { name: "Command" }).innerText()).toBe(
          "millrace work-pool create 'made here' --type docker --concurrency-limit 3",
        );
        await dialog.getByRole("button", { name: "Create the pool" }).click();
        await page.getByRole("heading", { name: "made here" }).waitFor();
        expect(await readPool("made here")).toMatchObject({ type: "docker", concurrencyLimit: 3, paused: false });

        await more(page).click();
        await page.getByRole("menuitem", { name: "Edit the pool…" }).click();
        const edit = dialogOf(page, "Edit the pool");
        await edit.getByLabel("Name").fill("renamed");
        await edit.getByLabel("Limit").fill("");
        await edit.getByRole("button", { name: "Save the pool" }).click();
        await expect.poll(() => pathOf(page)).toBe("/work-pools/work-pool/renamed");
        expect(await readPool("renamed")).toMatchObject({ concurrencyLimit: null });

        await page.getByRole("button", { name: "Pause the pool" }).click();
        await page.getByRole("button", { name: "Resume the pool" }).waitFor();
        expect((await readPool("renamed"))?.paused).toBe(true);
        await more(page).click();
        await page.getByRole("menuitem", { name: "Delete the pool…" }).click();
        await dialogOf(page, "Delete the pool?").getByText("renamed goes with its 1 queue").waitFor();
        await page.keyboard.press("Escape");
        expect(await readPool("renamed")).not.toBeNull();
        await more(page).click();
        await page.getByRole("menuitem", { name: "Delete the pool…" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Delete the pool" }).click();
        await expect.poll(() => pathOf(page)).toBe("/work-pools");
        expect(await readPool("renamed")).toBeNull();
      }));

    test("a queue is made, paused, and deleted; the one that a pool has by default stays", () =>
      visit(browser(), place.url, { path: "work-pools" }, async ({ page, open }) => {
        await place.api.createWorkPool({ name: "with-queues", type: "process" });
        await open("work-pools/work-pool/with-queues?tab=queues");
        await page.getByRole("button", { name: "Create a queue" }).click();
        const dialog = dialogOf(page, "Create a queue");
        await dialog.getByLabel("Name").fill("first");
        await dialog.getByLabel("Priority").fill("1");
        await dialog.getByLabel("Limit").fill("2");
        await dialog.getByRole("button", { name: "Create the queue" }).click();
        await rowOf(page, "Queues", "first").waitFor();
        const queues = await queuesOf("with-queues");
        // The one that was there has moved back.
        expect(queues.map(({ name, priority }) => [name, priority])).toEqual([
          ["first", 1],
          ["default", 2],
        ]);
        const menu = page.getByRole("button", { name: "More to do with the queue first" });
        await menu.click();
        await page.getByRole("menuitem", { name: "Pause the queue" }).click();
        await rowOf(page, "Queues", "first").getByText("Paused").waitFor();
        expect((await queuesOf("with-queues"))[0]?.paused).toBe(true);
        await page.getByRole("button", { name: "More to do with the queue default" }).click();
        expect(
          await page.getByRole("menuitem", { name: "Delete the queue…" }).getAttribute("data-disabled"),
        ).not.toBeNull();
        await page.keyboard.press("Escape");
        await menu.click();
        await page.getByRole("menuitem", { name: "Delete the queue…" }).click();
        expect(await queuesOf("with-queues")).toHaveLength(2);
        await page.getByRole("dialog").getByRole("button", { name: "Delete the queue" }).click();
        await rowOf(page, "Queues", "first").waitFor({ state: "detached" });
        expect(await queuesOf("with-queues")).toHaveLength(1);
      }));

    test("what somebody else has changed is told, and what is written is kept; a worker that comes changes no field", () =>
      visit(browser(), place.url, { path: "work-pools" }, async ({ page, open }) => {
        const { id } = await place.api.createWorkPool({ name: "shared", type: "process" });
        await open("work-pools/work-pool/shared?tab=template");
        await page.getByRole("button", { name: "Edit the job template" }).click();
        const dialog = dialogOf(page, "Edit the job template");
        const editor = dialog.getByRole("textbox", { name: "Base job template" });
        await editor.fill('{"variables":{"type":"object","properties":{"mine":{"type":"string"}}}}');
        await place.api.heartbeatWorker({ workPoolId: id, name: "comes" });
        await place.api.tellReadiness();
        await place.api.updateWorkPool(id, { baseJobTemplate: { variables: { type: "object" } } });
        const save = dialog.getByRole("button", { name: "Save the job template" });
        await save.click();
        await dialog.getByRole("alert").getByText("Somebody else has changed it: The job template is").waitFor();
        expect(await editor.innerText()).toContain("mine");
        await save.click();
        await dialog.waitFor({ state: "detached" });
        await page.getByRole("region", { name: "Base job template" }).getByText("mine").waitFor();
        await more(page).click();
        await page.getByRole("menuitem", { name: "Edit the pool…" }).click();
        const edit = dialogOf(page, "Edit the pool");
        await edit.getByLabel("Description").fill("ours");
        await place.api.updateWorkPool(id, { paused: true });
        await edit.getByRole("button", { name: "Save the pool" }).click();
        await edit.waitFor({ state: "detached" });
        expect(await readPool("shared")).toMatchObject({ description: "ours", paused: true });
      }));

    test("answers that fail are told, and asked for again, on the list and on the page of one", async () => {
      await expectRecovery(browser(), place.url, {
        path: "work-pools",
        asks: "/v1/objects/work-queue/filter",
        shows: (page) => rowsOf(page, table),
      });
      await expectRecovery(browser(), place.url, {
        path: "work-pools/work-pool/local",
        asks: "/v1/objects/work-pool/filter",
        shows: (page) => rowsOf(page, "Runs of the pool"),
      });
    });
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("it says what a pool is, and how one comes about", () =>
      visit(browser(), place.url, { path: "work-pools" }, async ({ page }) => {
        await page.getByText("No work pools yet").waitFor();
        expect(await page.getByRole("alert").count()).toBe(0);
        await page.getByText("millrace worker start --pool local --type process").waitFor();
        await place.api.createWorkPool({ name: "first", type: "process" });
        await rowOf(page, table, "first").waitFor();
      }));
  });
});
