/** A server that answers a question badly for a while: what the page says then, and that it goes on. */

import type { Browser, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { errorCatalogue } from "../../../packages/millrace/src/contract/errors.ts";
import { findBarriers } from "./accessible.ts";
import { visit } from "./visit.ts";

/** What the console says of answers that are errors, as it should. */
export const failedAnswers = /Failed to load resource/;

export interface Recovery {
  /** From the dashboard's base on. */
  readonly path: string;
  /** The question that fails: `/v1/objects/variable/filter`. */
  readonly asks: string | RegExp;
  /** What is there once it is answered. */
  readonly shows: (page: Page) => Locator;
}

const failed = {
  code: "SERVER_FAILED",
  message: "The server could not answer: the disk is on fire.",
  fix: errorCatalogue.SERVER_FAILED.fix,
  retryable: false,
  data: { reason: "the disk is on fire" },
  requestId: "r1",
};

/**
 * An error of the server is shown with what to do, accessibly, and is over when the person has it tried again. A server that
 * takes nothing now is waited for: nobody has to press anything.
 */
export async function expectRecovery(browser: Browser, url: string, recovery: Recovery): Promise<void> {
  const { path, asks, shows } = recovery;
  await visit(browser, url, { path: "settings", tolerates: failedAnswers }, async ({ page }) => {
    const isAsked = (address: URL): boolean =>
      typeof asks === "string" ? address.pathname.endsWith(asks) : asks.test(address.pathname);
    await page.route(isAsked, (route) => route.fulfill({ status: 500, json: { error: failed } }));
    await page.goto(new URL(path, url).href);
    const alert = page.getByRole("alert").filter({ hasText: "the disk is on fire" }).first();
    await alert.waitFor();
    expect(await alert.innerText()).toContain(failed.fix);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await shows(page).count()).toBe(0);
    expect(await findBarriers(page), "of the error").toEqual([]);
    await page.unroute(isAsked);
    await alert.getByRole("button", { name: "Try again" }).click();
    await shows(page).first().waitFor();

    await page.route(isAsked, (route) => route.fulfill({ status: 503, body: "" }));
    await page.goto(new URL(path, url).href);
    await page.getByRole("status").getByText("It is asked again by itself").first().waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.unroute(isAsked);
    await shows(page).first().waitFor();
  });
}
