import { duration, flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findWorkspace, workspaceArgument } from "../../find-workspace.ts";

export const workspaceDelete = defineCommand({
  summary: "Delete a workspace: it answers no more, and can be restored for a while",
  details: [
    "Its schedules and automations rest from then on. What is in it is deleted for good after a week, or after --keep-for; until then `workspace restore` brings it back, and its name is taken.",
    "With --json: the workspace; `purgeAt` says when it is deleted for good.",
  ],
  positionals: { workspace: required(workspaceArgument) },
  options: {
    keepFor: duration("How long it can be restored, a minute at least. Default 7d."),
    yes: flag("Do not ask.", { short: "y" }),
    dryRun: flag("Only say what would be deleted."),
  },
  examples: [
    { command: "workspace delete forecasts", why: "asks first" },
    { command: "workspace delete forecasts --keep-for 1m --yes", why: "for good, in a minute" },
  ],
  async run({ args, options: { keepFor, yes, dryRun } }, context) {
    await using host = await context.openHost();
    const found = await findWorkspace(host.api, args.workspace);
    const { out, json, times } = context;
    const what = `the workspace ${found.name}, with all that is in it`;
    if (dryRun) {
      if (json) out.json(found);
      else out.line(`Would delete ${what}.`);
      return undefined;
    }
    await confirm({ question: `Delete ${what}?`, isSure: yes }, context);
    const deleted = await host.api.deleteWorkspace(found.id, keepFor === undefined ? {} : { keepForMs: keepFor });
    if (json) out.json(deleted);
    else if (deleted?.purgeAt != null) {
      out.line(`Deleted the workspace ${found.name}. \`millrace workspace restore ${found.name}\` brings it back`);
      out.line(`until ${times.long(deleted.purgeAt)}.`);
    }
    return undefined;
  },
});
