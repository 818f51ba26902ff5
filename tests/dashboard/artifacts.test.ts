/** Artifacts: by key over time, each kind drawn as what it is, sandboxed where it is somebody else's, and live where it moves. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectRecovery } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { cellsOf, dialogOf, pathOf, rowOf, rowsOf, searchOf, tabTo, totalOf } from "./harness/in-page.ts";
import { visit } from "./harness/visit.ts";
import { processId, runIdOf } from "./seeds/run-spec.ts";

const table = "Artifacts";
const runId = runIdOf("daily-sales", "golden-heron");

describeInBrowser("artifacts", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    async function leave(key: string, kind: string, data: unknown, id: string = crypto.randomUUID()): Promise<string> {
      const at = Date.now();
      const artifact = {
        id,
        key,
        kind,
        description: null,
        data: JSON.stringify(data),
        flowRunId: runId,
        taskRunId: null,
      };
      await place.api.record({ processId, artifacts: [{ ...artifact, createdAt: at, updatedAt: at }] });
      return id;
    }
    const keyed = (key: string) => place.api.listArtifacts({ keys: [key] }, { limit: 10 });
    const ofKey = (page: Page, key: string) => page.goto(new URL(`artifacts/key/${key}`, place.url).href);

    test("the newest of each key is there; words and a kind go into the address, and an address brings them back", () =>
      visit(browser(), place.url, { path: "artifacts" }, async ({ page, open }) => {
        const { items } = await place.api.listArtifacts({ where: { newestOf: "key" } }, { limit: 200 });
        expect(await totalOf(page, table)).toBe(items.length);
        for (const { key, kind, description } of items) {
          const cells = await cellsOf(rowOf(page, table, key ?? ""));
          expect(cells.slice(0, 3)).toEqual([key, kind, description ?? ""]);
        }
        const filter = page.getByRole("textbox", { name: "Key or description" });
        await filter.fill("epochs");
        await expect.poll(() => rowsOf(page, table).count()).toBe(3);
        await filter.fill("sales");
        const kinds = page.getByRole("combobox", { name: "Kind" });
        await expect.poll(() => kinds.locator("option").allInnerTexts()).toContain("table (1)");
        await kinds.selectOption("table");
        await expect.poll(() => rowsOf(page, table).count()).toBe(1);
        expect(searchOf(page)).toEqual({ q: "sales", kind: "table" });
        await open("artifacts?kind=progress");
        expect(await kinds.inputValue()).toBe("progress");
        expect(await totalOf(page, table)).toBe(4);
        await open("artifacts?q=nothing-is-called-so");
        await page.getByText("No artifact matches").waitFor();
      }));

    test("a table is sorted by its columns, by keyboard too, and is taken along as CSV", () =>
      visit(browser(), place.url, { path: "artifacts/key/sales-by-region" }, async ({ page }) => {
        const rows = rowsOf(page, "sales-by-region");
        const first = async (): Promise<readonly string[]> =>
          await rows.evaluateAll((all) =>
            all
              .toSorted((a, b) => Number(a.getAttribute("aria-rowindex")) - Number(b.getAttribute("aria-rowindex")))
              .map((row) => row.querySelector('[role="cell"]')?.textContent ?? ""),
          );
        expect(await first()).toEqual(["north", "south", "east", "west"]);
        const byAmount = page.getByRole("button", { name: "amount" });
        await tabTo(page, byAmount);
        await page.keyboard.press("Enter");
        await expect.poll(first).toEqual(["east", "south", "north", "west"]);
        await page.keyboard.press("Enter");
        await expect.poll(first).toEqual(["west", "north", "south", "east"]);
        const head = page.getByRole("columnheader", { name: "amount" });
        expect(await head.getAttribute("aria-sort")).toBe("descending");
        await page.keyboard.press("Enter");
        await expect.poll(first).toEqual(["north", "south", "east", "west"]);
        const [file] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("button", { name: "Download CSV" }).click(),
        ]);
        expect(file.suggestedFilename()).toBe("sales-by-region.csv");
      }));

    test("markdown is text of the page, a chart is drawn with its data, a link and an image are what they are", () =>
      visit(browser(), place.url, { path: "artifacts/key/sales-report" }, async ({ page, settle }) => {
        await page.getByRole("heading", { name: "Sales of 25 November" }).waitFor();
        await page.getByRole("cell", { name: "2,310" }).waitFor();
        const link = page.getByRole("link", { name: "the shop" });
        expect([await link.getAttribute("rel"), await link.getAttribute("href")]).toEqual([
          "noopener noreferrer",
          "https://shop.example/",
        ]);

        await ofKey(page, "sales-chart");
        await settle();
        const chart = page.getByRole("img", { name: "sales-chart: bar chart of 4 values, amount by region" });
        expect(await chart.locator("path title").allTextContents()).toEqual(
          expect.arrayContaining([expect.stringContaining("53242")]),
        );
        await page.getByText("Data of the chart").click();
        await expect.poll(() => rowsOf(page, "sales-chart: data").count()).toBe(4);

        await ofKey(page, "sales-sheet");
        expect(await page.getByRole("link", { name: "The sheet" }).getAttribute("href")).toBe(
          "https://sheets.example/d/1",
        );
        await ofKey(page, "sales-logo");
        const image = page.getByRole("img", { name: "One pixel" });
        await image.waitFor();
        expect(await image.evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBe(1);
      }));

    test("HTML stands in a frame that runs nothing and reaches nothing", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page, settle }) => {
        const html = `<p id="said">before</p><script>document.getElementById("said").textContent = "run"</script><img src="${place.url}v1/settings">`;
        await leave("hostile-page", "html", html);
        const asked: string[] = [];
        page.on("request", (request) => asked.push(`${request.frame() === page.mainFrame()} ${request.url()}`));
        await ofKey(page, "hostile-page");
        const frame = page.locator("iframe[title='hostile-page']");
        expect(await frame.getAttribute("sandbox")).toBe("");
        await expect.poll(() => page.frameLocator("iframe").locator("#said").innerText()).toBe("before");
        await settle();
        expect(asked.filter((each) => each.startsWith("false "))).toEqual([]);
        await page.getByRole("button", { name: "Show the source" }).click();
        await page.getByText("getElementById").waitFor();
      }));

    test("progress moves while it is looked at, and stands still at its end", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page }) => {
        const id = await leave("moving", "progress", { value: 0.25 });
        await ofKey(page, "moving");
        const bar = page.getByRole("progressbar", { name: "moving" });
        await expect.poll(() => bar.getAttribute("aria-valuenow")).toBe("25");
        await leave("moving", "progress", { value: 0.5 }, id);
        await expect.poll(() => bar.getAttribute("aria-valuenow"), { timeout: 10_000 }).toBe("50");
        await leave("moving", "progress", { value: 1 }, id);
        await expect.poll(() => bar.getAttribute("aria-valuenow"), { timeout: 10_000 }).toBe("100");
      }));

    test("versions of a key are followed over time, chosen and compared by the address", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page, open }) => {
        const ids: string[] = [];
        for (const rows of [10, 20, 15]) ids.push(await leave("over-time", "table", [{ day: "Monday", rows }]));
        await open("artifacts/key/over-time");
        await page.getByText("3 versions", { exact: true }).waitFor();
        await page.getByRole("img", { name: "Sum of rows of the last 3 versions; now 15" }).waitFor();
        const versions = page.getByRole("navigation", { name: "Versions" });
        await versions.getByRole("link", { name: "1 · table" }).click();
        await expect.poll(() => searchOf(page)).toEqual({ version: ids[0] });
        await page.getByRole("combobox", { name: "Compare with" }).selectOption({ label: "version 2" });
        await expect.poll(() => searchOf(page)).toEqual({ version: ids[0], with: ids[1] });
        const diff = page.getByRole("region", { name: "What has changed from the older to the newer version" });
        expect((await diff.innerText()).split("\n").filter((line) => /^[−+]/.test(line))).toEqual([
          "− Monday,10",
          "+ Monday,20",
        ]);
        await open(`artifacts/key/over-time?version=${ids[2]}&with=${ids[0]}`);
        expect(await versions.locator("[aria-current]").innerText()).toContain("3 · table");
        await diff.getByText("+ Monday,15").waitFor();
      }));

    test("lists of large ones stay small, and what one holds is read when it is shown", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page, open, requests }) => {
        const text = "a line of a long report\n".repeat(5000);
        for (let version = 1; version <= 12; version++)
          await leave("large", "markdown", `# Report ${version}\n\n${text}`);
        const bytesOf = async (path: string): Promise<number> => {
          const sizes = requests.filter((request) => request.url().endsWith(path)).map((each) => each.sizes());
          return (await Promise.all(sizes)).reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
        };
        await open("artifacts");
        await rowOf(page, table, "large").waitFor();
        expect(await bytesOf("/v1/artifacts/filter")).toBe(0);
        await open("artifacts/key/large");
        await page.getByRole("heading", { name: "Report 12" }).waitFor();
        expect(await bytesOf("/v1/artifacts/rows/filter")).toBeLessThan(30_000);
        const contents = requests.filter((request) => request.url().endsWith("/v1/artifacts/filter"));
        expect(contents.map((request) => request.postDataJSON().filter.ids.length)).toEqual([1]);
      }));

    test("one is deleted only by who says so twice, and the other versions of its key stay", () =>
      visit(browser(), place.url, { path: "settings" }, async ({ page, open }) => {
        const ids = [await leave("leaving", "markdown", "one"), await leave("leaving", "markdown", "two")];
        await open(`artifacts/key/leaving?version=${ids[1]}`);
        await page.getByRole("button", { name: "Delete artifact" }).click();
        const dialog = dialogOf(page, "Delete artifact");
        await dialog.getByText("Other versions of its key stay").waitFor();
        await dialog.getByRole("button", { name: "Keep it" }).click();
        expect((await keyed("leaving")).items).toHaveLength(2);
        await page.getByRole("button", { name: "Delete artifact" }).click();
        await dialog.getByRole("button", { name: "Delete artifact" }).click();
        await page.getByText("1 version", { exact: true }).waitFor();
        expect((await keyed("leaving")).items.map(({ id }) => id)).toEqual([ids[0]]);
        await open(`artifacts/artifact/${ids[1]}`);
        await page.getByText("There is no such artifact").waitFor();
        await page.getByRole("link", { name: "Show all artifacts" }).click();
        await expect.poll(() => pathOf(page)).toBe("/artifacts");
      }));

    test("an answer that fails is told, and asked for again", () =>
      expectRecovery(browser(), place.url, {
        path: "artifacts",
        asks: "/v1/artifacts/rows/filter",
        shows: (page) => rowsOf(page, table),
      }));
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("it says what they are, and how code leaves one", () =>
      visit(browser(), place.url, { path: "artifacts" }, async ({ page }) => {
        await page.getByText("No artifacts yet").waitFor();
        expect(await page.getByRole("alert").count()).toBe(0);
        await page.getByText("await artifact.markdown(").waitFor();
      }));
  });
});
