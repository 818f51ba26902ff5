import { text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";

export const configUnset = defineCommand({
  summary: "Take a setting out of a profile",
  positionals: { name: required("The name of a setting.") },
  options: { in: text("PROFILE", "The profile. Default: the active one.") },
  examples: [{ command: "config unset durability", why: "back to the default" }],
  async run({ args, options }, context) {
    const { writeSetting } = await import("../../../app/settings.ts");
    const { home, profile: active } = await context.settings();
    const profile = options.in ?? active;
    writeSetting({ profile, name: args.name, value: null, home });
    if (context.json) context.out.json({ profile, name: args.name, value: null });
    else context.out.line(`${args.name} is not set in the profile ${profile} any more.`);
    return undefined;
  },
});
