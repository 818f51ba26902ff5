import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { accountArgument, findAccount, readApiKeys } from "../../find-account.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { plural } from "../../output/numbers.ts";

export const accountDelete = defineCommand({
  summary: "Delete an account with its keys and sessions",
  details: [
    "What it did stays in the audit log. `account update --disable` keeps it out for a while.",
    'With --json: `{ "deleted": [ids], "keys": n }`.',
  ],
  positionals: { account: required(accountArgument) },
  options: { yes: flag("Do not ask.", { short: "y" }), dryRun: flag("Only say what would be deleted.") },
  examples: [{ command: "account delete ada", why: "says how many keys go with it, and asks" }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const { id, name } = await findAccount(api, args.account);
    const keys = (await readApiKeys(api, { accountId: id })).length;
    const { out, json } = context;
    const what = cleanLine(`the account ${name} with ${plural(keys, "key")}`);
    if (options.dryRun) {
      if (json) out.json({ deleted: [], keys });
      else out.line(`Would delete ${what}.`);
      return undefined;
    }
    await confirm({ question: `Delete ${what}?`, isSure: options.yes }, context);
    const isDeleted = await api.deleteAccount(id);
    if (json) out.json({ deleted: isDeleted ? [id] : [], keys });
    else out.line(`Deleted ${what}.`);
    return undefined;
  },
});
