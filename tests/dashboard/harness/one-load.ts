/** Whether a page is still what it was: a reload would lose the mark. */

import type { Page } from "playwright-core";

interface Marked {
  __isMarked?: boolean;
}

export const markPage = (page: Page): Promise<void> =>
  page.evaluate(() => void ((globalThis as Marked).__isMarked = true));
export const isMarked = (page: Page): Promise<boolean> =>
  page.evaluate(() => (globalThis as Marked).__isMarked === true);
