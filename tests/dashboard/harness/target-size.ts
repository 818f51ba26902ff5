/** Whether what is pressed can be hit: 24 by 24 px, or so far from others that nobody hits them instead (WCAG 2.2, 2.5.8). */

import type { Page } from "playwright-core";

/**
 * Targets that are too small. Links in a sentence may be, and controls as the browser draws them; a row that can be clicked as a
 * whole is no neighbour of what is in it, as both can be hit.
 */
export async function findSmallTargets(page: Page): Promise<readonly string[]> {
  return await page.evaluate(() => {
    const least = 24;
    const selector =
      'a[href], button, input:not([type="hidden"]), select, textarea, summary, label, [role="button"], [role="switch"], [role="separator"][tabindex], [role="row"][tabindex]';
    const nameOf = (element: Element): string =>
      `${element.tagName.toLowerCase()} ${element.ariaLabel ?? element.textContent?.slice(0, 40) ?? ""}`;
    const ownText = (element: Element): string =>
      [...element.childNodes]
        .map((node) => (node.nodeType === Node.TEXT_NODE ? (node.textContent ?? "") : ""))
        .join("");

    interface Target {
      readonly element: Element;
      readonly box: DOMRect;
    }
    const isSeen = (element: HTMLElement): boolean =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      element.closest(".sr-only") === null &&
      !(element instanceof HTMLInputElement && element.closest("label") !== null);
    const targets: Target[] = [];
    for (const element of document.querySelectorAll("#root *")) element.scrollTop = 0;
    /** Not what is scrolled out of view, nor what something else lies over. */
    const isHit = (element: Element, box: DOMRect): boolean => {
      const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return hit !== null && element.contains(hit);
    };
    for (const element of document.querySelectorAll<HTMLElement>(selector)) {
      if (!isSeen(element) || (element.tagName === "LABEL" && element.querySelector("input") === null)) continue;
      const box = element.getBoundingClientRect();
      if (box.width > 1 && box.height > 1 && isHit(element, box)) targets.push({ element, box });
    }

    const isInSentence = ({ element }: Target): boolean =>
      getComputedStyle(element).display === "inline" &&
      element.parentElement !== null &&
      ownText(element.parentElement).trim() !== "";
    /** As the browser draws it: no size of it is ours. */
    const isDrawnByBrowser = ({ element, box }: Target): boolean =>
      element instanceof HTMLInputElement &&
      /checkbox|radio/.test(element.type) &&
      box.width === 13 &&
      box.height === 13;
    const isSmall = ({ box }: Target): boolean => box.width < least - 0.1 || box.height < least - 0.1;

    const middle = ({ box }: Target): readonly [x: number, y: number] => [
      box.left + box.width / 2,
      box.top + box.height / 2,
    ];
    const isNear = (one: Target, other: Target): boolean => {
      const [x, y] = middle(one);
      const [left, top] = [
        Math.max(other.box.left, Math.min(x, other.box.right)),
        Math.max(other.box.top, Math.min(y, other.box.bottom)),
      ];
      if (Math.hypot(left - x, top - y) < least / 2 - 0.1) return true;
      if (!isSmall(other)) return false;
      const [otherX, otherY] = middle(other);
      return Math.hypot(otherX - x, otherY - y) < least - 0.1;
    };

    const found = new Set<string>();
    for (const one of targets) {
      if (!isSmall(one) || isInSentence(one) || isDrawnByBrowser(one)) continue;
      const near = targets.find(
        (other) =>
          other !== one &&
          !other.element.contains(one.element) &&
          !one.element.contains(other.element) &&
          isNear(one, other),
      );
      if (near === undefined) continue;
      const size = `${Math.round(one.box.width)} by ${Math.round(one.box.height)} px`;
      found.add(`${nameOf(one.element)}: ${size}, too near to ${nameOf(near.element)}`);
    }
    return [...found];
  });
}
