import { text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";

export const configSet = defineCommand({
  summary: "Write a setting into a profile",
  details: [
    "An option of a command, a variable of the environment and millrace.toml go before it. `config view` lists the settings, and shows what is overruled.",
  ],
  positionals: { name: required("The name of a setting."), value: required("Its value.") },
  options: { in: text("PROFILE", "The profile; it is made if need be. Default: the active one.") },
  examples: [
    { command: "config set durability power", why: "survive a power cut too" },
    { command: "config set database postgres://ada@db/millrace --in work", why: "in a profile of its own" },
  ],
  async run({ args, options }, context) {
    const { writeSetting } = await import("../../../app/settings.ts");
    const { home, profile: active } = await context.settings();
    const profile = options.in ?? active;
    writeSetting({ profile, name: args.name, value: args.value, home });
    if (context.json) context.out.json({ profile, name: args.name, value: args.value });
    else context.out.line(`${args.name} is set in the profile ${profile}.`);
    return undefined;
  },
});
