/** Profiles as people are shown them: with their settings, and no password. */

import type { Profile } from "../../../app/profiles.ts";
import type { settingsTable } from "../../../app/settings-table.ts";
import type { CommandContext } from "../../command.ts";

export interface ShownProfile {
  readonly name: string;
  readonly isActive: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
}

type SettingsTable = typeof settingsTable;

const stars = "********";

/** Those of the home, `default` first, with the one that holds here and now marked. */
export async function showProfiles({ settings }: Pick<CommandContext, "settings">): Promise<readonly ShownProfile[]> {
  const [{ readProfiles }, { settingsTable: table }] = await Promise.all([
    import("../../../app/profiles.ts"),
    import("../../../app/settings-table.ts"),
  ]);
  const { home, profile: active } = await settings();
  return Object.entries(readProfiles(home).profiles).map(([name, values]) => ({
    name,
    isActive: name === active,
    settings: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, shown(table, { name: key, value, home })]),
    ),
  }));
}

/** As it was written, but for what opens a door: that is masked, and all of it where it cannot be told apart. */
function shown(
  table: SettingsTable,
  { name, value, home }: { readonly name: string; readonly value: Profile[string]; readonly home: string },
): unknown {
  if (value === null || value === "") return value;
  // A name that there is not may be a slip of the pen for any that there is.
  if (!Object.hasOwn(table, name)) return stars;
  const rule: { parse(text: string, base: string): unknown; show?: (value: never) => string } =
    table[name as keyof SettingsTable];
  if (rule.show === undefined) return value;
  try {
    return rule.show(rule.parse(String(value), home) as never);
  } catch {
    return stars;
  }
}
