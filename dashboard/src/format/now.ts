/** The time, as something that pages follow: once a second for all of them, and not while the tab is hidden. */

import { useSyncExternalStore } from "react";

const everyMs = 1000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;
/** How far the server's clock is ahead of the browser's, in ms. */
let serverAheadMs = 0;

/** Called with the time that the server has just said. */
export function noteServerTime(at: number): void {
  const before = serverAheadMs;
  serverAheadMs = at - Date.now();
  // What was shown by a clock that is wrong is shown right at once.
  if (Math.abs(serverAheadMs - before) > everyMs) tick();
}

/** The time now by the server's clock: what was recorded is of it, whatever the browser's shows. */
export function readNow(): number {
  return Date.now() + serverAheadMs;
}

function tick(): void {
  if (document.hidden) return;
  now = readNow();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, everyMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** Renders again each second. For small parts of a page: a duration, a relative time. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
