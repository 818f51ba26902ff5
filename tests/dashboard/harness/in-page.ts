/** What specs of pages look for in them. */

import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** What the address says beside its path. */
export const searchOf = (page: Page): Readonly<Record<string, string>> =>
  Object.fromEntries(new URL(page.url()).searchParams);

export const pathOf = (page: Page): string => new URL(page.url()).pathname;

export const rowsOf = (page: Page | Locator, table: string): Locator =>
  page.getByRole("table", { name: table, exact: true }).locator("[data-row]");

/** The row that has this text in one of its cells, and no more there. */
export const rowOf = (page: Page | Locator, table: string, text: string): Locator =>
  rowsOf(page, table).filter({ has: page.getByText(text, { exact: true }) });

/** The texts of its cells, in their order. */
export const cellsOf = (row: Locator): Promise<readonly string[]> => row.getByRole("cell").allInnerTexts();

/** The cell below a head. */
export async function cellOf(page: Page, { table, row, head }: { table: string; row: string; head: string }) {
  const heads = await page.getByRole("table", { name: table, exact: true }).getByRole("columnheader").allInnerTexts();
  return rowOf(page, table, row).getByRole("cell").nth(heads.indexOf(head));
}

/** How many rows a table says that it has, those out of view too. */
export async function totalOf(page: Page, table: string): Promise<number> {
  const shown = page.getByRole("table", { name: table, exact: true });
  return Number(await shown.getAttribute("aria-rowcount")) - 1;
}

/** The value beside a name, in a list of facts. */
export const factOf = (page: Page | Locator, name: string): Locator =>
  page.locator("dt", { hasText: new RegExp(`^${name}$`) }).locator("xpath=following-sibling::dd[1]");

export const dialogOf = (page: Page, title: string): Locator => page.getByRole("dialog", { name: title, exact: true });

/** Steps by the key on to where the focus has to come to. */
export async function tabTo(page: Page, target: Locator, limit = 60): Promise<void> {
  const isThere = (): Promise<boolean> => target.evaluate((element) => element === document.activeElement);
  for (let step = 0; step < limit; step++) {
    if (await isThere()) return;
    await page.keyboard.press("Tab");
  }
  expect(await isThere(), "where the focus can go by keyboard").toBe(true);
}

/** What was put on the clipboard since the page was opened; nothing is read from the machine's. */
export async function watchClipboard(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(() => {
    const kept = globalThis as { __copied?: string };
    Object.defineProperty(navigator, "clipboard", {
      configurable: true,
      value: { writeText: async (text: string) => void (kept.__copied = text) },
    });
  });
  return () => page.evaluate(() => (globalThis as { __copied?: string }).__copied ?? "");
}

/** All that the page was answered with from now on, as one text. */
export function watchAnswers(page: Page): () => Promise<string> {
  const answers: Promise<string>[] = [];
  // A stream has no end, and a redirect no text.
  page.on("response", (response) => {
    if (!new URL(response.url()).pathname.endsWith("/stream")) answers.push(response.text().catch(() => ""));
  });
  return async () => (await Promise.all(answers)).join("\n");
}
