import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { automationArgument, automations } from "../../object-lookups.ts";

export const automationDelete = defineCommand({
  summary: "Delete an automation with its history",
  details: ['With --json: `{ "deleted": [ids] }`.'],
  positionals: { automation: required(automationArgument) },
  options: { yes: flag("Do not ask.", { short: "y" }) },
  examples: [{ command: "automation delete late-reports", why: "asks first" }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { id, name } = await findObject(host.api, args.automation, automations);
    await confirm({ question: `Delete the automation ${name} with its history?`, isSure: options.yes }, context);
    const isDeleted = await host.api.deleteObject("automation", id);
    if (context.json) context.out.json({ deleted: isDeleted ? [id] : [] });
    else context.out.line(`Deleted the automation ${name}.`);
    return undefined;
  },
});
