/** What somebody meets who enlarges a page to 400 %: a window of 1280 px has the width of 320 then (WCAG 2.2, 1.4.10). */

import type { Page } from "playwright-core";

/** A window of 1280 by 1024, enlarged to 400 %. */
export const enlarged = { width: 320, height: 256 } as const;

/**
 * What makes somebody scroll sideways to read a page, or cannot be got at in its width. Tables, code, drawings and rows of tabs
 * are two-dimensional or one line by nature: they may scroll by themselves, within the page.
 */
export async function findWiderThanWindow(page: Page): Promise<readonly string[]> {
  return await page.evaluate(() => {
    const found = new Set<string>();
    const nameOf = (element: Element): string =>
      `${element.tagName.toLowerCase()} ${element.ariaLabel ?? element.textContent?.slice(0, 40) ?? ""}`;
    const mayScroll = (element: Element): boolean =>
      element.matches('pre, code, nav, [role="table"], [role="treegrid"], [role="grid"], [role="log"]') ||
      [...element.children].some((child) =>
        child.matches('table, canvas, svg, [role="table"], [role="treegrid"], pre'),
      );
    const scrolls = (element: Element): boolean => /auto|scroll/.test(getComputedStyle(element).overflowX);
    const isRead = (element: Element): boolean =>
      element.matches("a, button, input, select, textarea, summary") ||
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== "");

    if (document.documentElement.scrollWidth > innerWidth)
      found.add(`the page is ${document.documentElement.scrollWidth} px wide`);
    for (const element of document.querySelectorAll<HTMLElement>("#root *")) {
      if (!element.checkVisibility({ visibilityProperty: true }) || element.closest(".sr-only") !== null) continue;
      if (scrolls(element) && !mayScroll(element) && element.scrollWidth > element.clientWidth + 1)
        found.add(`${nameOf(element)}: scrolls sideways, ${element.scrollWidth} px in ${element.clientWidth}`);
      if (!isRead(element)) continue;
      const { left, right, width } = element.getBoundingClientRect();
      if (width === 0 || (left >= -1 && right <= innerWidth + 1)) continue;
      // What scrolls by itself brings it into view; an ellipsis stands for the rest of a text that is told elsewhere.
      let around: Element | null = element;
      let isReached = false;
      for (; around !== null; around = around.parentElement) {
        if (scrolls(around) && mayScroll(around)) isReached = true;
        const box = around.getBoundingClientRect();
        const isCut = getComputedStyle(around).textOverflow === "ellipsis" && box.right <= innerWidth + 1;
        if (isCut && around !== element) isReached = true;
      }
      if (!isReached)
        found.add(`${nameOf(element)}: lies outside, from ${Math.round(left)} to ${Math.round(right)} px`);
    }
    return [...found];
  });
}
