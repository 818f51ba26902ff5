import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";

export const profileUse = defineCommand({
  summary: "Use a profile from now on",
  details: ["MILLRACE_PROFILE and --profile go before it.", 'With --json: `{ "active": name }`.'],
  positionals: { profile: required("The name of a profile.") },
  options: {},
  examples: [{ command: "profile use work", why: "made by `profile create work`" }],
  async run({ args }, context) {
    const { activateProfile } = await import("../../../app/profiles.ts");
    const { home } = await context.settings();
    activateProfile({ home, name: args.profile });
    if (context.json) context.out.json({ active: args.profile });
    else context.out.line(`The profile ${args.profile} is used from now on.`);
    return undefined;
  },
});
