/** What waits for a person: what is asked of whom, and what an answer does. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { expectRecovery, failedAnswers } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { recordRuns } from "./harness/record-runs.ts";
import { visit } from "./harness/visit.ts";
import type { RunSpec } from "./seeds/run-spec.ts";
import { seededRuns } from "./seeds/seeds.ts";

const rows = (page: Page) => page.getByRole("table", { name: "Runs that wait for a person" }).locator("[data-row]");
const question = (page: Page) => page.getByRole("complementary", { name: "The question" });
const search = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

const asks = (name: string, more: NonNullable<RunSpec["details"]> = {}): RunSpec => ({
  flow: "release",
  name,
  agoMs: 60_000,
  tookMs: 100,
  state: "Paused",
  details: {
    pauseKey: "approval",
    inputTitle: `Is ${name} right?`,
    inputSchema: {
      type: "object",
      properties: { rows: { type: "integer", minimum: 1, title: "Rows" }, note: { type: "string", title: "Note" } },
      required: ["rows"],
    },
    initialValues: { rows: 3 },
    ...more,
  },
});

describeInBrowser("the inbox", (browser) => {
  describe("over a team's day", () => {
    const place = usePlace("small");

    test("lists what is asked, of whom and until when; one is opened by keyboard, and by its address", () =>
      visit(browser(), place.url, { path: "inbox" }, async ({ page, open }) => {
        await rows(page).first().waitFor();
        const { items } = await place.api.listInbox({}, { limit: 100 });
        expect(await rows(page).count()).toBe(items.length);
        await page.getByText(`${items.length} runs wait for a person`).waitFor();
        const textOf = (name: string) => rows(page).filter({ hasText: name }).innerText();
        expect(await textOf("release-1-4-0")).toContain("Publish version 1.4.0?");
        expect(await textOf("release-1-4-0")).toContain("ada, ops");
        expect(await textOf("invoices-of-october")).toMatch(/in (2|3)d, default/);
        expect(await textOf("held-by-ada")).toContain("Paused by somebody");

        await rows(page).filter({ hasText: "release-1-4-0" }).getByRole("link").focus();
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("ArrowUp");
        await page.keyboard.press("Enter");
        await expect.poll(() => search(page)).toEqual({ item: seededRuns.asks });
        const asked = question(page);
        await asked.getByRole("heading", { name: "Publish version 1.4.0?" }).waitFor();
        expect(await asked.getByRole("link", { name: "the list" }).getAttribute("href")).toContain("git.example");
        expect(await asked.innerText()).toContain("Only these may answer: ada, ops.");
        expect(await asked.getByRole("combobox", { name: "Where" }).locator("option:checked").innerText()).toBe("beta");
        await page.keyboard.press("Escape");
        await asked.waitFor({ state: "detached" });
        expect(search(page)).toEqual({});

        await open(`inbox?item=${seededRuns.asks}`);
        await asked.getByRole("heading", { name: "Publish version 1.4.0?" }).waitFor();
      }));

    test("an answer is checked, given in a name, and the run goes on", async () => {
      const [deployment] = (await place.api.listObjects("deployment", { where: { field: "name", in: ["gpu"] } })).items;
      const [id = ""] = await recordRuns(place.api, [
        {
          ...asks("asks-for-rows", { answerers: ["grace"], suspended: true }),
          state: "Suspended",
          deploymentId: deployment?.id ?? "",
        },
      ]);
      await visit(browser(), place.url, { path: `inbox?item=${id}`, tolerates: failedAnswers }, async ({ page }) => {
        const asked = question(page);
        const count = asked.getByRole("spinbutton", { name: /^Rows/ });
        await expect.poll(() => count.inputValue()).toBe("3");
        await count.fill("0");
        await asked.getByRole("button", { name: "Answer" }).click();
        // The form says what is wrong, or the server does: nothing is answered.
        await expect.poll(() => asked.innerText()).toMatch(/at least 1|>= 1|minimum/i);
        await count.fill("7");
        // It may be answered by some only, so it has to be said by whom.
        await asked.getByRole("button", { name: "Answer" }).click();
        await asked.getByRole("alert").getByText("ANSWER_NOT_ALLOWED").waitFor();
        expect(await place.api.listAnswers(id)).toEqual([]);

        await asked.getByRole("textbox", { name: "Your name" }).fill("grace");
        expect(await asked.innerText()).toContain(`millrace inbox answer ${id} --input '{"rows":7}' --as grace`);
        await asked.getByRole("button", { name: "Answer" }).click();
        await asked
          .getByRole("status")
          .getByText(/^Answered\./)
          .waitFor();
        const [answer] = await place.api.listAnswers(id);
        expect(answer).toMatchObject({ value: { rows: 7 }, answeredBy: "grace" });
        expect((await place.api.readFlowRun(id))?.state.type).toBe("SCHEDULED");
        await expect.poll(() => rows(page).filter({ hasText: "asks-for-rows" }).count()).toBe(0);
      });
    });

    test("what may be answered by somebody else is left out when asked for", async () => {
      await recordRuns(place.api, [
        asks("asks-ada", { answerers: ["ada"] }),
        asks("asks-linus", { answerers: ["linus"] }),
      ]);
      await visit(browser(), place.url, { path: "inbox" }, async ({ page, open }) => {
        await rows(page).filter({ hasText: "asks-linus" }).waitFor();
        await page.getByRole("checkbox", { name: "Only what I may answer" }).check();
        const name = page.getByRole("textbox", { name: "Your name, role or group" });
        await name.fill("ada");
        await name.press("Enter");
        await expect.poll(() => rows(page).filter({ hasText: "asks-linus" }).count()).toBe(0);
        await rows(page).filter({ hasText: "asks-ada" }).waitFor();
        const { items } = await place.api.listInbox({ answerers: ["ada"] }, { limit: 100 });
        expect(await rows(page).count()).toBe(items.length);
        expect(search(page)).toEqual({ mine: "true" });
        await open("inbox?flow=send-invoices");
        await expect.poll(() => rows(page).count()).toBe(1);
        await page.getByTitle("Show all again").click();
        await rows(page).filter({ hasText: "asks-ada" }).waitFor();
      });
    });

    test("an error is told, and a server that is away is waited for", () =>
      expectRecovery(browser(), place.url, { path: "inbox", asks: /\/v1\/inbox/, shows: (page) => rows(page) }));
  });

  describe("over an empty ledger", () => {
    const place = usePlace("empty");

    test("nobody is waited for, until a run asks", () =>
      visit(browser(), place.url, { path: "inbox" }, async ({ page }) => {
        await page.getByText("Nobody is waited for").waitFor();
        await page.locator("[data-live]").getByText("Live").waitFor();
        await recordRuns(place.api, [asks("the-first")]);
        await expect.poll(() => rows(page).filter({ hasText: "Is the-first right?" }).count()).toBe(1);
      }));
  });
});
