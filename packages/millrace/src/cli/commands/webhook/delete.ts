import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { webhookArgument, webhooks } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";

export const webhookDelete = defineCommand({
  summary: "Delete a webhook: requests to its address are refused from then on",
  details: ['With --json: `{ "deleted": [ids] }`.'],
  positionals: { webhook: required(webhookArgument) },
  options: { yes: flag("Do not ask.", { short: "y" }) },
  examples: [{ command: "webhook delete orders", why: "asks first" }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { id, name } = await findObject(host.api, args.webhook, webhooks);
    await confirm({ question: `Delete the webhook ${name}?`, isSure: options.yes }, context);
    const isDeleted = await host.api.deleteObject("webhook", id);
    if (context.json) context.out.json({ deleted: isDeleted ? [id] : [] });
    else context.out.line(cleanLine(`Deleted the webhook ${name}.`));
    return undefined;
  },
});
