/**
 * Where the focus goes when a dialog closes: back to what opened it. By itself a dialog gives it back only to a trigger that it
 * knows of, and ours are opened by whoever wants them.
 */

import { useRef } from "react";

export interface FocusKeeper {
  /** Before the dialog takes the focus. */
  readonly onOpenAutoFocus: () => void;
  readonly onCloseAutoFocus: (event: Event) => void;
}

export function useFocusKeeper(): FocusKeeper {
  const opener = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: () => {
      opener.current = readOpener();
    },
    onCloseAutoFocus: (event) => {
      event.preventDefault();
      opener.current?.focus({ preventScroll: true });
      // What opened it may be gone by what was done, and the page itself is next.
      if (document.activeElement !== opener.current) document.getElementById("main")?.focus({ preventScroll: true });
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
