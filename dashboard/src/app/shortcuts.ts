/** Keys that do something on the page that is shown. Single letters can be switched off (WCAG 2.1.4). */

import { useEffect, useSyncExternalStore } from "react";
import { getPreferences } from "./preferences.ts";

export interface Shortcut {
  /** As `KeyboardEvent.key`: `r`, `/`, `?`; with `mod+` for Ctrl or Command; two letters in a row as `g r`. */
  readonly keys: string;
  readonly does: string;
  readonly run: () => void;
}

const active = new Set<readonly Shortcut[]>();
const listeners = new Set<() => void>();
let listed: readonly Shortcut[] = [];
let pressedBefore: { readonly key: string; readonly at: number } | null = null;
/** Between the two letters of a sequence, in ms. */
const sequenceMs = 1200;

function change(): void {
  listed = [...active].flat();
  for (const listener of listeners) listener();
}

/** They hold while the component is there. Give a stable list. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  useEffect(() => {
    active.add(shortcuts);
    change();
    return () => {
      active.delete(shortcuts);
      change();
    };
  }, [shortcuts]);
}

export function useActiveShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => listed,
  );
}

export function startShortcuts(): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) return;
    const isMod = event.ctrlKey || event.metaKey;
    if (!isMod && (isTyping(event.target) || !getPreferences().shortcuts)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const now = performance.now();
    const before = pressedBefore !== null && now - pressedBefore.at < sequenceMs ? pressedBefore.key : null;
    const found =
      (before === null || isMod ? undefined : listed.findLast(({ keys }) => keys === `${before} ${key}`)) ??
      listed.findLast(({ keys }) => keys === (isMod ? `mod+${key}` : key));
    pressedBefore = found === undefined && !isMod ? { key, at: now } : null;
    if (found === undefined) return;
    event.preventDefault();
    found.run();
  });
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("input:not([type=checkbox]):not([type=radio]), select, textarea") ||
      target.closest('[role="dialog"], [role="menu"]') !== null)
  );
}
