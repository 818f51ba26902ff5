/** Rules of somebody's own over those of a page, as a browser's settings lay them: its policy lets no style sheet in, and says nothing of these. */

import type { Page } from "playwright-core";

/** @returns takes them away again */
export async function layOver(page: Page, rules: string): Promise<() => Promise<void>> {
  await page.evaluate((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets.push(sheet);
  }, rules);
  return () => page.evaluate(() => void document.adoptedStyleSheets.pop());
}
