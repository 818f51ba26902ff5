/** Variables: what they are, made, changed where they stand and in a form, by two at once, and deleted. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectRecovery, failedAnswers } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { cellOf, cellsOf, dialogOf, rowOf, rowsOf, searchOf, tabTo, totalOf } from "./harness/in-page.ts";
import { visit } from "./harness/visit.ts";

const table = "Variables";
const filter = (page: Page) => page.getByRole("textbox", { name: "Name of the variable" });
const inline = (page: Page, name: string) => page.getByRole("button", { name: `Change the value of ${name}:` });
const field = (page: Page, name: string) => page.getByRole("textbox", { name: `Value of ${name}` });

describeInBrowser("variables", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");
    const valueOf = async (name: string): Promise<unknown> =>
      JSON.parse((await place.api.readVariable(name))?.value ?? "null");

    test("each is there with its value as JSON, its tags, and when it was changed", () =>
      visit(browser(), place.url, { path: "variables" }, async ({ page }) => {
        const { items } = await place.api.listVariables();
        expect(await totalOf(page, table)).toBe(items.length);
        for (const { name, value, tags } of items) {
          const [, shown, shownTags] = await cellsOf(rowOf(page, table, name));
          expect(JSON.parse(shown ?? ""), name).toEqual(JSON.parse(value));
          expect(shownTags?.split("\n").filter((tag) => tag !== "")).toEqual(tags);
        }
        const changed = await cellOf(page, { table, row: "regions", head: "Changed" });
        const at = await changed.locator("time").getAttribute("datetime");
        const kept = (await place.api.readVariable("regions"))?.updatedAt ?? 0;
        expect(Math.abs(Date.parse(at ?? "") - kept)).toBeLessThan(1);
      }));

    test("a name and a tag go into the address, and an address brings them back", () =>
      visit(browser(), place.url, { path: "variables" }, async ({ page, open }) => {
        await rowOf(page, table, "regions").getByRole("link", { name: "sales" }).click();
        await expect.poll(() => totalOf(page, table)).toBe(2);
        await filter(page).fill("report");
        await expect.poll(() => totalOf(page, table)).toBe(1);
        expect(searchOf(page)).toEqual({ tag: "sales", q: "report" });
        await open("variables?tag=sales&q=reg");
        expect(await filter(page).inputValue()).toBe("reg");
        expect(await rowsOf(page, table).count()).toBe(1);
        await page.getByRole("button", { name: "tag: sales" }).click();
        await filter(page).fill("nothing-is-called-so");
        await page.getByText("No variable matches").waitFor();
        await page.getByRole("link", { name: "Show all variables" }).click();
        await expect.poll(() => totalOf(page, table)).toBe(4);
        expect(searchOf(page)).toEqual({});
      }));

    test("one is made with a value of JSON and tags, and not over another of its name", () =>
      visit(browser(), place.url, { path: "variables" }, async ({ page }) => {
        await page.getByRole("button", { name: "Create a variable" }).click();
        const dialog = dialogOf(page, "Create a variable");
        const make = dialog.getByRole("button", { name: "Create the variable" });
        await dialog.getByLabel("Name").fill("Batch Size");
        await dialog.getByRole("alert").getByText("Use lower-case letters").waitFor();
        expect(await make.isDisabled()).toBe(true);
        await dialog.getByLabel("Name").fill("threshold");
        await dialog.getByLabel("Value").fill('{"size":64}');
        await dialog.getByLabel("Tags").fill("ml, nightly, ml");
        await make.click();
        await dialog.getByText("There is a variable threshold already").waitFor();
        expect(await valueOf("threshold")).toBe(0.92);
        await dialog.getByLabel("Name").fill("batch-size");
        expect(await dialog.getByRole("group", { name: "Command" }).innerText()).toBe(
          `millrace variable set batch-size '{"size":64}' --tag ml --tag nightly`,
        );
        await make.click();
        await dialog.waitFor({ state: "detached" });
        await rowOf(page, table, "batch-size").waitFor();
        expect(await place.api.readVariable("batch-size")).toMatchObject({
          value: '{"size":64}',
          tags: ["ml", "nightly"],
        });
      }));

    test("by keyboard alone: a value is changed where it stands, and left alone by Escape", () =>
      visit(browser(), place.url, { path: "variables" }, async ({ page }) => {
        await place.api.writeVariable({ name: "in-place", value: "1", tags: ["kept"] });
        await filter(page).fill("in-place");
        await inline(page, "in-place").waitFor();
        await tabTo(page, inline(page, "in-place"));
        await page.keyboard.press("Enter");
        await field(page, "in-place").fill("2");
        await page.keyboard.press("Escape");
        await expect.poll(() => inline(page, "in-place").evaluate((it) => it === document.activeElement)).toBe(true);
        expect(await valueOf("in-place")).toBe(1);
        await page.keyboard.press("Enter");
        await field(page, "in-place").fill('["a", "b"]');
        await page.keyboard.press("Enter");
        await inline(page, "in-place").waitFor();
        expect(await place.api.readVariable("in-place")).toMatchObject({ value: '["a","b"]', tags: ["kept"] });
      }));

    test("what somebody else has changed is told, nothing that is written is lost, and a second save goes over it", () =>
      visit(browser(), place.url, { path: "variables?q=shared", tolerates: failedAnswers }, async ({ page }) => {
        await page.getByText("No variable matches").waitFor();
        await place.api.writeVariable({ name: "shared", value: "1", tags: [] });
        await page.getByRole("button", { name: "Edit the variable shared" }).click();
        const dialog = dialogOf(page, "Edit the variable");
        await dialog.getByLabel("Value").fill("3");
        await place.api.writeVariable({ name: "shared", value: "2", tags: ["theirs"] });
        const save = dialog.getByRole("button", { name: "Save the variable" });
        await save.click();
        const told = await dialog.getByRole("alert").innerText();
        expect(told).toContain('Value is "2" and was "1", Tags is ["theirs"] and was []');
        expect(await dialog.getByLabel("Value").inputValue()).toBe("3");
        expect(await valueOf("shared")).toBe(2);
        await save.click();
        await dialog.waitFor({ state: "detached" });
        expect(await valueOf("shared")).toBe(3);

        // Where it stands, too; and what is gone is not made again unseen.
        await inline(page, "shared").click();
        await field(page, "shared").fill("5");
        await place.api.writeVariable({ name: "shared", value: "4" });
        await page.keyboard.press("Enter");
        await page.getByText('Value is "4" and was "3"').waitFor();
        expect(await field(page, "shared").inputValue()).toBe("5");
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Edit the variable shared" }).click();
        await place.api.deleteVariable("shared");
        await save.click();
        await dialog.getByText("It was deleted meanwhile").waitFor();
        expect(await place.api.readVariable("shared")).toBeNull();
      }));

    test("one is deleted only by who says so twice", () =>
      visit(browser(), place.url, { path: "variables" }, async ({ page }) => {
        await place.api.writeVariable({ name: "leaving", value: "1" });
        await page.getByRole("button", { name: "Delete the variable leaving" }).click();
        const dialog = dialogOf(page, "Delete the variable?");
        await dialog.getByText("Flows that read leaving find none").waitFor();
        await page.keyboard.press("Escape");
        expect(await valueOf("leaving")).toBe(1);
        await page.getByRole("button", { name: "Delete the variable leaving" }).click();
        await dialog.getByRole("button", { name: "Delete the variable" }).click();
        await rowOf(page, table, "leaving").waitFor({ state: "detached" });
        expect(await place.api.readVariable("leaving")).toBeNull();
      }));

    test("what refers to one is told where it is edited, and before it is deleted", () =>
      visit(browser(), place.url, { path: "variables?q=regions" }, async ({ page }) => {
        const [deployment] = (await place.api.listObjects("deployment", {}, { limit: 1 })).items;
        const { jobVariables = {}, id = "" } = deployment ?? {};
        const name = `${deployment?.flowName}/${deployment?.name}`;
        await place.api.updateDeployment(id, { jobVariables: { env: { REGIONS: "{{ prefect.variables.regions }}" } } });
        await page.getByRole("button", { name: "Edit the variable regions" }).click();
        const uses = dialogOf(page, "Edit the variable").getByRole("region", { name: "Used by" });
        await uses.getByRole("link", { name }).waitFor();
        await uses.getByText("jobVariables.env.REGIONS").waitFor();
        expect(await uses.getByRole("listitem").count()).toBe(1);
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Delete the variable regions" }).click();
        await dialogOf(page, "Delete the variable?").getByRole("link", { name }).waitFor();
        await page.keyboard.press("Escape");
        await place.api.updateDeployment(id, { jobVariables });
      }));

    test("what is not saved is said in the form, which keeps what is written", () =>
      visit(browser(), place.url, { path: "variables", tolerates: failedAnswers }, async ({ page }) => {
        await page.getByRole("button", { name: "Create a variable" }).click();
        const dialog = dialogOf(page, "Create a variable");
        await dialog.getByLabel("Name").fill("x".repeat(256));
        await dialog.getByRole("alert").getByText("Use 255 characters at most").waitFor();
        await dialog.getByLabel("Name").fill("refused");
        await dialog.getByLabel("Value").fill("1");
        await page.route("**/v1/objects/variable", (route) => route.fulfill({ status: 503, body: "" }));
        await dialog.getByRole("button", { name: "Create the variable" }).click();
        await dialog.getByRole("alert").getByText("did not answer: its answer is 503").waitFor();
        expect(await dialog.getByLabel("Value").inputValue()).toBe("1");
      }));

    test("an answer that fails is told, and asked for again", () =>
      expectRecovery(browser(), place.url, {
        path: "variables",
        asks: "/v1/objects/variable/filter",
        shows: (page) => rowsOf(page, table),
      }));
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("it says what they are for and how to make one, and shows the first as it comes", () =>
      visit(browser(), place.url, { path: "variables" }, async ({ page }) => {
        await page.getByText("No variables yet").waitFor();
        expect(await page.getByRole("alert").count()).toBe(0);
        await page.getByText("millrace variable set batch-size 64").waitFor();
        await place.api.writeVariable({ name: "first", value: "true" });
        await rowOf(page, table, "first").waitFor();
      }));
  });
});
