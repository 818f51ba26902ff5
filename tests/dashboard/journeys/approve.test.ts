/** A run asks for a decision, and is given one by keyboard alone. */

import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "../harness/in-browser.ts";
import { hasFocus, visitByKeyboard } from "../harness/keyboard.ts";
import { makeProject } from "../harness/project.ts";

const flowFile = `
import { flow, suspend } from "millrace";
import { z } from "zod";

const decision = z.object({ approved: z.boolean(), reviewers: z.number().int().min(1), note: z.string().min(3) });

export const publish = flow({ name: "publish-prices" }, async () => {
  const { approved, reviewers, note } = await suspend({
    title: "Publish the prices of December?",
    key: "approval",
    // What a schema cannot say.
    input: decision.refine((given) => given.note !== "no idea", { message: "is no reason", path: ["note"] }),
  });
  return (approved ? "published" : "held back") + " by " + reviewers + ": " + note;
});

if (import.meta.main) await publish.serve({ name: "monthly" });
`;

/** What the console says of an answer that is refused, and of a question that is gone. */
const tolerates = /status of (404|422)/;

describeInBrowser("a question to a person", (browser) => {
  const place = usePlace("small");

  test("is found in the inbox, and answered: not with what does not fit, nor with what the flow refuses", async () => {
    const project = makeProject({ env: { MILLRACE_API_URL: place.url }, files: { "prices.ts": flowFile } });
    await project.start("node prices.ts", /Ctrl-C stops it/);

    await visitByKeyboard(browser(), place.url, { path: "", tolerates }, async ({ page, keys }) => {
      await project.run("millrace deployment run publish-prices/monthly --name december");
      await page
        .getByRole("region", { name: "Needs attention" })
        .getByText("Publish the prices of December?")
        .waitFor();

      await keys.press("g", "i");
      const rows = page.getByRole("table", { name: "Runs that wait for a person" }).locator("[data-row]");
      const row = rows.filter({ hasText: "Publish the prices of December?" });
      await row.waitFor();
      await keys.tabTo(rows.first().getByRole("link"));
      for (let at = 0; at < (await rows.count()) && !(await hasFocus(row)); at++) await keys.press("ArrowDown");
      await keys.press("Enter");

      const question = page.getByRole("complementary", { name: "The question" });
      await question.getByRole("heading", { name: "Publish the prices of December?" }).waitFor();
      expect(await hasFocus(question)).toBe(true);

      // What the schema does not allow is told at its field, by the server, and the focus stays.
      const [reviewers, note] = [question.getByLabel("Reviewers"), question.getByLabel("Note")];
      const answer = question.getByRole("button", { name: "Answer", exact: true });
      await keys.tabTo(question.getByLabel("Approved"));
      await keys.type("Y");
      await keys.tabTo(reviewers);
      await keys.type("2");
      await keys.tabTo(note);
      await keys.type("no");
      await keys.tabTo(answer);
      await keys.press("Enter");
      await question.getByRole("alert").getByText("INPUT_INVALID").waitFor();
      await expect.poll(() => reviewers.getAttribute("aria-invalid")).toBeNull();
      expect(await note.getAttribute("aria-invalid")).toBe("true");
      expect(await hasFocus(answer)).toBe(true);

      // What the flow itself refuses is asked again, with what was typed to be mended.
      await keys.tabBackTo(note);
      await keys.type("no idea");
      await keys.press("Enter");
      await question.getByText("Answered. The run is scheduled").waitFor();
      await question.getByText("is no reason").waitFor();
      await note.waitFor();
      expect(await note.inputValue()).toBe("no idea");
      expect(await hasFocus(question)).toBe(true);

      await keys.tabTo(note);
      await keys.type("as agreed");
      await keys.press("Enter");
      await question.getByText("Taken").waitFor();
      expect(await hasFocus(question)).toBe(true);
      await keys.tabTo(question.getByRole("link", { name: "Open the run" }));
      await keys.press("Enter");
      await page.getByRole("heading", { name: "december" }).waitFor();
      await page.locator("main").getByText("Completed").first().waitFor();
      await keys.tabTo(page.getByRole("link", { name: "Details", exact: true }));
      await keys.press("Enter");
      await page.getByText("published by 2: as agreed").waitFor();

      await keys.press("g", "i");
      await rows.first().waitFor();
      expect(await row.count()).toBe(0);
    });
  });
});
