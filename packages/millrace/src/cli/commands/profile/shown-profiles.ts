/** Profiles as people are shown them: with their settings, and no password. */

import type { CommandContext } from "../../command.ts";

export interface ShownProfile {
  readonly name: string;
  readonly isActive: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Those of the home, `default` first, with the one that holds here and now marked. */
export async function showProfiles({ settings }: Pick<CommandContext, "settings">): Promise<readonly ShownProfile[]> {
  const [{ readProfiles }, { hidePassword }] = await Promise.all([
    import("../../../app/profiles.ts"),
    import("../../../app/settings-forms.ts"),
  ]);
  const { home, profile: active } = await settings();
  const shown = (name: string, value: unknown): unknown =>
    name === "database" && typeof value === "string" && URL.canParse(value) ? hidePassword(value) : value;
  return Object.entries(readProfiles(home).profiles).map(([name, values]) => ({
    name,
    isActive: name === active,
    settings: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, shown(key, value)])),
  }));
}
