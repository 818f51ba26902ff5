import { text } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { findAccount, readAccounts, readApiKeys } from "../../find-account.ts";
import { renderKeys } from "./keys-table.ts";

export const apiKeyLs = defineCommand({
  summary: "List API keys: whose they are, when they were last used, and when they expire",
  details: [
    "A key itself is told once, by `api-key create`; here is its start, to know it by. Keys that have expired, or will within 7 days, are marked.",
    "With --json: an array of keys.",
  ],
  positionals: {},
  options: { account: text("NAME", "Only keys of this account: its name, its id or the start of it.") },
  examples: [
    { command: "api-key ls", why: "which keys are there, and which does nobody use?" },
    { command: "api-key ls --account gpu-workers", why: "" },
  ],
  async run({ options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const account = options.account === undefined ? null : await findAccount(api, options.account);
    const keys = await readApiKeys(api, account === null ? {} : { accountId: account.id });
    const { out, json } = context;
    if (json) out.json(keys);
    else if (keys.length === 0) {
      out.line("There are no such keys. Make one: `millrace api-key create --account NAME --name WHAT-FOR`.");
    } else {
      const accounts = account === null ? await readAccounts(api) : [account];
      const names = new Map(accounts.map(({ id, name }) => [id, name]));
      out.lines(renderKeys(keys, { ...context, names }));
    }
    return undefined;
  },
});
