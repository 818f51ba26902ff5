/** Under which name the person of this browser answers and decides: what they have set, else that of their account. */

import { useSyncExternalStore } from "react";
import { getSession, onSession } from "../api/session.ts";

const key = "millrace.name";
const listeners = new Set<() => void>();
let name = read();

function read(): string {
  const ofAccount = getSession()?.account?.name ?? "";
  try {
    return localStorage.getItem(key) ?? ofAccount;
  } catch {
    return ofAccount;
  }
}

onSession(() => {
  name = read();
  for (const listener of listeners) listener();
});

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
