/** The feed of events: filtered by the address, with a histogram, what each one says, and an automation made of it. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectRecovery } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { cellsOf, factOf, pathOf, rowsOf, searchOf } from "./harness/in-page.ts";
import { visit } from "./harness/visit.ts";
import { processId, runIdOf } from "./seeds/run-spec.ts";

const table = "Events";
const filter = (page: Page) => page.getByRole("textbox", { name: "Start of the event's name" });
const kind = (page: Page) => page.getByRole("combobox", { name: "Kind of the resource" });
const since = (page: Page) => page.getByRole("combobox", { name: "How far back" });
const histogram = (page: Page) => page.getByRole("img", { name: /^[\d,]+ events? from / });
const names = async (page: Page): Promise<ReadonlySet<string | null>> =>
  new Set(
    await rowsOf(page, table).evaluateAll((rows) =>
      rows.map(
        (row) => row.querySelectorAll('[role="cell"]')[1]?.querySelector("[title]")?.getAttribute("title") ?? null,
      ),
    ),
  );

describeInBrowser("events", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    async function tell(
      name: string,
      more: { readonly resource?: string; readonly payload?: unknown } = {},
    ): Promise<void> {
      const { resource = "shop.order.7", payload = null } = more;
      const event = { id: crypto.randomUUID(), name, at: Date.now(), flowRunId: null, taskRunId: null };
      await place.api.record({
        processId,
        events: [{ ...event, resource: { id: resource, name: "Order 1007" }, payload: JSON.stringify(payload) }],
      });
    }

    test("a name, a kind, a resource and a time go into the address, and an address brings them back", () =>
      visit(browser(), place.url, { path: "events?since=7d" }, async ({ page, settle, open }) => {
        await filter(page).fill("flow-run.Failed");
        await settle();
        expect(await names(page)).toEqual(new Set(["millrace.flow-run.Failed"]));
        const { items } = await place.api.listEvents(
          { namePrefixes: ["millrace.flow-run.Failed"], since: Date.now() - 7 * 86_400_000 },
          { limit: 500 },
        );
        expect(await histogram(page).getAttribute("aria-label")).toContain(`${items.length} events from`);
        expect(await histogram(page).getAttribute("aria-label")).toContain(`${items.length} tell of failures`);
        expect(await rowsOf(page, table).count()).toBe(items.length);

        await filter(page).fill("");
        await kind(page).selectOption("work-pool");
        await since(page).selectOption("all");
        await settle();
        expect([...(await names(page))].every((name) => name?.startsWith("millrace.work-pool.") === true)).toBe(true);
        expect(searchOf(page)).toEqual({ kind: "work-pool", since: "all" });

        await open("events?name=order.&since=30d&resource=shop.order.3");
        expect([await filter(page).inputValue(), await since(page).inputValue()]).toEqual(["order.", "30d"]);
        for (const name of await names(page)) expect(name).toMatch(/^order\./);
        await open("events?name=nothing-is-called-so");
        await page.getByText("No event matches").waitFor();
        expect(await page.getByRole("alert").count()).toBe(0);
        await page.getByRole("link", { name: "Show all events" }).click();
        await rowsOf(page, table).first().waitFor();
      }));

    test("by keyboard alone: one is opened, says all that was recorded, and an automation is made of it", () =>
      visit(browser(), place.url, { path: "events?name=ledger." }, async ({ page, open }) => {
        await tell("ledger.closed", { payload: { amount: 12, lines: ["a", "b"] } });
        const row = rowsOf(page, table).first();
        await row.getByText("ledger.closed").waitFor();
        await row.focus();
        await page.keyboard.press("Enter");
        const details = page.getByRole("complementary", { name: "ledger.closed" });
        const [event] = (await place.api.listEvents({ namePrefixes: ["ledger."] }, { limit: 1 })).items;
        expect(await factOf(details, "Number").innerText()).toBe(String(event?.seq));
        expect(await factOf(details, "Resource").innerText()).toContain("Order 1007");
        expect(JSON.parse(await details.getByRole("region", { name: "Payload" }).innerText())).toEqual({
          amount: 12,
          lines: ["a", "b"],
        });
        expect(JSON.parse(await details.getByRole("region", { name: "The event as JSON" }).innerText())).toMatchObject({
          seq: event?.seq,
          resource: { id: "shop.order.7" },
        });
        const address = page.url();
        await page.keyboard.press("Escape");
        await details.waitFor({ state: "detached" });

        await open(address);
        await details.getByRole("link", { name: "Make an automation from this event" }).click();
        await expect.poll(() => pathOf(page)).toBe("/automations/new");
        expect(await page.getByRole("textbox", { name: "Events", exact: true }).inputValue()).toBe("ledger.closed");
        expect(await page.getByRole("textbox", { name: "Resource: patterns of id" }).inputValue()).toBe("shop.order.7");
        await page.getByRole("link", { name: "3. Details" }).click();
        expect(await page.getByLabel("Name").inputValue()).toBe("ledger-closed");
      }));

    test("of a run's state what belongs to the run is looked up, and links lead to it", () =>
      visit(browser(), place.url, { path: "events?name=flow-run.Failed&since=all" }, async ({ page }) => {
        const id = runIdOf("train-model", "crimson-newt");
        await page.getByRole("textbox", { name: "Id of the resource" }).fill(id.slice(0, 20));
        await expect.poll(() => rowsOf(page, table).count()).toBe(1);
        expect((await cellsOf(rowsOf(page, table).first()))[2]).toContain("crimson-newt");
        await rowsOf(page, table).getByText("flow-run.Failed").click();
        const related = page.getByRole("region", { name: "Related" });
        for (const name of ["train-model", "gpu", "ml"])
          await related.getByText(name, { exact: true }).first().waitFor();
        await rowsOf(page, table).getByRole("link", { name: "crimson-newt" }).click();
        await expect.poll(() => pathOf(page)).toBe(`/runs/flow-run/${id}`);
      }));

    test("what comes in is there within a moment; paused it stands still, and says how much it has missed", () =>
      visit(browser(), place.url, { path: "events?name=feed." }, async ({ page }) => {
        await page.locator("[data-live]").getByText("Live").waitFor();
        await tell("feed.one");
        await rowsOf(page, table).getByText("feed.one").waitFor();
        await page.getByRole("button", { name: "Pause the feed" }).click();
        await tell("feed.two");
        await tell("another.thing");
        await page.getByRole("button", { name: "Resume the feed (1 new)" }).waitFor();
        expect(await rowsOf(page, table).count()).toBe(1);
        await page.getByRole("button", { name: "Resume the feed" }).click();
        await rowsOf(page, table).getByText("feed.two").waitFor();
        // Pointed at, a bar of the histogram says what it stands for.
        await expect.poll(() => histogram(page).locator("[title*='2 events']").count(), { timeout: 10_000 }).toBe(1);
      }));

    test("the histogram counts all that the filter takes, however few have been read", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page, open }) => {
        const at = Date.now() - 3_600_000;
        const events = Array.from({ length: 450 }, (_, index) => ({
          id: crypto.randomUUID(),
          name: "counted.thing",
          at: at + index * 1000,
          flowRunId: null,
          taskRunId: null,
          resource: { id: "counted" },
          payload: null,
        }));
        await place.api.record({ processId, events });
        await open("events?name=counted.");
        expect(await histogram(page).getAttribute("aria-label")).toContain("450 events from");
        await page.getByText("450 events", { exact: true }).waitFor();
        expect(await rowsOf(page, table).count()).toBeLessThan(200);
      }));

    test("an answer that fails is told, and asked for again", () =>
      expectRecovery(browser(), place.url, {
        path: "events",
        asks: "/v1/events/filter",
        shows: (page) => rowsOf(page, table),
      }));
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("it says what comes here, and how a program adds its own", () =>
      visit(browser(), place.url, { path: "events?name=order." }, async ({ page }) => {
        await page.getByText("No event matches").waitFor();
        expect(await page.getByRole("alert").count()).toBe(0);
        await page.getByText("millrace event emit report.published --resource report.daily").waitFor();
      }));
  });
});
