import type { SettingDescription, Settings, ShownValue } from "../../../app/settings.ts";
import { flag } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderTable } from "../../output/table.ts";

export const configView = defineCommand({
  summary: "Show each setting, its value and where that comes from",
  details: [
    "What is set in several places is listed below, with the values that do not count. Passwords are masked.",
    "With --json: an array of `{ name, value, from, overruled, variable, description }`, where `overruled` has `{ value, from }`.",
  ],
  positionals: {},
  options: { explain: flag("Say what each setting does.", { short: "e" }) },
  examples: [
    { command: "config view", why: "what holds here and now" },
    { command: "config view --explain", why: "and what it is for" },
  ],
  async run({ options }, context) {
    const { describeSettings, settingSources } = await import("../../../app/settings.ts");
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
        { title: "VALUE", cell: ({ value }) => valueText(value), shrinksTo: 20 },
        { title: "FROM", cell: ({ from }) => from, ...(options.explain ? { shrinksTo: 12 } : {}) },
        options.explain
          ? { title: "WHAT IT DOES", cell: ({ description }) => description, shrinksTo: 20 }
          : { title: "VARIABLE", cell: ({ variable }) => variable, leftOut: 1 },
      ],
      { width: out.width, look: out.look },
    );
    const { dim } = out.look.paint;
    out.lines([
      ...table,
      ...overruledLines(described),
      "",
      dim(`First found wins: ${settingSources.join(", ")}.`),
      dim(whereLine(settings)),
    ]);
    return undefined;
  },
});

function valueText(value: ShownValue): string {
  return value === null ? "(not set)" : cleanLine(String(value));
}

/** What somebody has set and wonders about. */
function overruledLines(described: readonly SettingDescription[]): readonly string[] {
  const lines = described
    .filter(({ overruled }) => overruled.length > 0)
    .map(({ name, from, overruled }) => {
      const others = overruled.map((each) => `${valueText(each.value)} (${each.from})`).join(", ");
      return `  ${name}: ${from} goes before ${others}`;
    });
  return lines.length === 0 ? [] : ["", "Overruled:", ...lines];
}

function whereLine({ profile, file }: Settings): string {
  return `Profile: ${profile}. ${file === null ? "There is no millrace.toml" : `File: ${cleanLine(file)}`}.`;
}
