/** The list of runs: what is in its address, by keyboard alone, and with whatever runs are called. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectRecovery } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { recordRuns } from "./harness/record-runs.ts";
import { visit } from "./harness/visit.ts";

const chip = (page: Page, name: string) => page.getByRole("group", { name: "States" }).getByRole("button", { name });
const filter = (page: Page) => page.getByRole("textbox", { name: "Name of the run or flow" });
const rows = (page: Page) => page.getByRole("table", { name: "Runs" }).locator("[data-row]");
const search = (page: Page): URLSearchParams => new URL(page.url()).searchParams;
const total = async (page: Page): Promise<number> =>
  Number(await page.getByRole("table", { name: "Runs" }).getAttribute("aria-rowcount")) - 1;

describeInBrowser("the list of runs", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    test("filters go into the address, and an address brings them back", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, settle, open }) => {
        const all = await total(page);
        await chip(page, "Failed").click();
        await settle();
        const failed = await total(page);
        expect(failed).toBeGreaterThan(0);
        expect(failed).toBeLessThan(all);
        expect(search(page).get("state")).toBe('["failed"]');
        await chip(page, "Crashed").click();
        await filter(page).fill("sales");
        await page.getByRole("combobox", { name: "How far back" }).selectOption("30d");
        await settle();
        const address = page.url();
        const shown = await total(page);
        expect(Object.fromEntries(search(page))).toEqual({ state: '["failed","crashed"]', q: "sales", since: "30d" });

        await open("");
        await page.goto(address);
        await settle();
        expect(await filter(page).inputValue()).toBe("sales");
        expect(await chip(page, "Failed").getAttribute("aria-pressed")).toBe("true");
        expect(await chip(page, "Running").getAttribute("aria-pressed")).toBe("false");
        expect(await total(page)).toBe(shown);
      }));

    test("a flow, a tag and a deployment are chosen without a link, told by their names, and taken back one by one", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page }) => {
        const table = page.getByRole("table", { name: "Runs" });
        await page.getByRole("button", { name: "Filter", exact: true }).click();
        const dialog = page.getByRole("dialog", { name: "Filter the runs" });
        await dialog.getByLabel("Flow").fill("daily-sales");
        await dialog.getByLabel("Tag").fill("by-hand");
        await dialog.getByLabel("Deployment").selectOption({ label: "daily-sales/production" });
        await dialog.getByRole("button", { name: "Show these runs" }).click();
        await expect.poll(() => table.getByRole("link", { name: /^golden-heron$/ }).count()).toBe(1);
        await expect.poll(() => table.locator("[data-row]").count()).toBe(1);
        const { searchParams } = new URL(page.url());
        expect([searchParams.get("flow"), searchParams.get("tag")]).toEqual(["daily-sales", "by-hand"]);
        await page.getByRole("button", { name: "deployment: daily-sales/production" }).click();
        await page.getByRole("button", { name: "tag: by-hand" }).click();
        await expect.poll(() => table.locator("[data-row]").count()).toBeGreaterThan(1);
        await page.getByRole("button", { name: "Filter", exact: true }).click();
        await dialog.getByRole("button", { name: "Clear" }).click();
        await expect.poll(() => new URL(page.url()).search).toBe("");
      }));

    test("whatever is typed into the address, the page holds", () =>
      visit(
        browser(),
        place.url,
        { path: "runs?state=nonsense&since=12&q=5&flow=%5B%5D&sort=__proto__" },
        async ({ page }) => {
          await page.getByRole("heading", { name: "Runs" }).waitFor();
          expect(await filter(page).inputValue()).toBe("5");
        },
      ));

    test("by keyboard alone: from the skip link to a run and back", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page }) => {
        await page.keyboard.press("Tab");
        expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the page");
        await page.keyboard.press("Enter");
        await page.keyboard.press("f");
        await page.keyboard.type("golden-heron");
        await expect.poll(() => rows(page).count()).toBe(1);
        // On through the filters into the table.
        for (let step = 0; step < 30; step++) {
          await page.keyboard.press("Tab");
          if (await page.evaluate(() => document.activeElement?.matches("[data-row] a") === true)) break;
        }
        expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("golden-heron");
        await page.keyboard.press("Enter");
        await expect.poll(() => new URL(page.url()).pathname).toContain("/runs/flow-run/");
        await page.goBack();
        await expect.poll(() => filter(page).inputValue()).toBe("golden-heron");
      }));

    test("arrows go from row to row, and Enter opens the one with the focus", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page }) => {
        await rows(page).first().getByRole("link").first().focus();
        const at = (): Promise<string | null | undefined> =>
          page.evaluate(() => document.activeElement?.closest("[data-row]")?.getAttribute("aria-rowindex"));
        await page.keyboard.press("ArrowDown");
        expect(await at()).toBe("3");
        await page.keyboard.press("j");
        expect(await at()).toBe("4");
        await page.keyboard.press("k");
        expect(await at()).toBe("3");
        await page.keyboard.press("Enter");
        await expect.poll(() => new URL(page.url()).pathname).toContain("/runs/flow-run/");
      }));
  });

  describe("with much in it", () => {
    const place = usePlace("small");

    test("filters are kept as a view for everybody, which is gone to, renamed and deleted", () =>
      visit(browser(), place.url, { path: "runs?state=%5B%22failed%22%5D&q=daily" }, async ({ page, open }) => {
        const views = async () => (await place.api.listObjects("saved-search", {})).items;
        await page.getByRole("button", { name: "Views", exact: true }).click();
        await page.getByRole("menuitem", { name: "Save these filters as a view" }).click();
        await page.getByRole("textbox", { name: "Name", exact: true }).fill("Failed sales");
        await page.getByRole("button", { name: "Save view" }).click();
        await page.getByRole("button", { name: "Failed sales" }).waitFor();
        expect((await views()).map(({ name }) => name)).toEqual(["Failed sales"]);

        await open("runs");
        const shown = await place.api.count("flow-run", {
          all: [
            { field: "flowName", contains: "daily" },
            { field: "stateType", in: ["FAILED"] },
            { field: "parentRunId", isNull: true },
          ],
        });
        await page.getByRole("button", { name: "Views", exact: true }).click();
        await page.getByRole("menuitem", { name: new RegExp(`Failed sales ?${shown}`) }).click();
        await expect.poll(() => Object.fromEntries(search(page))).toEqual({ state: '["failed"]', q: "daily" });
        await expect.poll(() => total(page)).toBe(shown);

        const choose = async (): Promise<void> => {
          await page.getByRole("button", { name: "Failed sales" }).click();
          await page.getByRole("menuitem", { name: "Rename, share or delete views" }).click();
        };
        const dialog = page.getByRole("dialog", { name: "Saved views" });
        await choose();
        await dialog.getByRole("checkbox", { name: "Default" }).click();
        await expect.poll(async () => JSON.stringify((await views())[0]?.filters)).toContain('"isDefault":true');
        await page.keyboard.press("Escape");
        // The list opens with it where its address asks for nothing else.
        await open("runs");
        await expect.poll(() => Object.fromEntries(search(page))).toEqual({ state: '["failed"]', q: "daily" });
        await choose();
        await dialog.getByRole("button", { name: "Delete", exact: true }).click();
        await dialog.getByRole("button", { name: "Delete for everybody" }).click();
        await expect.poll(async () => (await views()).length).toBe(0);
      }));

    test("columns are chosen and stay so, and a head sorts by the server", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, settle }) => {
        const heads = () =>
          page.getByRole("columnheader").evaluateAll((all) => all.map((each) => each.ariaLabel ?? ""));
        await rows(page).first().waitFor();
        expect(await heads()).toEqual(["Chosen", "State", "Run", "Flow", "Tags", "When", "Took"]);
        await page.getByRole("button", { name: "Choose columns" }).click();
        const dialog = page.getByRole("dialog", { name: "Columns" });
        expect(await dialog.getByRole("checkbox", { name: "Run", exact: true }).isDisabled()).toBe(true);
        await dialog.getByRole("checkbox", { name: "Tags" }).uncheck();
        await dialog.getByRole("checkbox", { name: "Message" }).check();
        await dialog.getByRole("button", { name: "Move Flow to the left" }).click();
        await page.keyboard.press("Escape");
        await page.reload();
        await settle();
        expect(await heads()).toEqual(["Chosen", "State", "Flow", "Run", "When", "Took", "Message"]);

        await page.getByTitle("Sort by run", { exact: true }).click();
        await expect.poll(() => search(page).get("sort")).toBe("name-asc");
        await page.getByTitle("Sort by run", { exact: true }).click();
        await expect.poll(() => search(page).get("sort")).toBe("name-desc");
        await settle();
        const { items } = await place.api.listFlowRuns({ where: { field: "parentRunId", isNull: true } }, "name-desc", {
          limit: 5,
        });
        const names = rows(page).getByRole("link", { name: /\w/ });
        expect(await names.nth(1).innerText()).toBe(items[0]?.name);
        const head = page.getByRole("columnheader", { name: "Run", exact: true });
        expect(await head.getAttribute("aria-sort")).toBe("descending");
      }));

    test("those that are chosen, or all that match, are changed at once after it was said how many", async () => {
      const [deployment] = (await place.api.listObjects("deployment", { where: { field: "name", in: ["gpu"] } })).items;
      const ids = await recordRuns(
        place.api,
        Array.from({ length: 130 }, (_, index) => ({
          flow: "train-model",
          name: `many-of-them-${index}`,
          agoMs: 1000 + index,
          tookMs: 10,
          // Some that cannot be retried.
          state: index % 13 === 0 ? ("Completed" as const) : ("Failed" as const),
          deploymentId: deployment?.id ?? "",
        })),
      );
      const count = async (type: string): Promise<number> =>
        place.api.count("flow-run", {
          all: [
            { field: "id", in: ids },
            { field: "stateType", in: [type] },
          ],
        });
      await visit(browser(), place.url, { path: "runs?q=many-of-them" }, async ({ page }) => {
        await expect.poll(() => total(page)).toBe(130);
        await page.getByRole("checkbox", { name: "Choose all runs that are listed" }).check();
        const bar = page.getByRole("region", { name: "Chosen runs" });
        await bar.getByText("100 runs chosen").waitFor();
        await bar.getByRole("button", { name: "Choose all 130 runs that match" }).click();
        await bar.getByText("All 130 runs that match").waitFor();
        await bar.getByRole("button", { name: "Retry runs" }).click();
        const dialog = page.getByRole("dialog", { name: "Retry runs" });
        await dialog.getByText("120 runs would be scheduled again, 10 would be left as they are.").waitFor();
        expect(await dialog.innerText()).toContain("millrace flow-run bulk retry --search many-of-them");
        expect(await count("FAILED")).toBe(120);
        await dialog.getByRole("button", { name: "Retry 120 runs" }).click();
        await dialog.getByText("120 runs are scheduled again").waitFor();
        expect(await count("SCHEDULED")).toBe(120);
        await dialog.getByRole("button", { name: "Close" }).last().click();
        await expect.poll(() => bar.count()).toBe(0);

        await rows(page).first().getByRole("checkbox").check();
        await rows(page)
          .nth(2)
          .getByRole("checkbox")
          .click({ modifiers: ["Shift"] });
        await bar.getByText("3 runs chosen").waitFor();
        await bar.getByRole("button", { name: "Delete runs" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Delete 3 runs" }).click();
        await page.getByRole("dialog").getByText("3 runs are deleted").waitFor();
        expect(await place.api.count("flow-run", { field: "id", in: ids })).toBe(127);
      });
    });

    test("those that wait for nobody's values are resumed at once, after it was said which are left and why", async () => {
      const [deployment] = (await place.api.listObjects("deployment", { where: { field: "name", in: ["gpu"] } })).items;
      for (const [index, asks] of [{}, {}, { inputSchema: { type: "object" } }].entries()) {
        const { run } = await place.api.submitRun({ deployment: deployment?.id ?? "", name: `waits-${index}` });
        const details = { pauseKey: "go", suspended: true, ...asks };
        const state = { type: "PAUSED", name: "Suspended", details } as const;
        await place.api.proposeFlowRunState({ id: run.id, state, force: "a test" });
      }
      const count = async (name: string): Promise<number> =>
        (await place.api.listFlowRuns({ nameContains: "waits-" })).items.filter(({ state }) => state.name === name)
          .length;
      await visit(browser(), place.url, { path: "runs?q=waits-" }, async ({ page }) => {
        await expect.poll(() => total(page)).toBe(3);
        await page.getByRole("checkbox", { name: "Choose all runs that are listed" }).check();
        const bar = page.getByRole("region", { name: "Chosen runs" });
        await bar.getByRole("button", { name: "Resume runs" }).click();
        const dialog = page.getByRole("dialog", { name: "Resume runs" });
        await dialog.getByText("2 runs would be resumed, 1 would be left as they are.").waitFor();
        await dialog.getByText("Why 1 is left").click();
        await dialog.getByText("It asks for an answer").waitFor();
        expect(await count("Suspended")).toBe(3);
        await dialog.getByRole("button", { name: "Resume 2 runs" }).click();
        await dialog.getByText("2 runs are resumed").waitFor();
        expect([await count("Suspended"), await count("Resuming")]).toEqual([1, 2]);
      });
    });

    test("further pages come as they are looked at; what is new then is said, and shown when asked for", async () => {
      await recordRuns(
        place.api,
        Array.from({ length: 340 }, (_, index) => ({
          flow: "paged",
          name: `paged-${index}`,
          agoMs: 1000 + index,
          tookMs: 1,
          state: "Completed" as const,
        })),
      );
      await visit(browser(), place.url, { path: "runs?flow=paged" }, async ({ page }) => {
        await page.locator("[data-live]").getByText("Live").waitFor();
        await expect.poll(() => total(page)).toBe(340);
        const scroller = page.getByRole("table", { name: "Runs" }).locator("..");
        const last = page.getByRole("link", { name: "paged-339", exact: true });
        await expect
          .poll(async () => {
            await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight));
            return last.count();
          })
          .toBe(1);
        await recordRuns(place.api, [{ flow: "paged", name: "paged-new", agoMs: 0, state: "Running" }]);
        await page.getByRole("button", { name: "1 new", exact: true }).click();
        await page.getByRole("link", { name: "paged-new", exact: true }).waitFor();
        expect(await last.count()).toBe(0);
      });
    });

    test("under the pointer rows stay where they are: what is new waits behind its number, what changes changes there", async () => {
      const steady = (index: number) => ({ flow: "steady", name: `steady-${index}`, agoMs: 60_000 - index });
      const [changing = ""] = await recordRuns(
        place.api,
        [0, 1, 2, 3, 4].map((index) => ({ ...steady(index), state: "Running" as const })),
      );
      await visit(browser(), place.url, { path: "runs?flow=steady" }, async ({ page }) => {
        await page.locator("[data-live]").getByText("Live").waitFor();
        const pointed = rows(page).filter({ hasText: "steady-0" });
        await pointed.hover();
        const before = await pointed.boundingBox();
        await recordRuns(
          place.api,
          [5, 6].map((index) => ({ ...steady(index), state: "Running" as const })),
        );
        const state = { type: "FAILED", name: "Failed" } as const;
        await place.api.proposeFlowRunState({ id: changing, state, force: "so that it changes" });
        const waiting = page.getByRole("button", { name: "2 new", exact: true });
        await waiting.waitFor();
        await pointed.getByText("Failed").waitFor();
        expect(await pointed.boundingBox()).toEqual(before);
        expect(await rows(page).count()).toBe(5);
        await waiting.click();
        await expect.poll(() => rows(page).count()).toBe(7);
        expect(await waiting.count()).toBe(0);
      });
    });

    test("where there is little room, the flow, the tags and how long it took stand under each run", () =>
      visit(browser(), place.url, { path: "runs?tag=by-hand", width: 390, height: 844 }, async ({ page, open }) => {
        const row = rows(page).first();
        await row.waitFor();
        for (const title of ["Flow", "Tags", "Took"]) {
          const box = await row.getByRole("cell").filter({ hasText: title }).first().boundingBox();
          expect(box?.width).toBeGreaterThan(60);
          expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
        }
        // Of a run that has none, no tags are told.
        await open("runs?flow=paged");
        await row.getByRole("cell").filter({ hasText: "Flow" }).waitFor();
        expect(await row.getByRole("cell").filter({ hasText: "Tags" }).count()).toBe(0);
      }));

    test("an error is told, and a server that is away is waited for", () =>
      expectRecovery(browser(), place.url, {
        path: "runs",
        asks: /\/v1\/flow-runs\/rows\/filter/,
        shows: (page) => rows(page),
      }));
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("it says how to begin, and a filter that nothing meets says that", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, open }) => {
        await page.getByText("No runs yet").waitFor();
        await open("runs?q=x");
        await page.getByText("No run matches").waitFor();
        expect(await page.getByText("No runs yet").count()).toBe(0);
      }));
  });

  describe("over hostile data", () => {
    const place = usePlace("hostile");

    test("down to its end, no script runs, and each row is as high as the others", () =>
      visit(browser(), place.url, { path: "runs" }, async ({ page, settle }) => {
        const scroller = page.getByRole("table", { name: "Runs" }).locator("..");
        for (let step = 0; step < 12; step++) {
          await scroller.evaluate((element) => element.scrollBy(0, 2000));
          await settle();
          const heights = await page.evaluate(() => [
            ...new Set([...document.querySelectorAll("[data-row]")].map(({ clientHeight }) => clientHeight)),
          ]);
          expect(heights).toHaveLength(1);
        }
        await page.keyboard.press("Control+k");
        await page.getByRole("dialog", { name: "Search or go to" }).waitFor();
        await page.keyboard.type("<img");
        await settle();
        await page.getByRole("option").first().waitFor();
      }));
  });
});
