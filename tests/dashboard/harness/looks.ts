/** What somebody meets who looks at a page in another way: by keyboard, spaced out, in colours of their own, much enlarged. */

import type { Page } from "playwright-core";
import { layOver } from "./lay-over.ts";

/** Who spaces texts out may do it so far (WCAG 2.2, 1.4.12), and nothing may get lost. */
const spacing = `
  * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-bottom: 2em !important; }
`;

/** What can be focused and does not show it, or is covered then (2.4.7, 2.4.11). */
export async function findUnseenFocus(page: Page): Promise<readonly string[]> {
  // From then on the focus is shown as for who uses the keyboard.
  await page.keyboard.press("Tab");
  return await page.evaluate(() => {
    const found = new Set<string>();
    const selector = "a[href], button, input, select, textarea, summary, [tabindex]";
    for (const element of document.querySelectorAll<HTMLElement>(selector)) {
      if (element.tabIndex < 0 || !element.checkVisibility({ visibilityProperty: true })) continue;
      element.focus();
      if (document.activeElement !== element) continue;
      const style = getComputedStyle(element);
      const name = `${element.tagName.toLowerCase()} ${element.ariaLabel ?? element.textContent?.slice(0, 40) ?? ""}`;
      if (style.outlineStyle === "none" || Number.parseFloat(style.outlineWidth) < 2) found.add(`${name}: no outline`);
      const box = element.getBoundingClientRect();
      const points = [0.5, 0.1, 0.9].flatMap((across) => [0.5, 0.1, 0.9].map((down) => [across, down] as const));
      const isSeen = points.some(([across, down]) => {
        const hit = document.elementFromPoint(box.left + box.width * across, box.top + box.height * down);
        return hit !== null && (element.contains(hit) || hit.contains(element));
      });
      if (!isSeen) found.add(`${name}: covered`);
      // How far the outline reaches out of the box; of its four sides two at least are not cut off by what is around.
      const out = Number.parseFloat(style.outlineOffset) + Number.parseFloat(style.outlineWidth);
      const sides = { left: box.left - out, top: box.top - out, right: box.right + out, bottom: box.bottom + out };
      const cut = new Set<string>();
      for (let around = element.parentElement; around !== null; around = around.parentElement) {
        const { overflow, overflowClipMargin } = getComputedStyle(around);
        if (overflow === "visible") continue;
        const edge = around.getBoundingClientRect();
        const room = 0.5 + (overflow === "clip" ? Number.parseFloat(overflowClipMargin) : 0);
        if (sides.left < edge.left - room) cut.add("left");
        if (sides.top < edge.top - room) cut.add("top");
        if (sides.right > edge.right + room) cut.add("right");
        if (sides.bottom > edge.bottom + room) cut.add("bottom");
      }
      if (cut.size > 2) found.add(`${name}: its outline is cut off`);
    }
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    return [...found];
  });
}

/** What gets lost when texts are spaced out. */
export async function findCutBySpacing(page: Page): Promise<readonly string[]> {
  const takeAway = await layOver(page, spacing);
  const found = await page.evaluate(() => {
    const cut = new Set<string>();
    const nameOf = (element: Element): string =>
      `${element.tagName.toLowerCase()} ${element.ariaLabel ?? element.textContent?.slice(0, 40) ?? ""}`;
    const hasText = (element: Element): boolean =>
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== "");
    for (const element of document.querySelectorAll<HTMLElement>("#root *")) {
      if (!hasText(element) || !element.checkVisibility() || element.closest(".sr-only") !== null) continue;
      const clips = getComputedStyle(element).overflowY === "hidden";
      if (clips && element.scrollHeight > element.clientHeight + 2) cut.add(`${nameOf(element)}: cut off below`);
    }
    const controls = [...document.querySelectorAll<HTMLElement>("#root :is(a, button, input, select)")].filter(
      (element) => element.checkVisibility() && element.closest('.sr-only, [role="grid"], [role="treegrid"]') === null,
    );
    const boxes = controls
      .map((element) => [element, element.getBoundingClientRect()] as const)
      .filter(([, { top, bottom }]) => top >= 0 && bottom <= innerHeight);
    for (const [index, [one, a]] of boxes.entries()) {
      for (const [other, b] of boxes.slice(index + 1)) {
        if (one.contains(other) || other.contains(one)) continue;
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 2 && down > 2) cut.add(`${nameOf(one)}: lies over ${nameOf(other)}`);
      }
    }
    if (document.documentElement.scrollWidth > innerWidth) cut.add("the page is wider than the window");
    return [...cut];
  });
  await takeAway();
  return found;
}

