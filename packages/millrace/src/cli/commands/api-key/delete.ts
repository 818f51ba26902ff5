import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { apiKeyArgument, findApiKey } from "../../find-account.ts";
import { cleanLine } from "../../output/clean-text.ts";

export const apiKeyDelete = defineCommand({
  summary: "Delete an API key: who comes with it is let in no more, within 5 s",
  details: ['With --json: `{ "deleted": [ids] }`.'],
  positionals: { key: required(apiKeyArgument) },
  options: { yes: flag("Do not ask.", { short: "y" }), dryRun: flag("Only say what would be deleted.") },
  examples: [{ command: "api-key delete Xk3_9a", why: "the one that is shown as mr_\u2026Xk3_9a; asks first" }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const { id, name, start } = await findApiKey(api, args.key);
    const { out, json } = context;
    const what = cleanLine(`the key ${start} for ${name}`);
    if (options.dryRun) {
      if (json) out.json({ deleted: [] });
      else out.line(`Would delete ${what}.`);
      return undefined;
    }
    await confirm({ question: `Delete ${what}?`, isSure: options.yes }, context);
    const isDeleted = await api.deleteApiKey(id);
    if (json) out.json({ deleted: isDeleted ? [id] : [] });
    else out.line(`Deleted ${what}.`);
    return undefined;
  },
});
