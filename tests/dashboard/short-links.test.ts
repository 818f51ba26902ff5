/** Whatever has an id: `/r/<id>` leads to where it is shown. */

import { expect, test } from "vitest";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { visit } from "./harness/visit.ts";
import { idsOfEachKind } from "./harness/ids-of-each-kind.ts";

describeInBrowser("links by an id", (browser) => {
  const place = usePlace("small");

  test("lead to where each kind of thing is shown, and say what is chosen there", async () => {
    const { api } = place;
    await api.createObject("saved-search", {
      name: "what failed",
      filters: { kind: "millrace.runs-view", search: { state: ["failed"] }, isDefault: false },
    });
    const ids = await idsOfEachKind(api);
    const [variable] = (await api.listObjects("variable", {}, { limit: 1 })).items;
    const shown: Readonly<Record<string, RegExp>> = {
      "flow-run": /^\/runs\/flow-run\/ID$/,
      "task-run": /^\/runs\/task-run\/ID$/,
      artifact: /^\/artifacts\/artifact\/ID$/,
      flow: /^\/flows\/flow\/ID$/,
      deployment: /^\/deployments\/deployment\/ID$/,
      "deployment-version": /^\/deployments\/deployment\/[\da-f-]{36}\?tab=versions$/,
      schedule: /^\/deployments\/deployment\/[\da-f-]{36}\?tab=schedules$/,
      "work-pool": /^\/work-pools\/work-pool\/ID$/,
      "work-queue": /^\/work-pools\/work-pool\/[^/]+\?tab=queues&queue=/,
      worker: /^\/work-pools\/work-pool\/[\da-f-]{36}\?tab=workers$/,
      "block-type": /^\/blocks\?type=/,
      "block-schema": /^\/blocks\?type=/,
      "block-document": /^\/blocks\/block\/ID$/,
      "concurrency-limit": /^\/limits\?limit=ID$/,
      automation: /^\/automations\/automation\/ID$/,
      "automation-firing": /^\/automations\/automation\/[\da-f-]{36}$/,
      variable: new RegExp(`^/variables\\?variable=${variable?.name ?? ""}$`),
      webhook: /^\/webhooks\?webhook=ID$/,
      "saved-search": /^\/runs\?state=%5B%22failed%22%5D$/,
      event: /^\/events\?event=ID&since=all$/,
    };
    expect([...ids.keys()].toSorted()).toEqual(Object.keys(shown).toSorted());
    await visit(browser(), place.url, { path: "runs" }, async ({ page }) => {
      for (const [kind, id] of ids) {
        await page.goto(`${place.url}r/${id}`);
        await expect
          .poll(
            () =>
              page
                .url()
                .slice(place.url.length - 1)
                .replace(id, "ID"),
            { message: kind },
          )
          .toMatch(shown[kind] ?? /nowhere/);
      }
      // The start of an id does as well, in capitals too.
      const run = ids.get("flow-run") ?? "";
      await page.goto(`${place.url}r/${run.slice(0, 18).toUpperCase()}`);
      await expect.poll(() => page.url()).toContain(run);
      await page.goto(`${place.url}r/${ids.get("variable")}`);
      await page.getByRole("table", { name: "Variables" }).locator('[aria-current="true"]').waitFor();
    });
  });
});
