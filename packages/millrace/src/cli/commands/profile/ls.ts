import { defineCommand } from "../../command.ts";
import { renderTable } from "../../output/table.ts";
import { type ShownProfile, showProfiles } from "./shown-profiles.ts";

export const profileLs = defineCommand({
  summary: "List the profiles of settings",
  details: ["With --json: an array of `{ name, isActive, settings }`."],
  positionals: {},
  options: {},
  examples: [{ command: "profile ls", why: "which are there, and which is used?" }],
  async run(_, context) {
    const profiles = await showProfiles(context);
    const { out, json } = context;
    if (json) {
      out.json(profiles);
      return undefined;
    }
    const table = renderTable(
      profiles,
      [
        { title: "", cell: ({ isActive }) => (isActive ? out.look.glyphs.arrow : "") },
        { title: "PROFILE", cell: ({ name }) => name },
        { title: "SETTINGS", cell: settingsText, shrinksTo: 20 },
      ],
      { width: out.width, look: out.look },
    );
    out.lines(table);
    return undefined;
  },
});

function settingsText({ settings }: ShownProfile): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ");
}
