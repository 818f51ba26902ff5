import { text } from "../../arguments/options.ts";
import { optional, required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { readHidden } from "../../read-hidden.ts";
import { showProfiles } from "../profile/shown-profiles.ts";

export const configSet = defineCommand({
  summary: "Write a setting into a profile",
  details: [
    "An option of a command, a variable of the environment and millrace.toml go before it. `config view` lists the settings, and shows what is overruled.",
    "What is secret (apiKey, or a password in a URL) is better left out: it is asked for then, or read from the standard input, so that it stays out of the shell's history.",
    'With --json: `{ "profile", "name", "value" }`; a secret value is masked.',
  ],
  positionals: { name: required("The name of a setting."), value: optional("Its value.") },
  options: { in: text("PROFILE", "The profile; it is made if need be. Default: the active one.") },
  examples: [
    { command: "config set durability power", why: "survive a power cut too" },
    { command: "config set apiKey", why: "asks for it, without echo" },
    { command: "config set database postgres://ada@db/millrace --in work", why: "in a profile of its own" },
  ],
  async run({ args, options }, context) {
    const { toSettingName, writeSetting } = await import("../../../app/settings.ts");
    const { settingsTable } = await import("../../../app/settings-table.ts");
    const { home, profile: active } = await context.settings();
    const profile = options.in ?? active;
    const isSecret = settingsTable[toSettingName(args.name)].show !== undefined;
    if (args.value === undefined && !isSecret) throw new UsageProblem("<value> is missing");
    const value = args.value ?? (await readHidden(`Value of ${args.name}: `));
    if (value === "" && args.value === undefined) throw new UsageProblem("the value is empty");
    writeSetting({ profile, name: args.name, value, home });
    const [shown] = (await showProfiles(context)).filter(({ name }) => name === profile);
    if (context.json) context.out.json({ profile, name: args.name, value: shown?.settings[args.name] });
    else context.out.line(`${args.name} is set in the profile ${profile}.`);
    return undefined;
  },
});
