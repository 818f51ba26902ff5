/** The forms of a deployment: a run with parameters by its schema, as a form and as JSON, and its schedules. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { failedAnswers } from "./harness/failing.ts";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { dialogOf, pathOf } from "./harness/in-page.ts";
import { visit } from "./harness/visit.ts";

const submit = (page: Page) => page.getByRole("button", { name: "Submit run" });
const elsewhere = (page: Page) => page.getByRole("region", { name: "The same from elsewhere" });

describeInBrowser("the forms of a deployment", (browser) => {
  const place = usePlace("small");

  async function findId(flowName: string): Promise<string> {
    const where = { field: "flowName", in: [flowName] };
    return (await place.api.listObjects("deployment", { where }, { limit: 1 })).items[0]?.id ?? "";
  }
  async function make(name: string): Promise<string> {
    const schedules = [{ slug: "nightly", active: true, spec: { kind: "cron", cron: "0 2 * * *" } }];
    return (await place.api.saveDeployment({ flowName: "of-forms", name, schedules })).deployment.id;
  }
  const schedulesOf = async (id: string) =>
    (await place.api.listObjects("schedule", { where: { field: "deploymentId", in: [id] } }, { limit: 9 })).items;

  test("a run is submitted with what was changed, and its values are there again the next time", async () => {
    const id = await findId("daily-sales");
    await visit(browser(), place.url, { path: `deployments/deployment/${id}/run` }, async ({ page, open }) => {
      expect(await page.getByLabel("Rows at most", { exact: true }).inputValue()).toBe("5000");
      await page.getByLabel("Rows at most", { exact: true }).fill("0");
      const isWrong = (): Promise<string | null> =>
        page.getByLabel("Rows at most", { exact: true }).getAttribute("aria-invalid");
      await expect.poll(isWrong).toBe("true");
      await expect.poll(() => submit(page).isDisabled()).toBe(true);
      await page.getByLabel("Rows at most", { exact: true }).fill("12");
      await page.getByLabel("Name", { exact: true }).fill("by-form");
      await page.getByLabel("Tags", { exact: true }).fill("try, again");
      await expect.poll(() => submit(page).isEnabled()).toBe(true);
      expect(await elsewhere(page).innerText()).toBe(
        `millrace deployment run daily-sales/production --params '{"limit":12}' --name by-form -t try -t again`,
      );
      await submit(page).click();
      await expect.poll(() => pathOf(page)).toContain("/runs/flow-run/");
      const run = await place.api.readFlowRun(pathOf(page).split("/").at(-1) ?? "");
      expect(run).toMatchObject({ name: "by-form", deploymentId: id });
      expect(run?.tags).toEqual(expect.arrayContaining(["try", "again", "sales"]));
      expect(JSON.parse(run?.parameters ?? "{}")).toMatchObject({ limit: 12, region: "west" });

      await open(`deployments/deployment/${id}/run`);
      await page.getByRole("button", { name: "Use last values" }).click();
      expect(await page.getByLabel("Rows at most", { exact: true }).inputValue()).toBe("12");
      await page.getByRole("button", { name: "Reset values" }).click();
      expect(await page.getByLabel("Rows at most", { exact: true }).inputValue()).toBe("5000");
    });
  });

  test("what is not submitted keeps what is written, and pressing again makes one run", async () => {
    const id = await make("kept");
    const path = `deployments/deployment/${id}/run`;
    await visit(browser(), place.url, { path, tolerates: failedAnswers }, async ({ page }) => {
      await page.getByLabel("Name", { exact: true }).fill("once-only");
      // It is done, and the answer gets lost.
      await page.route("**/v1/flow-runs/submit", async (route) => {
        await route.fetch();
        await route.fulfill({ status: 503, body: "" });
      });
      await submit(page).click();
      await page.getByRole("alert").getByText("did not answer: its answer is 503").waitFor();
      expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("once-only");
      await page.unroute("**/v1/flow-runs/submit");
      await submit(page).click();
      await expect.poll(() => pathOf(page)).toContain("/runs/flow-run/");
      const where = {
        all: [
          { field: "deploymentId", in: [id] },
          { field: "name", in: ["once-only"] },
        ],
      };
      expect(await place.api.count("flow-run", where)).toBe(1);
    });
  });

  test("a schedule is added with the times that the server counts, edited, paused, and deleted by who says so twice", async () => {
    const id = await make("scheduled");
    const path = `deployments/deployment/${id}?tab=schedules`;
    await visit(browser(), place.url, { path, tolerates: failedAnswers }, async ({ page }) => {
      await page.getByRole("button", { name: "Add schedule" }).click();
      const dialog = dialogOf(page, "Add a schedule");
      const due = dialog.getByRole("complementary", { name: "When it is due" });
      await dialog.getByLabel("Cron expression").fill("61 6 * * *");
      await dialog.getByRole("alert").first().waitFor();
      const add = dialog.getByRole("button", { name: "Add schedule" });
      expect(await add.isDisabled()).toBe(true);
      await dialog.getByLabel("Cron expression").fill("30 6 * * 1");
      await dialog.getByLabel("Time zone").fill("Europe/Berlin");
      const spec = { kind: "cron", cron: "30 6 * * 1", timezone: "Europe/Berlin" } as const;
      const times = await place.api.upcoming({ spec, limit: 5 });
      await expect
        .poll(() =>
          due.locator("time").evaluateAll((all) => all.map((at) => Date.parse((at as HTMLTimeElement).dateTime))),
        )
        .toEqual(times);
      await add.click();
      await dialog.waitFor({ state: "detached" });
      expect((await schedulesOf(id)).map((schedule) => schedule.spec)).toContainEqual(spec);

      const card = page.getByRole("article").filter({ hasText: "nightly" });
      await card.getByRole("button", { name: "Edit" }).click();
      const edit = dialogOf(page, "Edit the schedule");
      await edit.getByLabel("Cron expression").fill("0 3 * * *");
      const [nightly] = (await schedulesOf(id)).filter(({ slug }) => slug === "nightly");
      await place.api.updateSchedule(nightly?.id ?? "", { spec: { kind: "cron", cron: "0 4 * * *" } });
      const save = edit.getByRole("button", { name: "Save schedule" });
      await expect.poll(() => save.isEnabled()).toBe(true);
      await save.click();
      await edit.getByRole("alert").getByText("Somebody else has changed it: When it is due is").waitFor();
      expect(await edit.getByLabel("Cron expression").inputValue()).toBe("0 3 * * *");
      await save.click();
      await edit.waitFor({ state: "detached" });
      await card.getByText("0 3 * * *").waitFor();

      await card.getByRole("button", { name: "Pause" }).click();
      await card.getByText("It makes no runs until it is resumed.").waitFor();
      await card.getByRole("button", { name: "Delete" }).click();
      await page.keyboard.press("Escape");
      expect(await schedulesOf(id)).toHaveLength(2);
      await card.getByRole("button", { name: "Delete" }).click();
      await page.getByRole("button", { name: "Delete schedule" }).click();
      await card.waitFor({ state: "detached" });
      expect((await schedulesOf(id)).map(({ slug }) => slug)).toEqual([null]);
    });
  });
});
