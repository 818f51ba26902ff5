/** Limits: what is taken, who holds it and who waits, made, changed, enforced or not, and taken back. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectRecovery } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { cellOf, cellsOf, dialogOf, factOf, rowOf, rowsOf, searchOf, tabTo, totalOf } from "./harness/in-page.ts";
import { visit } from "./harness/visit.ts";
import { processId, runIdOf, toRecords } from "./seeds/run-spec.ts";

const table = "Limits";
const inspector = (page: Page, name: string) => page.getByRole("complementary", { name, exact: true });

describeInBrowser("limits", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    async function readLimit(name: string) {
      const where = { field: "name", in: [name] };
      return (await place.api.listObjects("concurrency-limit", { where }, { limit: 1 })).items[0] ?? null;
    }
    async function makeLimit(name: string, slots: number): Promise<string> {
      const figures = { active: true, taken: 0, takenAt: 0, decayPerSecond: 0, denied: 0 };
      return (await place.api.createObject("concurrency-limit", { name, slots, ...figures })).id;
    }
    const take = (name: string, holder: string) =>
      place.api.takeSlots({ limits: [name], slots: 1, leaseMs: 600_000, holder, processId });

    test("each is there with what is taken of it, and how fast slots come back", () =>
      visit(browser(), place.url, { path: "limits" }, async ({ page }) => {
        // Deployments have limits of their own, shown to who asks for them.
        const all = await place.api.count("concurrency-limit", { all: [] });
        expect(await totalOf(page, table)).toBe(all - 1);
        await page.getByRole("checkbox", { name: "Limits of deployments" }).check();
        await expect.poll(() => totalOf(page, table)).toBe(all);
        expect(searchOf(page)).toEqual({ all: "true" });
        for (const [name, taken] of [
          ["database", "3/4"],
          ["unused", "0/3"],
          ["crm-api", "0/10"],
        ] as const) {
          expect((await cellsOf(rowOf(page, table, name)))[2], name).toBe(taken);
          const shown = page.getByRole("switch", { name: `Enforce the limit ${name}` });
          expect(await shown.getAttribute("aria-checked")).toBe(String((await readLimit(name))?.active));
        }
        // That it is full is not said by a colour alone.
        expect((await cellsOf(rowOf(page, table, "gpu")))[2]).toMatch(/1\/1\s+\(full\)/);
        expect(await (await cellOf(page, { table, row: "crm-api", head: "Decay" })).innerText()).toBe("2 a second");
      }));

    test("who holds slots and who waits for them stand beside it, by an address", () =>
      visit(browser(), place.url, { path: "limits" }, async ({ page, open }) => {
        await rowOf(page, table, "database").getByText("database").click();
        const holders = inspector(page, "database").getByRole("region", { name: "Holders" });
        await holders.getByRole("link", { name: "patient-otter" }).waitFor();
        expect(await holders.getByRole("listitem").count()).toBe(3);
        const link = holders.getByRole("link", { name: "quick-lynx" });
        expect(await link.getAttribute("href")).toContain(runIdOf("train-model", "quick-lynx"));
        expect(await factOf(inspector(page, "database"), "Taken").innerText()).toBe("3 of 4 slots");
        const { limit } = searchOf(page);
        expect(limit).toBe((await readLimit("database"))?.id);

        const waits = { task: "fold", name: "fold 7", fromMs: 0, tookMs: 5, tags: ["gpu"] } as const;
        const run = { flow: "train-model", name: "waiting-swift", agoMs: 60_000, state: "Running" } as const;
        const tasks = [{ ...waits, state: "AwaitingConcurrencySlot" } as const];
        for (const part of toRecords({ ...run, tasks }, Date.now()).parts) {
          await place.api.record({ processId, ...part });
        }
        await open(`limits?limit=${(await readLimit("tag:gpu"))?.id}`);
        const [held, waiting] = ["Holders", "Waiting"].map((title) =>
          inspector(page, "gpu").getByRole("region", { name: title, exact: true }),
        );
        await held?.getByRole("link", { name: "patient-otter" }).waitFor();
        await waiting?.getByRole("link", { name: "fold 7" }).waitFor();
        expect(await waiting?.getByRole("listitem").innerText()).toContain("Awaiting concurrency slot");
        await page.keyboard.press("Escape");
        await expect.poll(() => searchOf(page)).toEqual({});
      }));

    test("by keyboard alone: a row is opened, and its limit let go and enforced again", () =>
      visit(browser(), place.url, { path: "limits" }, async ({ page }) => {
        await makeLimit("by-keys", 2);
        const row = rowOf(page, table, "by-keys");
        await row.waitFor();
        const isEnforced = page.getByRole("switch", { name: "Enforce the limit by-keys" });
        await tabTo(page, isEnforced);
        await page.keyboard.press("Space");
        await expect.poll(async () => (await readLimit("by-keys"))?.active).toBe(false);
        await expect.poll(() => isEnforced.isEnabled()).toBe(true);
        await row.focus();
        await page.keyboard.press("Enter");
        await inspector(page, "by-keys").getByText("No: everybody is let through").waitFor();
      }));

    test("one is made of a tag, and filtered by its name in the address", () =>
      visit(browser(), place.url, { path: "limits" }, async ({ page, open }) => {
        await page.getByRole("button", { name: "Create a limit" }).click();
        const dialog = dialogOf(page, "Create a limit");
        await dialog.getByLabel("Of").selectOption({ label: "each task with a tag" });
        await dialog.getByLabel("Tag").fill("big-memory");
        await dialog.getByLabel("Slots").fill("7");
        expect(await dialog.getByRole("group", { name: "Command" }).innerText()).toBe(
          "millrace concurrency-limit create big-memory --limit 7",
        );
        await dialog.getByRole("button", { name: "Create the limit" }).click();
        await rowOf(page, table, "big-memory").waitFor();
        expect(await readLimit("tag:big-memory")).toMatchObject({ slots: 7, active: true, decayPerSecond: 0 });
        await page.getByRole("textbox", { name: "Name of the limit" }).fill("big");
        await expect.poll(() => rowsOf(page, table).count()).toBe(1);
        expect(searchOf(page)).toEqual({ q: "big" });
        await open("limits?q=nothing-is-called-so");
        await page.getByText("No limit matches").waitFor();
      }));

    test("what somebody else has changed is told before it is written over; slots that are taken are no change", () =>
      visit(browser(), place.url, { path: "limits" }, async ({ page, open }) => {
        const id = await makeLimit("shared", 2);
        await open(`limits?limit=${id}`);
        await page.getByRole("button", { name: "Edit the limit" }).click();
        const dialog = dialogOf(page, "Edit the limit");
        const save = dialog.getByRole("button", { name: "Save the limit" });
        await dialog.getByLabel("Slots").fill("9");
        await take("shared", "somebody");
        await place.api.updateObject("concurrency-limit", id, { slots: 5 });
        await save.click();
        await dialog.getByRole("alert").getByText("Slots is 5 and was 2").waitFor();
        expect(await dialog.getByLabel("Slots").inputValue()).toBe("9");
        await save.click();
        await dialog.waitFor({ state: "detached" });
        expect(await readLimit("shared")).toMatchObject({ slots: 9, taken: 1 });
        await page.getByRole("button", { name: "Edit the limit" }).click();
        await dialog.getByLabel("Slots").fill("8");
        await take("shared", "somebody else");
        await save.click();
        await dialog.waitFor({ state: "detached" });
        expect(await readLimit("shared")).toMatchObject({ slots: 8, taken: 2 });
      }));

    test("slots are released, taken back and the limit deleted only by who says so twice", () =>
      visit(browser(), place.url, { path: "limits" }, async ({ page, open }) => {
        const id = await makeLimit("leaving", 3);
        for (const holder of ["one", "two", "three"]) await take("leaving", holder);
        await open(`limits?limit=${id}`);
        const holder = page.getByRole("listitem").filter({ hasText: "two" });
        await holder.getByRole("button", { name: "Release" }).click();
        await dialogOf(page, "Release the slots?").getByText("The holder goes on without 1 slot").waitFor();
        expect((await readLimit("leaving"))?.taken).toBe(3);
        await page.getByRole("button", { name: "Release the slots" }).click();
        await holder.waitFor({ state: "detached" });
        expect((await readLimit("leaving"))?.taken).toBe(2);

        await page.getByRole("button", { name: "Take back all slots" }).click();
        await dialogOf(page, "Take back all slots?").getByText("2 slots are taken").waitFor();
        expect((await readLimit("leaving"))?.taken).toBe(2);
        await page.getByRole("dialog").getByRole("button", { name: "Take back all slots" }).click();
        await expect.poll(async () => (await readLimit("leaving"))?.taken).toBe(0);
        await page.getByText("Nobody holds slots under a lease").waitFor();

        await page.getByRole("button", { name: "Delete the limit" }).click();
        await page.keyboard.press("Escape");
        expect(await readLimit("leaving")).not.toBeNull();
        await page.getByRole("button", { name: "Delete the limit" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Delete the limit" }).click();
        await rowOf(page, table, "leaving").waitFor({ state: "detached" });
        expect(await readLimit("leaving")).toBeNull();
      }));

    test("an answer that fails is told, and asked for again", () =>
      expectRecovery(browser(), place.url, {
        path: "limits",
        asks: "/v1/objects/concurrency-limit/filter",
        shows: (page) => rowsOf(page, table),
      }));
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("it says what they are for, and how to make one", () =>
      visit(browser(), place.url, { path: "limits" }, async ({ page }) => {
        await page.getByText("No limits yet").waitFor();
        expect(await page.getByRole("alert").count()).toBe(0);
        await page.getByText("millrace concurrency-limit create database --limit 5").waitFor();
      }));
  });
});
