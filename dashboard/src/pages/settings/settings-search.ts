import { textOf, wordOf } from "../../app/search-words.ts";

export const settingsTabs = [
  "preferences",
  "configuration",
  "status",
  "account",
  "accounts",
  "workspaces",
  "audit",
] as const;

export const outcomes = ["done", "failed", "denied"] as const;

const hourMs = 3_600_000;
export const auditRanges = [
  { id: "1h", label: "Past hour", ms: hourMs },
  { id: "24h", label: "Past 24 hours", ms: 24 * hourMs },
  { id: "7d", label: "Past 7 days", ms: 7 * 24 * hourMs },
  { id: "30d", label: "Past 30 days", ms: 30 * 24 * hourMs },
] as const;

export interface SettingsSearch {
  /** Default: the preferences. */
  readonly tab?: (typeof settingsTabs)[number];
  /** The id of an account: the one that is chosen, or whose entries of the audit log are shown. */
  readonly account?: string;
  /** The id of the workspace that is chosen. */
  readonly workspace?: string;
  /** A part of a setting's or an account's name; of the audit log, of the path or the action too. */
  readonly q?: string;
  /** Only settings that somebody has set. */
  readonly set?: true;
  /** Of the audit log, as what follows. */
  readonly action?: string;
  readonly outcome?: (typeof outcomes)[number];
  /** Default: any time. */
  readonly since?: (typeof auditRanges)[number]["id"];
  /** The entry that is chosen, by its number. */
  readonly entry?: string;
}

export function readSettingsSearch(given: Readonly<Record<string, unknown>>): SettingsSearch {
  return {
    ...wordOf(given, "tab", settingsTabs),
    ...textOf(given, "account"),
    ...textOf(given, "workspace"),
    ...textOf(given, "q"),
    ...(given.set === true ? { set: true } : {}),
    ...textOf(given, "action"),
    ...wordOf(given, "outcome", outcomes),
    ...wordOf(
      given,
      "since",
      auditRanges.map(({ id }) => id),
    ),
    ...textOf(given, "entry"),
  };
}
