/** A visit by somebody who has no pointer: what is done with one fails it. The page is not loaded again meanwhile. */

import type { Browser, Locator, Page } from "playwright-core";
import { type Visit, visit, type VisitOptions } from "./visit.ts";

export interface Keyboard {
  /** Keys one after the other, as `Page.keyboard.press` names them. */
  press(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
  /** Tab, again and again, until this has the focus. */
  tabTo(target: Locator): Promise<void>;
  /** The same backwards. */
  tabBackTo(target: Locator): Promise<void>;
}

/** So many stops are more than anybody bears on one page. */
const maxStops = 120;

export function visitByKeyboard<T>(
  browser: Browser,
  url: string,
  options: VisitOptions,
  go: (visit: Visit & { readonly keys: Keyboard }) => Promise<T>,
): Promise<T> {
  return visit(browser, url, options, async (opened) => {
    const { page } = opened;
    let pointed = 0;
    await page.exposeFunction("__pointed", () => pointed++);
    await page.evaluate(() => {
      for (const name of ["pointerdown", "mousedown", "wheel"]) {
        addEventListener(name, () => (globalThis as { __pointed?: () => void }).__pointed?.(), { capture: true });
      }
    });
    const result = await go({ ...opened, keys: toKeyboard(page) });
    if (pointed > 0) throw new Error(`A pointer was used ${pointed} times.`);
    return result;
  });
}

export const hasFocus = (target: Locator): Promise<boolean> =>
  target.evaluateAll((found) => found.some((element) => element === document.activeElement));

function toKeyboard(page: Page): Keyboard {
  const tab = async (key: string, target: Locator): Promise<void> => {
    for (let stop = 0; stop <= maxStops; stop++) {
      if (await hasFocus(target)) return;
      await page.keyboard.press(key);
    }
    throw new Error(`${key} does not come to ${String(target)}`);
  };
  return {
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key);
    },
    type: (text) => page.keyboard.type(text),
    tabTo: (target) => tab("Tab", target),
    tabBackTo: (target) => tab("Shift+Tab", target),
  };
}
