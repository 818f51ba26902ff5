/** Automations: listed in words, built step by step, tried on the past, their history, and what two people do to one. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectRecovery, failedAnswers } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { cellsOf, dialogOf, pathOf, rowOf, rowsOf, searchOf, tabTo, totalOf } from "./harness/in-page.ts";
import { visit } from "./harness/visit.ts";

const table = "Automations";
const inWords = (page: Page) => page.getByRole("region", { name: "In words" });
const dryRun = (page: Page) => page.getByRole("region", { name: "Dry run" });
const create = (page: Page) => page.getByRole("button", { name: "Create the automation" });

const onEvent = (name: string) => ({
  kind: "event",
  posture: "Reactive",
  match: {},
  matchRelated: [],
  after: [],
  expect: [name],
  forEach: [],
  threshold: 1,
  withinMs: 0,
});

describeInBrowser("automations", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    async function find(name: string) {
      const where = { field: "name", in: [name] };
      return (await place.api.listObjects("automation", { where }, { limit: 1 })).items[0] ?? null;
    }
    async function make(name: string): Promise<string> {
      const parts = { actions: [{ kind: "do-nothing" }], actionsOnTrigger: [], actionsOnResolve: [] };
      const about = { name, enabled: true, tags: [], owner: null, trigger: onEvent("never.comes") };
      return (await place.api.createObject("automation", { ...about, ...parts })).id;
    }

    test("each is there in words, with what came of it last; a name goes into the address", () =>
      visit(browser(), place.url, { path: "automations" }, async ({ page, open }) => {
        expect(await totalOf(page, table)).toBe(await place.api.count("automation", { all: [] }));
        const [, , when, then, outcome] = await cellsOf(rowOf(page, table, "Tell us when a run fails"));
        const sort = { field: "createdAt", direction: "desc" } as const;
        const [last] = (await place.api.listObjects("automation-firing", { sort }, { limit: 1 })).items;
        const word = last?.status === "done" ? "Done" : "Failed";
        expect([when, then, outcome]).toEqual(["3 of flow-run.Failed within 10m", "send notification", word]);
        const stuck = await cellsOf(rowOf(page, table, "Cancel what is stuck"));
        expect(stuck[2]).toBe("no flow-run.Completed or flow-run.Failed within 6h after flow-run.Running");
        expect((await cellsOf(rowOf(page, table, "Sales are slow")))[2]).toMatch(/^duration > 5m for 10m, over 1h/);
        await page.getByRole("textbox", { name: "Name of the automation" }).fill("stuck");
        await expect.poll(() => rowsOf(page, table).count()).toBe(1);
        expect(searchOf(page)).toEqual({ q: "stuck" });
        await open("automations?q=nothing-is-called-so");
        await page.getByText("No automation matches").waitFor();
      }));

    test("by keyboard alone one is switched off and on", () =>
      visit(browser(), place.url, { path: "automations" }, async ({ page }) => {
        await make("by-keys");
        const isOn = page.getByRole("switch", { name: "Enable the automation by-keys" });
        await isOn.waitFor();
        await tabTo(page, isOn);
        await page.keyboard.press("Space");
        await expect.poll(async () => (await find("by-keys"))?.enabled).toBe(false);
        await expect.poll(() => isOn.getAttribute("aria-checked")).toBe("false");
      }));

    test("one is built step by step, tried on the past week, and does then what it says", () =>
      visit(browser(), place.url, { path: "automations/new" }, async ({ page }) => {
        await page.getByRole("link", { name: "A run fails or crashes" }).click();
        await expect.poll(() => searchOf(page).template).toBe("failed");
        expect(await inWords(page).innerText()).toContain("flow-run.Failed or flow-run.Crashed");
        await page.getByRole("textbox", { name: "Events", exact: true }).fill("order.placed");
        await page.getByLabel("How many").fill("2");
        await page.getByLabel("Within").fill("3h");
        await page.getByRole("textbox", { name: "Resource: patterns of id" }).fill("shop.order.*");
        expect(await inWords(page).innerText()).toContain("2 of order.placed within 3h");
        await dryRun(page).getByRole("button", { name: "Try it on the past week" }).click();
        const told = dryRun(page).getByText(/It would have fired \d+ times/);
        await told.waitFor();
        const since = Date.now() - 7 * 86_400_000;
        const { firings } = await place.api.tryAutomation({
          trigger: { ...onEvent("order.placed"), threshold: 2, withinMs: 10_800_000, match: { id: "shop.order.*" } },
          since,
          until: Date.now(),
          maxFirings: 500,
        });
        expect(await told.innerText()).toBe(`It would have fired ${firings.length} times`);
        expect(await dryRun(page).getByRole("img").locator("line[stroke-width]").count()).toBe(firings.length);
        await page.getByLabel("How many").fill("3");
        await dryRun(page).getByText("It has been changed since. Try it again.").waitFor();

        await page.getByRole("link", { name: "2. Actions" }).click();
        await expect.poll(() => searchOf(page).step).toBe("actions");
        await page.getByRole("button", { name: "Add an action" }).click();
        await page.getByRole("combobox", { name: /what action 1 does/ }).selectOption("pause-deployment");
        await page.getByLabel("Which").selectOption({ label: "daily-sales/production" });
        await page.getByRole("link", { name: "3. Details" }).click();
        const name = page.getByLabel("Name");
        await name.fill("");
        expect(await create(page).isDisabled()).toBe(true);
        await name.fill("many orders");
        await page.getByLabel("Tags").fill("shop, ops");
        await create(page).click();
        await page.getByRole("heading", { name: "many orders" }).waitFor();
        const made = await find("many orders");
        expect(pathOf(page)).toBe(`/automations/automation/${made?.id}`);
        expect(made).toMatchObject({
          enabled: true,
          tags: ["shop", "ops"],
          trigger: { kind: "event", expect: ["order.placed"], threshold: 3, withinMs: 10_800_000 },
          actions: [{ kind: "pause-deployment", target: { source: "selected" } }],
        });
        await page.getByText("This page waits for the first time.").waitFor();
      }));

    test("as JSON it is the same, and what cannot be read takes nothing away", () =>
      visit(browser(), place.url, { path: "automations/new?template=silence" }, async ({ page }) => {
        const side = page.getByRole("group", { name: "Show Trigger as" });
        await side.getByRole("button", { name: "JSON" }).click();
        const editor = page.getByRole("textbox", { name: "Trigger" });
        await editor.waitFor();
        await editor.fill("{ no json");
        await page.getByRole("alert").first().waitFor();
        expect(await side.getByRole("button", { name: "Form" }).isDisabled()).toBe(true);
        expect(await inWords(page).innerText()).toContain("no order.received within 1h");
        await editor.fill(JSON.stringify({ ...onEvent("order.lost"), threshold: 4, withinMs: 60_000 }));
        await expect.poll(() => inWords(page).innerText()).toContain("4 of order.lost within 1m");
        await side.getByRole("button", { name: "Form" }).click();
        expect(await page.getByRole("textbox", { name: "Events", exact: true }).inputValue()).toBe("order.lost");
      }));

    test("what the server does not take is told where it is written, and kept", () =>
      visit(
        browser(),
        place.url,
        { path: "automations/new?template=silence&step=details", tolerates: failedAnswers },
        async ({ page }) => {
          await page.getByRole("link", { name: "1. Trigger" }).click();
          await page.getByLabel("Within").fill("1s");
          await create(page).click();
          const alert = page.getByRole("alert").filter({ hasText: /within/i });
          await alert.first().waitFor();
          expect(await page.getByLabel("Within").inputValue()).toBe("1s");
          expect(await find("silence")).toBeNull();
        },
      ));

    test("its history has each time with why and what was done, and only those that failed", () =>
      visit(browser(), place.url, { path: "automations" }, async ({ page }) => {
        await page.getByRole("link", { name: "Tell us when a run fails" }).click();
        await expect.poll(() => rowsOf(page, "History").count()).toBe(2);
        const [done, failed] = await Promise.all([0, 1].map((index) => cellsOf(rowsOf(page, "History").nth(index))));
        expect([done, failed].map((cells) => cells?.[2])).toEqual(Array(2).fill("3 of 3 events within 10m 00s"));
        const outcomes = [done, failed].map((cells) => `${cells?.[1]}: ${cells?.[3]}`);
        expect(outcomes.toSorted()).toEqual([
          "Done: send-notification",
          "Failed: send-notification failed: hooks.example answers 503",
        ]);
        await page.getByRole("checkbox", { name: "Only those of which an action failed" }).check();
        await expect.poll(() => rowsOf(page, "History").count()).toBe(1);
        expect(searchOf(page)).toEqual({ failed: "true" });
        await page.reload();
        await rowsOf(page, "History").first().waitFor();
        expect(await rowsOf(page, "History").count()).toBe(1);
      }));

    test("its evaluations are there, also those of which nothing came", () =>
      visit(browser(), place.url, { path: "automations" }, async ({ page }) => {
        await page.getByRole("link", { name: "Sales are slow" }).click();
        await page.getByText("failed: The ledger did not answer.").waitFor();
        await page.getByRole("link", { name: "Evaluations" }).click();
        await expect.poll(() => rowsOf(page, "Evaluations").count()).toBe(3);
        const rows = await Promise.all([0, 1, 2].map((index) => cellsOf(rowsOf(page, "Evaluations").nth(index))));
        expect(rows.map((cells) => cells.slice(1).join(" "))).toEqual([
          "failed The ledger did not answer. 1",
          "fired duration 418, > 300 for 10m 00s of 10m 00s 1",
          "waiting duration 211, not > 300 120",
        ]);
        expect(searchOf(page)).toEqual({ tab: "evaluations" });
      }));

    test("what somebody else has changed is told before it is written over; the switch beside is no other person", () =>
      visit(browser(), place.url, { path: "automations" }, async ({ page, open }) => {
        const id = await make("shared");
        await open(`automations/automation/${id}?tab=edit&step=details`);
        await page.getByLabel("Description").fill("mine");
        await page.getByRole("switch", { name: "Enable the automation shared" }).click();
        await page.getByText("Paused", { exact: true }).waitFor();
        const save = page.getByRole("button", { name: "Save the automation" });
        await save.click();
        await page.getByText("Saved the automation shared").waitFor();
        expect(await find("shared")).toMatchObject({ description: "mine", enabled: false });

        await place.api.updateObject("automation", id, { tags: ["theirs"] });
        await page.getByLabel("Description").fill("mine again");
        await save.click();
        await page.getByRole("alert").getByText('Tags is ["theirs"] and was []').waitFor();
        expect(await page.getByLabel("Description").inputValue()).toBe("mine again");
        expect(await find("shared")).toMatchObject({ description: "mine", tags: ["theirs"] });
        await save.click();
        await expect.poll(async () => (await find("shared"))?.description).toBe("mine again");
      }));

    test("one is deleted only by who says so twice", () =>
      visit(browser(), place.url, { path: "automations" }, async ({ page, open }) => {
        await open(`automations/automation/${await make("leaving")}`);
        await page.getByRole("button", { name: "Delete the automation" }).click();
        await dialogOf(page, "Delete the automation?").getByText("paused, it would stay and do nothing").waitFor();
        await page.keyboard.press("Escape");
        expect(await find("leaving")).not.toBeNull();
        await page.getByRole("button", { name: "Delete the automation" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Delete the automation" }).click();
        await expect.poll(() => pathOf(page)).toBe("/automations");
        expect(await find("leaving")).toBeNull();
      }));

    test("an answer that fails is told, and asked for again", () =>
      expectRecovery(browser(), place.url, {
        path: "automations",
        asks: "/v1/objects/automation/filter",
        shows: (page) => rowsOf(page, table),
      }));
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("it says what they are for, and begins with what is usual", () =>
      visit(browser(), place.url, { path: "automations" }, async ({ page }) => {
        await page.getByText("No automations yet").waitFor();
        await page.getByRole("link", { name: "A run that does not end within two hours is cancelled" }).click();
        await expect.poll(() => pathOf(page)).toBe("/automations/new");
        await inWords(page).getByText("cancel flow run").waitFor();
      }));
  });
});
