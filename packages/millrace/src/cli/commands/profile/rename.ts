import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";

export const profileRename = defineCommand({
  summary: "Give a profile another name",
  details: [
    "Where it is the one that is used, it stays so. `default` is there again afterwards, without settings.",
    'With --json: `{ "name", "before" }`.',
  ],
  positionals: { profile: required("The name of a profile."), name: required("Its new name.") },
  options: {},
  examples: [{ command: "profile rename work staging", why: "" }],
  async run({ args: { profile, name } }, context) {
    const { renameProfile } = await import("../../../app/profiles.ts");
    const { home } = await context.settings();
    renameProfile({ home, name: profile, to: name });
    if (context.json) context.out.json({ name, before: profile });
    else context.out.line(`The profile ${profile} is called ${name} now.`);
    return undefined;
  },
});
