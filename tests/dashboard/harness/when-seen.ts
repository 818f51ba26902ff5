/**
 * When something is there for the eye. It is noted within the page, in the frame that shows it: how long a test takes to hear of
 * it does not count. Times are told, and never asserted.
 */

import type { Page } from "playwright-core";

/** What is looked for, in the page's own words. */
export interface Sight {
  readonly selector: string;
  /** A pattern that its text has to match. Default: whatever its text is. */
  readonly text?: string;
}

interface Noted {
  __seen?: Record<string, number>;
  __allSeen?: Promise<void>;
}

/**
 * From the next page that is opened on: when each was first shown, in ms from that page's beginning.
 *
 * @returns reads them, once all were seen
 */
export async function watchFromStart(
  page: Page,
  sights: Readonly<Record<string, Sight>>,
): Promise<() => Promise<Readonly<Record<string, number>>>> {
  await page.addInitScript(watch, { sights, from: 0 });
  return () =>
    page.evaluate(async () => {
      const noted = globalThis as Noted;
      await noted.__allSeen;
      return noted.__seen ?? {};
    });
}

/** From the first press, click or input of what is done to the frame that shows what that was for, in ms. */
export async function timeFromInput(page: Page, sight: Sight, act: () => Promise<unknown>): Promise<number> {
  await page.evaluate(watch, { sights: { it: sight }, from: null });
  await act();
  await page.evaluate(() => (globalThis as Noted).__allSeen);
  return page.evaluate(() => (globalThis as Noted).__seen?.it ?? 0);
}

/** Runs in the page. From null: from the first input on. */
function watch({
  sights,
  from: given,
}: {
  readonly sights: Readonly<Record<string, Sight>>;
  readonly from: number | null;
}): void {
  const seen: Record<string, number> = {};
  const noted = globalThis as Noted;
  noted.__seen = seen;
  let isOver = (): void => undefined;
  noted.__allSeen = new Promise((resolve) => (isOver = resolve));
  let from = given;
  if (from === null) {
    const ending = new AbortController();
    for (const type of ["keydown", "pointerdown", "input"]) {
      const note = (event: Event): void => {
        from ??= event.timeStamp;
        ending.abort();
      };
      addEventListener(type, note, { capture: true, signal: ending.signal });
    }
  }
  const open = new Map(Object.entries(sights));
  const look = (): void => {
    for (const [name, { selector, text }] of from === null ? [] : open) {
      const element = document.querySelector(selector);
      if (element === null || (text !== undefined && !new RegExp(text).test(element.textContent ?? ""))) continue;
      open.delete(name);
      // What is there now is painted with this frame, and is seen when the next one begins.
      requestAnimationFrame(() => {
        seen[name] = performance.now() - (from ?? 0);
        if (open.size === 0) isOver();
      });
    }
    if (open.size > 0) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
