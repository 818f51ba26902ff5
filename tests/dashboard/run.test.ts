/** The page of a run: what its head says, its tabs but for timeline and logs, and what its actions do. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { toDateTime, toDuration } from "../../dashboard/src/format/time.ts";
import { toWords } from "../../dashboard/src/states/families.ts";
import { expectRecovery, failedAnswers } from "./harness/failing.ts";
import { describeInBrowser, type Place, usePlace } from "./harness/in-browser.ts";
import { recordRuns } from "./harness/record-runs.ts";
import { visit } from "./harness/visit.ts";
import type { RunSpec } from "./seeds/run-spec.ts";
import { seededRuns } from "./seeds/seeds.ts";

const search = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
const pathOf = (page: Page): string => new URL(page.url()).pathname;
const toTab = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("navigation", { name: "Views of the run" }).getByRole("link", { name }).click();
};
const fact = (page: Page, panel: string, name: string) =>
  page
    .getByRole("region", { name: panel, exact: true })
    .locator("dt", { hasText: new RegExp(`^${name}$`) })
    .locator("xpath=following-sibling::dd[1]");

async function deploymentOf(place: Place, name: string): Promise<string> {
  const { items } = await place.api.listObjects("deployment", { where: { field: "name", in: [name] } });
  return items[0]?.id ?? "";
}

describeInBrowser("the page of a run", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    test("one tab is told as the current one, and it is in view on a telephone too", () =>
      visit(
        browser(),
        place.url,
        { path: `runs/flow-run/${seededRuns.golden}?tab=details`, width: 390, height: 844 },
        async ({ page }) => {
          const current = page
            .getByRole("navigation", { name: "Views of the run" })
            .locator('[aria-current]:not([aria-current="false"])');
          expect(await current.allInnerTexts()).toEqual(["Details"]);
          const box = await current.boundingBox();
          expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
        },
      ));

    test("of a run that has not ended says how long it has been going, and of one to come when it is due", () =>
      visit(browser(), place.url, { path: `runs/flow-run/${seededRuns.running}` }, async ({ page, open }) => {
        const main = page.getByRole("main");
        await expect.poll(() => main.innerText()).toMatch(/So far \d/);
        const { items } = await place.api.listFlowRuns({ stateTypes: ["SCHEDULED"] }, "created-desc", { limit: 50 });
        const toCome = items.find(({ name }) => name === "in-an-hour");
        await open(`runs/flow-run/${toCome?.id ?? ""}`);
        await expect.poll(() => main.innerText()).toContain("Due in ");
      }));

    test("keys lead to the runs before and after it, and from a subflow up to what called it", () =>
      visit(
        browser(),
        place.url,
        { path: `runs/flow-run/${seededRuns.golden}?tab=details` },
        async ({ page, open }) => {
          const { items } = await place.api.listFlowRunRows({ flowNames: ["daily-sales"] }, "created-desc", {
            limit: 50,
          });
          const runs = items.filter(({ deploymentId }) => deploymentId === items[0]?.deploymentId).map(({ id }) => id);
          const at = runs.indexOf(seededRuns.golden);
          expect(at).toBeGreaterThanOrEqual(0);
          await page.keyboard.press("k");
          await expect.poll(() => pathOf(page)).toBe(`/runs/flow-run/${runs[at + 1]}`);
          const before = items.find(({ id }) => id === runs[at + 1])?.name ?? "";
          await page.getByRole("heading", { level: 1, name: before }).waitFor();
          // The view stays the same.
          expect(search(page)).toEqual({ tab: "details" });
          await page.keyboard.press("j");
          await expect.poll(() => pathOf(page)).toBe(`/runs/flow-run/${seededRuns.golden}`);

          const [subflow] = (await place.api.listFlowRunRows({ parentRunIds: [seededRuns.failed] }, "created-desc"))
            .items;
          await open(`runs/flow-run/${subflow?.id}`);
          await page.keyboard.press("u");
          await expect.poll(() => pathOf(page)).toBe(`/runs/flow-run/${seededRuns.failed}`);
          await open(`runs/flow-run/${subflow?.id}`);
          await page.keyboard.press("t");
          await expect.poll(() => pathOf(page)).toBe(`/runs/flow-run/${seededRuns.failed}`);
        },
      ));

    test("says why there is the run, of what and with what; each tab has an address", () =>
      visit(browser(), place.url, { path: `runs/flow-run/${seededRuns.golden}` }, async ({ page, open }) => {
        const run = await place.api.readFlowRun(seededRuns.golden);
        if (run === null) throw new Error("The seed has no such run.");
        const took = toDuration((run.endedAt ?? 0) - (run.startedAt ?? 0));
        const main = page.getByRole("main");
        await main.getByText("Started by user Ada").waitFor();
        await main.getByRole("link", { name: "daily-sales/production" }).waitFor();
        const head = await main.innerText();
        for (const text of ["golden-heron", "Completed", `Took ${took}`, "Flow version 1.4.0", "Commit 0123abc0"])
          expect(head).toContain(text);
        for (const tag of ["sales", "by-hand"]) await main.getByRole("link", { name: tag, exact: true }).waitFor();
        expect(head).toContain('"region":"west"');

        // Details: parameters, result, and where it ran.
        await toTab(page, "Details");
        await expect.poll(() => search(page).tab).toBe("details");
        const parameters = await page.getByRole("region", { name: "Parameters as JSON" }).innerText();
        expect(JSON.parse(parameters)).toEqual(JSON.parse(run.parameters));
        expect(JSON.parse(await page.getByRole("region", { name: "Result as JSON" }).innerText())).toEqual({
          rows: 4812,
          total: 98_231.4,
        });
        expect(await fact(page, "Where it ran", "Host").innerText()).toBe("seed.example");
        // What these are called is looked up.
        await expect.poll(() => fact(page, "Where it ran", "Work pool").innerText()).toBe("local");
        await expect.poll(() => fact(page, "Run", "Deployment").innerText()).toBe("production");
        expect(await fact(page, "Run", "Created").innerText()).toContain(toDateTime(run.createdAt, "UTC"));

        // History: the states, the last first, with how long each lasted.
        await toTab(page, "History");
        const states = page.getByRole("region", { name: "States" }).locator("tbody tr");
        await expect.poll(() => states.count()).toBe(run.history.length);
        expect(await states.first().innerText()).toContain("Completed");
        expect(await states.nth(1).innerText()).toContain(took);
        for (const [index, state] of run.history.toReversed().entries())
          expect(await states.nth(index).innerText()).toContain(toWords(state.name));
        const { items: events } = await place.api.listEvents({ flowRunIds: [run.id] }, { limit: 500 });
        await expect
          .poll(() => page.getByRole("table", { name: "Events" }).getAttribute("aria-rowcount"))
          .toBe(String(Math.min(100, events.length) + 1));
        await page.getByRole("table", { name: "Events" }).locator("[data-row]").first().press("Enter");
        const dialog = page.getByRole("dialog");
        expect(await dialog.getByRole("region", { name: "The event as JSON" }).innerText()).toContain(run.id);
        await page.keyboard.press("Escape");

        // Artifacts: each kind is drawn.
        await toTab(page, "Artifacts");
        const { items: artifacts } = await place.api.listArtifacts({ flowRunIds: [run.id] }, { limit: 50 });
        for (const { key } of artifacts) await page.getByRole("region", { name: key ?? "", exact: true }).waitFor();
        // Each is read and drawn once it comes into view.
        const show = async (name: string) => {
          const artifact = page.getByRole("region", { name, exact: true });
          await artifact.scrollIntoViewIfNeeded();
          return artifact;
        };
        const table = await show("sales-by-region");
        await expect.poll(() => table.innerText()).toContain("53242.2");
        const progress = await show("sales-progress");
        await expect.poll(() => progress.innerText()).toMatch(/62(\.5)?\s*%|63\s*%/);
        await (await show("sales-report")).getByRole("heading", { name: "Sales of 25 November" }).waitFor();
        await (await show("sales-page")).locator("iframe[sandbox]").waitFor();

        await open(`runs/flow-run/${run.id}?tab=details`);
        await page.getByRole("region", { name: "Parameters as JSON" }).waitFor();
      }));

    test("its task runs are grouped with their counts, and are narrowed by name and state in the address", () =>
      visit(browser(), place.url, { path: `runs/flow-run/${seededRuns.failed}?tab=tasks` }, async ({ page, open }) => {
        const grid = page.getByRole("treegrid", { name: "Task runs by task" });
        await grid.getByRole("row").first().waitFor();
        const groups = () => grid.locator('[role="row"][aria-level="1"]').allInnerTexts();
        const counts = Map.groupBy(await place.api.countTaskRuns(seededRuns.failed), ({ taskName }) => taskName);
        // What has failed comes first.
        expect(await grid.getByRole("row").first().getByTitle("1 failed").count()).toBe(1);
        await grid.getByRole("row").first().focus();
        await page.keyboard.press("End");
        await page.keyboard.press("Home");
        await page.getByRole("button", { name: "Collapse all" }).click();
        await expect.poll(async () => (await groups()).length).toBe(counts.size);
        const total = (name: string): number => (counts.get(name) ?? []).reduce((sum, { count }) => sum + count, 0);
        for (const text of await groups()) {
          const [name = "", count = ""] = text.split("\n");
          expect(`${name} ${count}`).toBe(`${name} ${total(name)}`);
        }
        expect(
          await grid
            .getByRole("row")
            .filter({ hasText: /^train/ })
            .getByTitle("1 failed")
            .count(),
        ).toBe(1);

        await grid
          .getByRole("row")
          .filter({ hasText: /^train/ })
          .focus();
        await page.keyboard.press("ArrowRight");
        await expect.poll(() => grid.locator('[role="row"][aria-level="2"]').count()).toBeGreaterThan(5);
        await page
          .getByRole("group", { name: "States" })
          .getByRole("button", { name: /Failed/ })
          .click();
        await expect.poll(() => grid.locator('[role="row"][aria-level="2"]').count()).toBe(1);
        await page.getByRole("textbox", { name: "Name of the task or task run" }).fill("fold-18");
        await expect.poll(async () => (await groups()).length).toBe(1);
        await expect.poll(() => search(page)).toEqual({ tab: "tasks", state: '["failed"]', name: "fold-18" });
        expect(await grid.innerText()).toContain("loss is NaN after epoch 12");
        const address = page.url();
        await open("");
        await page.goto(address);
        await grid.getByText("train fold-18").waitFor();
        expect((await groups())[0]).toMatch(/^train/);
        await page.getByRole("textbox", { name: "Name of the task or task run" }).fill("no-such");
        await page.getByText("No task run matches").waitFor();
        await page.getByRole("button", { name: "Show all task runs" }).click();
        await expect.poll(() => search(page)).toEqual({ tab: "tasks" });
      }));

    test("what depends on what is gone through by keyboard, and what went wrong is told with where", () =>
      visit(browser(), place.url, { path: `runs/flow-run/${seededRuns.failed}?tab=graph` }, async ({ page }) => {
        const graph = await place.api.readRunGraph({ flowRunId: seededRuns.failed });
        const list = page.getByRole("list", { name: "Tasks" });
        await list.getByRole("button").first().waitFor();
        const names = await list.getByRole("button").allInnerTexts();
        expect(new Set(names.map((each) => each.split("\n")[0]))).toEqual(
          new Set(graph.nodes.map(({ taskName }) => taskName)),
        );
        const shown = await page.getByRole("img", { name: /tasks? of crimson-newt/ }).getAttribute("aria-label");
        expect(shown).toContain(`${graph.nodes.length} tasks`);
        await list.getByRole("button", { name: /^failed evaluate/ }).focus();
        await page.keyboard.press("Enter");
        const card = page.getByRole("region", { name: "evaluate" });
        expect(await card.innerText()).toContain("Takes from");
        await card.getByRole("button", { name: "train" }).click();
        await page.getByRole("region", { name: "train" }).getByText("24 task runs").waitFor();
        await page.getByRole("region", { name: "train" }).getByRole("link", { name: "Task runs" }).click();
        await expect.poll(() => search(page)).toEqual({ tab: "tasks", name: "train" });

        const wrong = page.getByRole("region", { name: "What went wrong" });
        expect(await wrong.innerText()).toContain("TypeError: Cannot read properties of undefined (reading 'loss')");
        await wrong.getByRole("link", { name: "See the error" }).click();
        const error = page.getByRole("region", { name: "Error", exact: true });
        await error.getByText("flows/train-model.ts:88:21").waitFor();
        // Frames of others are folded.
        expect(await error.getByText("some-library").isVisible()).toBe(false);
        await error.getByText(/frames? of Node and packages/).click();
        await error.getByText("some-library").waitFor();
      }));

    test("what is chosen and looked for in the graph is in the address, and its list is there on a telephone, too", () =>
      visit(
        browser(),
        place.url,
        { path: `runs/flow-run/${seededRuns.failed}?tab=graph`, width: 390, height: 844 },
        async ({ page, open }) => {
          const list = page.getByRole("list", { name: "Tasks" });
          await list.getByRole("button", { name: /^failed evaluate/ }).click();
          await page.getByRole("region", { name: "evaluate" }).waitFor();
          await page.getByRole("textbox", { name: "Find a task" }).fill("eval");
          await page.getByRole("checkbox", { name: "Leave out what other arrows say" }).uncheck();
          await expect
            .poll(() => search(page))
            .toEqual({ tab: "graph", node: "evaluate", find: "eval", arrows: "all" });
          const address = page.url();
          await open("");
          await page.goto(address);
          await page.getByRole("region", { name: "evaluate" }).waitFor();
          expect(await list.getByRole("button").count()).toBe(1);
          expect(await page.getByRole("checkbox", { name: "Leave out what other arrows say" }).isChecked()).toBe(false);
        },
      ));

    test("its actions change the ledger, each as it says", async () => {
      const train = await deploymentOf(place, "gpu");
      const spec = (name: string, more: Partial<RunSpec>): RunSpec => ({
        flow: "train-model",
        name,
        agoMs: 90_000,
        tookMs: 1000,
        state: "Failed",
        deploymentId: train,
        parameters: { epochs: 5 },
        ...more,
      });
      const [failed = "", running = "", done = ""] = await recordRuns(place.api, [
        spec("to-be-retried", { message: "It broke" }),
        spec("to-be-cancelled", { state: "Running" }),
        spec("to-be-run-again", {
          state: "Completed",
          tasks: [
            { task: "load", fromMs: 0, tookMs: 400, state: "Completed" },
            { task: "fit", name: "fit 1", fromMs: 400, tookMs: 500, state: "Completed" },
          ],
        }),
      ]);
      await visit(browser(), place.url, { path: `runs/flow-run/${failed}` }, async ({ page, open }) => {
        const dialog = page.getByRole("dialog");
        const stateOf = async (id: string) => (await place.api.readFlowRun(id))?.state ?? null;
        await page.getByRole("button", { name: "Retry failed tasks" }).click();
        expect(await dialog.innerText()).toContain("millrace flow-run");
        expect((await stateOf(failed))?.type).toBe("FAILED");
        await dialog.getByRole("button", { name: "Retry failed tasks" }).click();
        await dialog.getByText("The run is scheduled again.").waitFor();
        expect(await stateOf(failed)).toMatchObject({ type: "SCHEDULED", name: "AwaitingRetry" });

        await open(`runs/flow-run/${running}`);
        await page.getByRole("button", { name: "Cancel run" }).click();
        await dialog.getByRole("button", { name: "Cancel run" }).click();
        await dialog.getByText("and ends when its process has stopped").waitFor();
        expect((await stateOf(running))?.type).toBe("CANCELLING");
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "More actions" }).click();
        await page.getByRole("menuitem", { name: "Force a state" }).click();
        await dialog.getByRole("combobox", { name: "State" }).selectOption("CRASHED");
        await dialog.getByRole("textbox", { name: "Why" }).fill("its machine is gone");
        await dialog.getByRole("textbox", { name: "Your name" }).fill("Grace");
        await dialog.getByRole("button", { name: "Force Crashed" }).click();
        await dialog.getByText("The run is").waitFor();
        expect(await stateOf(running)).toMatchObject({ type: "CRASHED", message: "its machine is gone" });
        await page.keyboard.press("Escape");

        await open(`runs/flow-run/${done}`);
        await page.getByRole("button", { name: "Run again with edits" }).click();
        await dialog.getByRole("spinbutton", { name: /epochs/i }).fill("9");
        await dialog.getByRole("textbox", { name: "Name of the run" }).fill("run-again-with-9");
        await dialog.getByRole("button", { name: "Submit run" }).click();
        await dialog.getByRole("link", { name: "run-again-with-9" }).waitFor();
        const { items } = await place.api.listFlowRuns({ where: { field: "name", in: ["run-again-with-9"] } });
        expect(items[0]).toMatchObject({ deploymentId: train, state: { type: "SCHEDULED" } });
        expect(JSON.parse(items[0]?.parameters ?? "")).toMatchObject({ epochs: 9 });
        await page.keyboard.press("Escape");

        await page.getByRole("button", { name: "Run again with edits" }).click();
        await dialog.getByRole("combobox", { name: "From" }).selectOption("fit 1 (completed)");
        await dialog.getByRole("textbox", { name: "Name of the run" }).fill("run-again-from-fit");
        expect(await dialog.getByRole("group", { name: "Command" }).innerText()).toBe(
          `millrace deployment run train-model/gpu --rerun-of ${done} --from 'fit 1' --name run-again-from-fit`,
        );
        await dialog.getByRole("button", { name: "Submit run" }).click();
        await dialog.getByRole("link", { name: "run-again-from-fit" }).waitFor();
        const again = await place.api.listFlowRuns({ where: { field: "name", in: ["run-again-from-fit"] } });
        const { items: tasks } = await place.api.listTaskRuns({ flowRunIds: [done], taskNames: ["fit"] });
        expect(again.items[0]?.adopts).toEqual({ runId: done, until: tasks[0]?.id });
        expect(JSON.parse(again.items[0]?.parameters ?? "")).toMatchObject({ epochs: 5 });
        await page.keyboard.press("Escape");

        await page.getByRole("button", { name: "More actions" }).click();
        await page.getByRole("menuitem", { name: "Delete run" }).click();
        await dialog.getByRole("button", { name: "Delete run" }).click();
        await expect.poll(() => pathOf(page)).toBe("/runs");
        expect(await place.api.readFlowRun(done)).toBeNull();
      });
    });

    test("a run that is not there is said to be gone; an error is told, and a server that is away is waited for", async () => {
      await visit(browser(), place.url, { path: "settings", tolerates: failedAnswers }, async ({ page }) => {
        await page.goto(`${place.url}runs/flow-run/00000000-0000-4000-8000-000000000000`);
        await page.getByRole("alert").getByText("RUN_NOT_FOUND").waitFor();
        await page.getByRole("heading", { name: "Run", level: 1 }).waitFor();
      });
      await expectRecovery(browser(), place.url, {
        path: `runs/flow-run/${seededRuns.golden}?tab=history`,
        asks: new RegExp(`/v1/flow-runs/${seededRuns.golden}`),
        shows: (page) => page.getByRole("heading", { name: "golden-heron" }),
      });
    });
  });
});
