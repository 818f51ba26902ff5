/** What a person has set for their own page: kept in the browser, and written to the root element for the style sheet. */

import { useSyncExternalStore } from "react";

export interface Preferences {
  readonly theme: "system" | "light" | "dark";
  /** `local`, `UTC` or a name of the IANA database. */
  readonly zone: string;
  readonly density: "compact" | "regular" | "comfortable";
  /** Single keys as shortcuts. */
  readonly shortcuts: boolean;
  /** The places are their icons alone. */
  readonly isNavFolded: boolean;
  /** How wide what stands beside a list is, in px. */
  readonly inspectorPx: number;
}

/** Between these, in px. */
export const inspectorWidths = { least: 320, usual: 420, most: 960 } as const;

const defaults: Preferences = {
  theme: "system",
  zone: "local",
  density: "regular",
  shortcuts: true,
  isNavFolded: false,
  inspectorPx: inspectorWidths.usual,
};
const key = "millrace.preferences";
const darkSystem = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();
let current = read();

function read(): Preferences {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Preferences>;
    const zone = isZone(kept.zone) ? kept.zone : defaults.zone;
    return {
      theme: kept.theme === "light" || kept.theme === "dark" ? kept.theme : "system",
      zone,
      density: kept.density === "compact" || kept.density === "comfortable" ? kept.density : "regular",
      shortcuts: kept.shortcuts !== false,
      isNavFolded: kept.isNavFolded === true,
      inspectorPx: toInspectorWidth(kept.inspectorPx),
    };
  } catch {
    // Storage may be closed to us, or hold what is none of ours.
    return defaults;
  }
}

export function toInspectorWidth(px: unknown): number {
  if (typeof px !== "number" || !Number.isFinite(px)) return inspectorWidths.usual;
  return Math.round(Math.min(Math.max(px, inspectorWidths.least), inspectorWidths.most));
}

function isZone(zone: unknown): zone is string {
  if (typeof zone !== "string") return false;
  if (zone === "local") return true;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).format(0) !== "";
  } catch {
    return false;
  }
}

function apply(): void {
  const root = document.documentElement;
  const isDark = current.theme === "dark" || (current.theme === "system" && darkSystem.matches);
  root.dataset.theme = isDark ? "dark" : "light";
  root.dataset.density = current.density;
  root.style.setProperty("--inspector", `${current.inspectorPx}px`);
}

export function startPreferences(): void {
  apply();
  darkSystem.addEventListener("change", () => {
    apply();
    for (const listener of listeners) listener();
  });
  // Another tab has set them.
  addEventListener("storage", (event) => {
    if (event.key !== key) return;
    current = read();
    apply();
    for (const listener of listeners) listener();
  });
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(key, JSON.stringify(current));
  } catch {
    // They hold until the page is closed.
  }
  apply();
  for (const listener of listeners) listener();
}

export function getPreferences(): Preferences {
  return current;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** Whether the page is dark now, also where the system decides; for what is drawn on a canvas. */
export function useIsDark(): boolean {
  const { theme } = usePreferences();
  return theme === "dark" || (theme === "system" && darkSystem.matches);
}
