import { optional } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { showProfiles } from "./shown-profiles.ts";

export const profileInspect = defineCommand({
  summary: "Show the settings of a profile",
  details: [
    "What is written in it, which variables of the environment, millrace.toml and options may overrule: `config view` shows what holds. Passwords are masked.",
    "With --json: `{ name, isActive, settings }`.",
  ],
  positionals: { profile: optional("The name of a profile. Default: the active one.") },
  options: {},
  examples: [{ command: "profile inspect work", why: "" }],
  async run({ args }, context) {
    const { findProfile, readProfiles } = await import("../../../app/profiles.ts");
    const { home, profile: active } = await context.settings();
    const wanted = args.profile ?? active;
    findProfile(readProfiles(home), wanted);
    const profile = (await showProfiles(context)).find(({ name }) => name === wanted);
    const { out, json } = context;
    if (json) {
      out.json(profile);
      return undefined;
    }
    const values = Object.entries(profile?.settings ?? {}).map(
      ([name, value]) => [name, cleanLine(String(value))] as const,
    );
    const { bold, dim } = out.look.paint;
    out.lines(renderFacts([["Profile", `${bold(wanted)}${wanted === active ? " (used)" : ""}`], ...values], out));
    if (values.length === 0) out.line(dim("It has no settings: the defaults hold."));
    return undefined;
  },
});
