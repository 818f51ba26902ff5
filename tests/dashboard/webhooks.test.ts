/** Webhooks: what each takes and what it makes of it, made, tried, changed, switched off and deleted. */

import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { describeInBrowser, usePlace } from "./harness/in-browser.ts";
import { cellOf, dialogOf, factOf, rowOf, rowsOf, searchOf } from "./harness/in-page.ts";
import { visit } from "./harness/visit.ts";

const table = "Webhooks";
const inspector = (page: Page, name: string) => page.getByRole("complementary", { name, exact: true });

describeInBrowser("webhooks", (browser) => {
  const place = usePlace("small");

  async function readWebhook(slug: string) {
    const where = { field: "slug", in: [slug] };
    return (await place.api.listObjects("webhook", { where }, { limit: 1 })).items[0] ?? null;
  }

  test("one is made by what a form says, as the command beside it would, and tried: its event is there at once", () =>
    visit(browser(), place.url, { path: "webhooks" }, async ({ page }) => {
      await page.getByRole("button", { name: "Create a webhook" }).click();
      const dialog = dialogOf(page, "Create a webhook");
      const make = dialog.getByRole("button", { name: "Create the webhook" });
      expect(await make.getAttribute("title")).toBe("It needs a name");
      await dialog.getByLabel("Name", { exact: true }).fill("Deliveries");
      await dialog.getByText("/v1/hooks/deliveries").waitFor();
      await dialog.getByLabel("Event", { exact: true }).fill("parcel.{{ body.state }}");
      expect(await dialog.getByRole("group", { name: "Command" }).innerText()).toBe(
        "millrace webhook create Deliveries --event 'parcel.{{ body.state }}'",
      );
      await make.click();
      await rowOf(page, table, "Deliveries").click();
      const shown = inspector(page, "Deliveries");
      expect(await factOf(shown, "Address").innerText()).toContain(`${place.url}v1/hooks/deliveries`);
      await shown.getByText("Nothing was sent lately.").waitFor();

      await shown.getByRole("button", { name: "Send a test" }).click();
      const trial = dialogOf(page, "Send a test?");
      await trial.getByRole("textbox", { name: "Body" }).fill('{"state":"lost"}');
      await trial.getByRole("button", { name: "Send a test" }).click();
      await shown.getByRole("link", { name: "parcel.lost" }).click();
      await page.getByRole("complementary", { name: "parcel.lost" }).waitFor();
      expect(await readWebhook("deliveries")).toMatchObject({ enabled: true, signature: null });
    }));

  test("one with a signature needs a secret, and cannot be tried without it", () =>
    visit(browser(), place.url, { path: "webhooks" }, async ({ page }) => {
      await page.getByRole("button", { name: "Create a webhook" }).click();
      const dialog = dialogOf(page, "Create a webhook");
      await dialog.getByLabel("Name", { exact: true }).fill("Pushes");
      await dialog.getByLabel("Signature").selectOption("github");
      const make = dialog.getByRole("button", { name: "Create the webhook" });
      expect(await make.getAttribute("title")).toContain("Name the secret");
      await dialog.getByLabel("Secret").fill("git-hook");
      await dialog.getByText("millrace secret set git-hook").waitFor();
      await dialog.getByLabel("Secret").fill("crm-token");
      await dialog.getByText("Senders have the same value.").waitFor();
      await make.click();
      expect(await (await cellOf(page, { table, row: "Pushes", head: "Signed" })).innerText()).toBe("github");
      await rowOf(page, table, "Pushes").click();
      const shown = inspector(page, "Pushes");
      expect(await shown.getByRole("button", { name: "Send a test" }).getAttribute("title")).toContain("secret");
      expect(await shown.getByRole("group", { name: "Command" }).innerText()).toBe("millrace webhook test pushes");
      expect(await readWebhook("pushes")).toMatchObject({ signature: { scheme: "github", secretName: "crm-token" } });
    }));

  test("one is switched off, changed and deleted, and found by its name in the address", () =>
    visit(browser(), place.url, { path: "webhooks" }, async ({ page, open }) => {
      const name = "Orders of the shop";
      await page.getByRole("switch", { name: `Let ${name} take requests` }).click();
      await expect.poll(async () => (await readWebhook("shop-orders"))?.enabled).toBe(false);
      await rowOf(page, table, name).getByText(name).click();
      expect(searchOf(page)).toEqual({ webhook: (await readWebhook("shop-orders"))?.id });
      expect(await inspector(page, name).getByRole("button", { name: "Send a test" }).getAttribute("title")).toBe(
        "It takes no requests",
      );
      await page.getByRole("button", { name: "Edit the webhook" }).click();
      const edit = dialogOf(page, "Edit the webhook");
      await edit.getByLabel("What it happened to").fill("");
      await edit.getByRole("button", { name: "Save the webhook" }).click();
      await edit.waitFor({ state: "detached" });
      expect((await readWebhook("shop-orders"))?.template).toEqual({ event: "order.placed" });

      await page.getByRole("button", { name: "Delete the webhook" }).click();
      await dialogOf(page, "Delete the webhook?").getByRole("button", { name: "Delete the webhook" }).click();
      await expect.poll(() => readWebhook("shop-orders")).toBeNull();
      await open("webhooks?q=nothing-is-called-so");
      await page.getByText("No webhook matches").waitFor();
      await page.getByRole("link", { name: "Show all webhooks" }).click();
      await rowsOf(page, table).first().waitFor();
    }));
});

describe("a ledger without webhooks", () => {
  describeInBrowser("shows how one is made", (browser) => {
    const place = usePlace("empty");
    test("by a command", () =>
      visit(browser(), place.url, { path: "webhooks" }, async ({ page }) => {
        await page.getByText("No webhooks yet").waitFor();
        expect(await page.getByRole("group", { name: "Command" }).innerText()).toContain("webhook create orders");
      }));
  });
});
