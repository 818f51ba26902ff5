import { flag, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";

export const profileCreate = defineCommand({
  summary: "Make a profile of settings",
  details: ["`config set … --in PROFILE` writes a setting into it.", 'With --json: `{ "name", "isActive" }`.'],
  positionals: { name: required("Its name: letters, digits, `-` and `_`.") },
  options: {
    from: text("PROFILE", "Copy the settings of this one."),
    use: flag("Use it from now on."),
  },
  examples: [
    { command: "profile create work --use", why: "an empty one, and use it" },
    { command: "profile create trial --from work", why: "a copy of another" },
  ],
  async run({ args: { name }, options }, context) {
    const { activateProfile, createProfile } = await import("../../../app/profiles.ts");
    const { home } = await context.settings();
    createProfile({ home, name, from: options.from });
    if (options.use) activateProfile({ home, name });
    const { out, json } = context;
    if (json) out.json({ name, isActive: options.use });
    else out.line(`Made the profile ${name}.${options.use ? " It is used from now on." : ""}`);
    return undefined;
  },
});
