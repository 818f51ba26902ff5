import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { accountArgument, findAccount, readApiKeys } from "../../find-account.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { renderKeys } from "../api-key/keys-table.ts";

export const accountInspect = defineCommand({
  summary: "Show an account and its keys",
  details: ["With --json: the account, with `keys`, an array of its API keys."],
  positionals: { account: required(accountArgument) },
  options: {},
  examples: [{ command: "account inspect ada", why: "" }],
  async run({ args }, context) {
    await using host = await context.openHost();
    const account = await findAccount(host.api, args.account);
    const keys = await readApiKeys(host.api, { accountId: account.id });
    const { out, json, times } = context;
    if (json) {
      out.json({ ...account, keys });
      return undefined;
    }
    const facts = renderFacts(
      [
        ["Account", out.look.paint.bold(cleanLine(account.name))],
        ["Id", account.id],
        ["Kind", account.kind],
        ["Role", account.role],
        ["Status", account.isDisabled ? out.look.paint.red("disabled: it is kept out") : "active"],
        ["Password", account.hasPassword ? "yes" : "no"],
        ["Created", times.long(account.createdAt)],
        ["Updated", times.long(account.updatedAt)],
      ],
      out,
    );
    out.lines(facts);
    if (keys.length > 0) out.lines(["", ...renderKeys(keys, { ...context, names: null })]);
    return undefined;
  },
});
