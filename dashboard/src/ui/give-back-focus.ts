/** Where the focus goes when something opens, and when it closes: back to what opened it. */

import { type RefObject, useLayoutEffect, useRef } from "react";

export interface FocusKeeper {
  /** Before the dialog takes the focus. */
  readonly onOpenAutoFocus: () => void;
  readonly onCloseAutoFocus: (event: Event) => void;
}

/** For dialogs. By itself one gives the focus back only to a trigger that it knows of; ours are opened by whoever wants them. */
export function useFocusKeeper(): FocusKeeper {
  const opener = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: () => {
      opener.current = readOpener();
    },
    onCloseAutoFocus: (event) => {
      event.preventDefault();
      giveBack(opener.current);
    },
  };
}

/** An item of a menu is gone with the menu, whose button stays. */
function readOpener(): HTMLElement | null {
  const active = document.activeElement;
  const button = active?.closest('[role="menu"]')?.getAttribute("aria-labelledby") ?? null;
  const opener = button === null ? active : document.getElementById(button);
  return opener instanceof HTMLElement ? opener : null;
}

/** What opened it may be gone by what was done, and the page itself is next. */
function giveBack(opener: HTMLElement | null): void {
  opener?.focus({ preventScroll: true });
  if (opener === null || document.activeElement !== opener) focusPage();
}

/** For what goes when it is pressed. */
export function focusPage(): void {
  document.getElementById("main")?.focus({ preventScroll: true });
}

/** For what opens beside a list: whoever opens it with a key is led into it, and back to the list when it closes. */
export function useFocusBeside(): RefObject<HTMLElement | null> {
  const beside = useRef<HTMLElement | null>(null);
  useLayoutEffect(() => {
    const opener = document.activeElement;
    const { current } = beside;
    if (!(opener instanceof HTMLElement) || !opener.matches(":focus-visible")) return undefined;
    current?.focus({ preventScroll: true });
    return () => {
      if (current?.contains(document.activeElement) === true) giveBack(opener);
    };
  }, []);
  return beside;
}

/** For a form that goes when it is sent: what stays around it is to take the focus, which would be lost with the form. */
export function findAround(form: HTMLElement): HTMLElement | null {
  return form.closest<HTMLElement>('aside, [role="dialog"]');
}
