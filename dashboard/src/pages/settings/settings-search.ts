import { wordOf } from "../../app/search-words.ts";

export const settingsTabs = ["preferences", "configuration", "status", "access"] as const;

export interface SettingsSearch {
  /** Default: the preferences. */
  readonly tab?: (typeof settingsTabs)[number];
}

export function readSettingsSearch(given: Readonly<Record<string, unknown>>): SettingsSearch {
  return wordOf(given, "tab", settingsTabs);
}
