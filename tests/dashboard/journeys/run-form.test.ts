/** A run with values of one's own, by keyboard alone: from its form, by the command that the form shows, and once more. */

import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "../harness/in-browser.ts";
import { hasFocus, visitByKeyboard } from "../harness/keyboard.ts";
import { makeProject } from "../harness/project.ts";

const flowFile = `
import { flow } from "millrace";
import { z } from "zod";

const parameters = z.object({
  region: z.enum(["north", "south"]),
  rows: z.number().int().min(1).max(100),
  note: z.string().optional(),
});

export const report = flow(
  { name: "stock-report", parameters },
  async ({ region, rows, note }) => rows + " rows of " + region + ", " + note,
);

if (import.meta.main) await report.serve({ name: "shop", parameters: { region: "north", rows: 10 } });
`;

describeInBrowser("the form of a run", (browser) => {
  const place = usePlace("small");

  test("says what is wrong where it is, is the same as JSON and as a command, and can be filled in again", async () => {
    const project = makeProject({ env: { MILLRACE_API_URL: place.url }, files: { "report.ts": flowFile } });
    await project.start("node report.ts", /Ctrl-C stops it/);

    await visitByKeyboard(browser(), place.url, { path: "" }, async ({ page, keys }) => {
      await keys.press("Control+k");
      await page.getByRole("dialog", { name: "Search or go to" }).waitFor();
      await keys.type("stock-report/sh");
      await page.getByRole("option", { name: "stock-report/shop" }).waitFor();
      for (let at = 0; at < 5; at++) {
        if ((await page.getByRole("option", { selected: true }).textContent()) === "stock-report/shop") break;
        await keys.press("ArrowDown");
      }
      await keys.press("Enter");
      await page.getByRole("heading", { name: "shop" }).waitFor();
      await keys.tabTo(page.getByRole("button", { name: "Run with parameters" }));
      await keys.press("Enter");
      await page.getByRole("heading", { name: "Run stock-report/shop" }).waitFor();

      const form = page.getByRole("region", { name: "Parameters" });
      const [rows, submit] = [form.getByLabel("Rows"), page.getByRole("button", { name: "Submit run" })];
      await keys.tabTo(rows);
      expect(await rows.inputValue()).toBe("10");
      await keys.type("500");
      await form.getByText("must be <= 100").waitFor();
      expect(await rows.getAttribute("aria-invalid")).toBe("true");
      expect(await submit.getAttribute("title")).toBe("The parameters do not meet the schema");
      await keys.press("Control+a");
      await keys.type("20");
      await expect.poll(() => rows.getAttribute("aria-invalid")).toBeNull();

      // As JSON it is the same, and what is changed there is in the form.
      await keys.tabBackTo(form.getByRole("button", { name: "JSON" }));
      await keys.press("Enter");
      const editor = form.getByRole("textbox", { name: "Parameters as JSON" });
      await expect.poll(() => editor.textContent()).toContain('"rows": 20');
      await keys.tabTo(editor);
      await keys.press("Control+a");
      await keys.type('{ "region": "south", "rows": 20, "note": "by keyboard" }');
      await keys.tabBackTo(form.getByRole("button", { name: "Form" }));
      await keys.press("Enter");
      await form.getByLabel("Note", { exact: true }).waitFor();
      expect(await form.getByLabel("Note", { exact: true }).inputValue()).toBe("by keyboard");
      expect(
        await form
          .getByLabel("Region", { exact: true })
          .evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text),
      ).toBe("south");
      const command = (await page.getByLabel("The same from elsewhere").textContent()) ?? "";
      await keys.tabBackTo(submit);
      await keys.press("Enter");

      const done = async (result: string): Promise<void> => {
        await page.locator("main").getByText("Completed").first().waitFor();
        await keys.tabTo(page.getByRole("link", { name: "Details", exact: true }));
        await keys.press("Enter");
        await page.getByText(result).waitFor();
      };
      const again = page.getByRole("button", { name: "Run again with edits" });
      await again.waitFor();
      // The page is new, and the focus is at its start.
      await expect.poll(() => hasFocus(page.locator("#main"))).toBe(true);
      await done("20 rows of south, by keyboard");

      // Left with nothing done, and then once more with another value.
      await keys.tabBackTo(again);
      await keys.press("Enter");
      const dialog = page.getByRole("dialog", { name: "Run again with edits" });
      await dialog.getByLabel("Rows").waitFor();
      await keys.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await expect.poll(() => hasFocus(again)).toBe(true);
      await keys.press("Enter");
      await dialog.getByLabel("Rows").waitFor();
      await keys.tabTo(dialog.getByLabel("Rows"));
      await keys.type("30");
      await keys.tabTo(dialog.getByRole("button", { name: "Submit run" }));
      await keys.press("Enter");
      const made = dialog.getByRole("status").getByRole("link");
      await made.waitFor();
      await keys.tabTo(made);
      await keys.press("Enter");
      await dialog.waitFor({ state: "detached" });
      await done("30 rows of south, by keyboard");

      // What the form has shown as a command, as it stands.
      await project.run(`${command} --name by-command`);
      const [run] = (await place.api.listFlowRuns({ where: { field: "name", in: ["by-command"] } })).items;
      expect(JSON.parse(run?.parameters ?? "{}")).toEqual({ region: "south", rows: 20, note: "by keyboard" });
    });
  });
});
