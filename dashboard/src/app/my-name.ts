/** Under which name the person of this browser answers and decides, where the server does not know them. */

import { useSyncExternalStore } from "react";

const key = "millrace.name";
const listeners = new Set<() => void>();
let name = read();

function read(): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function setMyName(next: string): void {
  name = next;
  try {
    localStorage.setItem(key, next);
  } catch {
    // It holds until the page is closed.
  }
  for (const listener of listeners) listener();
}

export const getMyName = (): string => name.trim();

/** As it is typed, with the blanks at its ends. */
export function useMyName(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => name,
  );
}
