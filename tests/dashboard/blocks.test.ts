/** Blocks: by their types, with a form of the type's schema. Values are shown, secrets never again. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { createVault } from "../../packages/millrace/src/app/vault.ts";
import { blockDocumentSeal } from "../../packages/millrace/src/contract/secrets.ts";
import { expectRecovery, failedAnswers } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import {
  cellsOf,
  dialogOf,
  factOf,
  pathOf,
  rowOf,
  rowsOf,
  searchOf,
  tabTo,
  totalOf,
  watchAnswers,
} from "./harness/in-page.ts";
import { visit } from "./harness/visit.ts";

const table = "Blocks";
const values = (page: Page) => page.getByRole("region", { name: "Values", exact: true });

describeInBrowser("blocks", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    async function readBlock(name: string) {
      const where = { field: "name", in: [name] };
      return (await place.api.listObjects("block-document", { where }, { limit: 1 })).items[0] ?? null;
    }

    /** What only the server's key opens. */
    async function openBlock(name: string): Promise<unknown> {
      const block = await readBlock(name);
      const vault = createVault({ home: place.home });
      return JSON.parse(await vault.open(blockDocumentSeal(block?.id ?? ""), block?.sealed ?? ""));
    }

    test("each is there with its type; a type and a name go into the address, and an address brings them back", () =>
      visit(browser(), place.url, { path: "blocks" }, async ({ page, open }) => {
        expect(await totalOf(page, table)).toBe(await place.api.count("block-document", { all: [] }));
        expect((await cellsOf(rowOf(page, table, "warehouse"))).slice(1, 2)).toEqual(["PostgreSQL"]);
        expect((await cellsOf(rowOf(page, table, "alerts"))).slice(1, 2)).toEqual(["Slack webhook"]);
        const type = page.getByRole("combobox", { name: "Type of the block" });
        await type.selectOption({ label: "PostgreSQL" });
        await expect.poll(() => totalOf(page, table)).toBe(2);
        await page.getByRole("textbox", { name: "Name of the block" }).fill("ware");
        await expect.poll(() => totalOf(page, table)).toBe(1);
        expect(searchOf(page)).toEqual({ type: "postgres", q: "ware" });
        await open("blocks?type=slack-webhook");
        expect(await type.inputValue()).toBe("slack-webhook");
        expect(await rowsOf(page, table).count()).toBe(1);
        await open("blocks?q=nothing-is-called-so");
        await page.getByText("No block matches").waitFor();
      }));

    test("its values are shown, and its secrets to nobody: not in the page, its form, nor any answer", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page, open }) => {
        const answers = watchAnswers(page);
        await open(`blocks/block/${(await readBlock("warehouse"))?.id}`);
        expect(await factOf(values(page), "host").innerText()).toBe("db.example");
        expect(await factOf(values(page), "port").innerText()).toBe("5432");
        expect(await factOf(values(page), "tls").innerText()).toBe("true");
        expect(await factOf(values(page), "password").innerText()).toBe("set, and shown to nobody");
        await page.getByText("millrace block inspect postgres/warehouse").waitFor();
        await page.getByRole("button", { name: "Edit the block" }).click();
        const dialog = dialogOf(page, "Edit the block");
        expect(await dialog.getByLabel("Host").inputValue()).toBe("db.example");
        expect(await page.content()).not.toContain("s3cr3t");
        expect(await answers()).toContain("db.example");
        expect(await answers()).not.toContain("s3cr3t");
      }));

    test("what is changed is kept, and a secret that is left alone with it", () =>
      visit(browser(), place.url, { path: "blocks" }, async ({ page }) => {
        await rowOf(page, table, "replica").getByRole("link", { name: "replica" }).click();
        const id = (await readBlock("replica"))?.id ?? "";
        await expect.poll(() => pathOf(page)).toBe(`/blocks/block/${id}`);
        await page.getByRole("button", { name: "Edit the block" }).click();
        const dialog = dialogOf(page, "Edit the block");
        const save = dialog.getByRole("button", { name: "Save the block" });
        await dialog.getByLabel("Host").fill("second.example");
        await dialog.getByLabel("User").fill("writer");
        await expect.poll(() => save.isEnabled()).toBe(true);
        await save.click();
        await dialog.waitFor({ state: "detached" });
        await expect.poll(() => factOf(values(page), "host").innerText()).toBe("second.example");
        expect(await openBlock("replica")).toEqual({ host: "second.example", user: "writer", password: "s3cr3t" });

        await page.getByRole("button", { name: "Edit the block" }).click();
        await dialog.getByLabel("Password", { exact: true }).fill("an0ther");
        await save.click();
        await dialog.waitFor({ state: "detached" });
        expect(await openBlock("replica")).toMatchObject({ password: "an0ther" });
        expect(await page.content()).not.toContain("an0ther");
      }));

    test("one is made by keyboard alone, by the form of its type", () =>
      visit(browser(), place.url, { path: "blocks?type=slack-webhook" }, async ({ page }) => {
        await tabTo(page, page.getByRole("button", { name: "Create a block" }));
        await page.keyboard.press("Enter");
        const dialog = dialogOf(page, "Create a block");
        const make = dialog.getByRole("button", { name: "Create the block" });
        expect(await dialog.getByLabel("Type").inputValue()).toBe("slack-webhook");
        await tabTo(page, dialog.getByLabel("Name"));
        await page.keyboard.type("Team!");
        await dialog.getByRole("alert").getByText("This is no name").waitFor();
        expect(await make.isDisabled()).toBe(true);
        await page.keyboard.press("Control+a");
        await page.keyboard.type("team");
        await tabTo(page, dialog.getByLabel("Webhook URL", { exact: true }));
        await page.keyboard.type("https://hooks.example/T1/B1/hush");
        await expect.poll(() => make.isEnabled()).toBe(true);
        expect(await dialog.getByRole("group", { name: "Command" }).innerText()).not.toContain("hush");
        await tabTo(page, make);
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: "team" }).waitFor();
        expect(await factOf(values(page), "url").innerText()).toBe("set, and shown to nobody");
        expect(await openBlock("team")).toMatchObject({ url: "https://hooks.example/T1/B1/hush" });

        await page.getByRole("button", { name: "Delete the block" }).click();
        await dialogOf(page, "Delete the block?").getByText("What uses slack-webhook/team finds none").waitFor();
        await page.keyboard.press("Escape");
        expect(await readBlock("team")).not.toBeNull();
        await page.getByRole("button", { name: "Delete the block" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Delete the block" }).click();
        await expect.poll(() => pathOf(page)).toBe("/blocks");
        expect(await readBlock("team")).toBeNull();
      }));

    test("what refers to it is there, with where, also before it is deleted", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page, open }) => {
        await open(`blocks/block/${(await readBlock("alerts"))?.id}`);
        const uses = page.getByRole("region", { name: "Used by" });
        const automations = await place.api.listObjects("automation");
        const named = automations.items.filter(({ actions }) => JSON.stringify(actions).includes("blockDocumentId"));
        for (const { name } of named) await uses.getByRole("link", { name }).waitFor();
        expect(await uses.getByRole("listitem").count()).toBe(named.length);
        await uses.getByText("actions.0.blockDocumentId").first().waitFor();
        await page.getByRole("button", { name: "Delete the block" }).click();
        const dialog = dialogOf(page, "Delete the block?");
        await dialog.getByRole("link", { name: named[0]?.name ?? "" }).waitFor();
        await page.keyboard.press("Escape");
        await open(`blocks/block/${(await readBlock("warehouse"))?.id}`);
        await uses.getByText("Nothing on this server refers to it").waitFor();
      }));

    test("a test is sent by one that the server sends something by, and what went wrong is told", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page, open }) => {
        await open(`blocks/block/${(await readBlock("warehouse"))?.id}`);
        await page.getByRole("button", { name: "Edit the block" }).waitFor();
        expect(await page.getByRole("button", { name: "Send a test" }).count()).toBe(0);
        const service = createServer((request, response) =>
          response.writeHead(request.url === "/on" ? 200 : 410).end(),
        );
        await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
        const address = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
        const { blockTypeId = "", blockSchemaId = "" } = (await readBlock("alerts")) ?? {};
        const block = { name: "tried", blockTypeId, blockSchemaId, data: { url: `${address}/off` } };
        const { id } = await place.api.createBlock(block);
        await open(`blocks/block/${id}`);
        await page.getByRole("button", { name: "Send a test" }).click();
        const dialog = dialogOf(page, "Send a test?");
        await dialog.getByRole("button", { name: "Send a test" }).click();
        await dialog.getByRole("alert").getByText("The message was answered with 410").waitFor();
        await place.api.changeBlockValues(id, { data: { url: `${address}/on` } });
        await dialog.getByRole("button", { name: "Send a test" }).click();
        await page.getByText("The message was sent, and taken").waitFor();
        await place.api.deleteObject("block-document", id);
        await new Promise((resolve) => service.close(resolve));
      }));

    test("what somebody else has changed in one is told before it is written over", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page, open }) => {
        const { id = "" } = (await readBlock("warehouse")) ?? {};
        const values = (await place.api.readBlockValues(id))?.data ?? {};
        await open(`blocks/block/${id}`);
        await page.getByRole("button", { name: "Edit the block" }).click();
        const dialog = dialogOf(page, "Edit the block");
        await dialog.getByLabel("User").fill("mine");
        await place.api.changeBlockValues(id, { data: { ...values, user: "theirs" } });
        const save = dialog.getByRole("button", { name: "Save the block" });
        await save.click();
        await dialog.getByRole("alert").getByText("Somebody else has changed it").waitFor();
        expect((await place.api.readBlockValues(id))?.data.user).toBe("theirs");
        await save.click();
        await dialog.waitFor({ state: "detached" });
        expect((await place.api.readBlockValues(id))?.data.user).toBe("mine");
        await place.api.changeBlockValues(id, { data: values });
        expect(await openBlock("warehouse")).toMatchObject({ password: "s3cr3t" });
      }));

    test("one that is gone is said to be, and an answer that fails is told and asked for again", async () => {
      await visit(
        browser(),
        place.url,
        { path: "blocks/block/00000000-0000-7000-8000-000000000000", tolerates: failedAnswers },
        ({ page }) => page.getByText("There is no such block").waitFor(),
      );
      await expectRecovery(browser(), place.url, {
        path: "blocks",
        asks: "/v1/objects/block-document/filter",
        shows: (page) => rowsOf(page, table),
      });
    });
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("it says what they are for, and how to make one", () =>
      visit(browser(), place.url, { path: "blocks" }, async ({ page }) => {
        await page.getByText("No blocks yet").waitFor();
        await page.getByText("millrace block create slack-webhook team").waitFor();
        expect(await page.getByRole("button", { name: "Create a block" }).getAttribute("title")).toContain("no type");
      }));
  });
});
