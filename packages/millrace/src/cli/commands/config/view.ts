import { flag } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { renderTable } from "../../output/table.ts";

export const configView = defineCommand({
  summary: "Show each setting, its value and where that comes from",
  details: ["With --json: an array of `{ name, value, from, variable, description }`. Passwords are masked."],
  positionals: {},
  options: { explain: flag("Say what each setting does.", { short: "e" }) },
  examples: [
    { command: "config view", why: "what holds here and now" },
    { command: "config view --explain", why: "and what it is for" },
  ],
  async run({ options }, context) {
    const { describeSettings } = await import("../../../app/settings.ts");
    const settings = await context.settings();
    const described = describeSettings(settings);
    const { out, json } = context;
    if (json) {
      out.json(described);
      return undefined;
    }
    const table = renderTable(
      described,
      [
        { title: "SETTING", cell: ({ name }) => name },
        { title: "VALUE", cell: ({ value }) => (value === null ? "(not set)" : String(value)), shrinksTo: 24 },
        { title: "FROM", cell: ({ from }) => from, ...(options.explain ? { shrinksTo: 12 } : {}) },
        options.explain
          ? { title: "WHAT IT DOES", cell: ({ description }) => description, shrinksTo: 20 }
          : { title: "VARIABLE", cell: ({ variable }) => variable, leftOut: 1 },
      ],
      { width: out.width, look: out.look },
    );
    out.lines([...table, "", out.look.paint.dim(`Profile: ${settings.profile}`)]);
    return undefined;
  },
});
