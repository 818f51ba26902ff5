import { defineCommand } from "../../command.ts";
import { renderTable } from "../../output/table.ts";

export const configProfiles = defineCommand({
  summary: "List the profiles of settings",
  details: ["With --json: an array of `{ name, isActive, settings }`."],
  positionals: {},
  options: {},
  examples: [{ command: "config profiles", why: "which are there, and which is used?" }],
  async run(_, context) {
    const [{ readProfiles }, { hidePassword }] = await Promise.all([
      import("../../../app/profiles.ts"),
      import("../../../app/settings-table.ts"),
    ]);
    const settings = await context.settings();
    const shown = (name: string, value: unknown): unknown =>
      name === "database" && typeof value === "string" && URL.canParse(value) ? hidePassword(value) : value;
    const profiles = Object.entries(readProfiles(settings.home).profiles).map(([name, values]) => ({
      name,
      isActive: name === settings.profile,
      settings: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, shown(key, value)])),
    }));
    const { out, json } = context;
    if (json) {
      out.json(profiles);
      return undefined;
    }
    const list = (values: Readonly<Record<string, unknown>>): string =>
      Object.entries(values)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(" ");
    const table = renderTable(
      profiles,
      [
        { title: "", cell: ({ isActive }) => (isActive ? out.look.glyphs.arrow : "") },
        { title: "PROFILE", cell: ({ name }) => name },
        { title: "SETTINGS", cell: (profile) => list(profile.settings), shrinksTo: 20 },
      ],
      { width: out.width, look: out.look },
    );
    out.lines(table);
    return undefined;
  },
});