/** What says something by a background alone, which who sets their own colours does not see. */
export async function findLostInForcedColors(page: Page): Promise<readonly string[]> {
  await page.emulateMedia({ forcedColors: "active" });
  const found = await page.evaluate(() => {
    const lost = new Set<string>();
    const nameOf = (element: Element): string =>
      `${element.tagName.toLowerCase()} ${element.ariaLabel ?? element.textContent?.slice(0, 40) ?? ""}`;
    const chosen = '[aria-current]:not([aria-current="false"]), [aria-selected="true"], [data-highlighted]';
    for (const element of document.querySelectorAll<HTMLElement>(chosen)) {
      if (element.checkVisibility() && getComputedStyle(element).outlineStyle === "none")
        lost.add(`${nameOf(element)}: looks as if it were not chosen`);
    }
    for (const element of document.querySelectorAll<HTMLElement>('[role="switch"], [style*="background"]')) {
      const drawn = element.matches('[role="switch"]') ? element.querySelector("span span") : element;
      const around = drawn?.parentElement;
      if (drawn == null || around == null || !element.checkVisibility()) continue;
      const [own, below] = [getComputedStyle(drawn).backgroundColor, getComputedStyle(around).backgroundColor];
      if (own === below) lost.add(`${nameOf(element)}: is not seen in ${own}`);
    }
    return [...lost];
  });
  await page.emulateMedia({ forcedColors: "none" });
  return found;
}

/** What cannot be got at in a window as small as this one is: enlarged to 200 %, a window of 1440 by 900 has 720 by 450. */
export async function findOutOfReach(page: Page): Promise<readonly string[]> {
  return await page.evaluate(() => {
    const lost = new Set<string>();
    const nameOf = (element: Element): string =>
      `${element.tagName.toLowerCase()} ${element.ariaLabel ?? element.textContent?.slice(0, 40) ?? ""}`;
    const scrolls = (element: Element): boolean => /auto|scroll/.test(getComputedStyle(element).overflowY);
    if (document.documentElement.scrollWidth > innerWidth) lost.add("the page is wider than the window");
    for (const element of document.querySelectorAll<HTMLElement>("main, main *")) {
      if (!element.checkVisibility() || element.closest(".sr-only") !== null) continue;
      // Less than three rows are no view of a list.
      const isLow = element.clientHeight < 96 && element.scrollHeight > 96;
      if (scrolls(element) && isLow)
        lost.add(`${nameOf(element)}: is seen through a slot of ${element.clientHeight} px`);
      if (!element.matches("a, button, input, select, textarea")) continue;
      const { top, bottom } = element.getBoundingClientRect();
      if (top >= 0 && bottom <= innerHeight) continue;
      let around: Element | null = element.parentElement;
      while (around !== null && !scrolls(around)) around = around.parentElement;
      if (around === null) lost.add(`${nameOf(element)}: lies outside of the window`);
    }
    return [...lost];
  });
}

/** What moves although the system asks that nothing does. */
export async function findMoving(page: Page): Promise<readonly string[]> {
  return await page.evaluate(() =>
    document
      .getAnimations()
      .filter(({ playState }) => playState === "running")
      .map((animation) => `${(animation.effect as KeyframeEffect).target?.className ?? "?"} moves`),
  );
}
