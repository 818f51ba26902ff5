import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";

export const profileDelete = defineCommand({
  summary: "Delete a profile and its settings",
  details: ["After the one that is used, `default` is.", 'With --json: `{ "deleted": [names] }`.'],
  positionals: { profile: required("The name of a profile.") },
  options: { yes: flag("Do not ask.", { short: "y" }) },
  examples: [{ command: "profile delete work", why: "asks first" }],
  async run({ args: { profile }, options }, context) {
    const { deleteProfile, findProfile, readProfiles } = await import("../../../app/profiles.ts");
    const { home } = await context.settings();
    findProfile(readProfiles(home), profile);
    await confirm({ question: `Delete the profile ${profile} and its settings?`, isSure: options.yes }, context);
    deleteProfile({ home, name: profile });
    if (context.json) context.out.json({ deleted: [profile] });
    else context.out.line(`Deleted the profile ${profile}.`);
    return undefined;
  },
});
