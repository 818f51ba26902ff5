import { defineCommand } from "../../command.ts";
import { readAccounts, readApiKeys } from "../../find-account.ts";
import { renderTable } from "../../output/table.ts";

export const accountLs = defineCommand({
  summary: "List accounts: what each may do, and what it comes in by",
  details: ["With --json: an array of accounts, each with `keys`, the number of its API keys."],
  positionals: {},
  options: {},
  examples: [{ command: "account ls", why: "who may come in?" }],
  async run(_, context) {
    await using host = await context.openHost();
    const keys = Map.groupBy(await readApiKeys(host.api), ({ accountId }) => accountId);
    const accounts = (await readAccounts(host.api)).map((each) => ({ ...each, keys: keys.get(each.id)?.length ?? 0 }));
    const { out, json, times } = context;
    if (json) out.json(accounts);
    else if (accounts.length === 0) {
      out.line("There are no accounts. Make one: `millrace account create NAME --role admin`.");
    } else {
      const table = renderTable(
        accounts,
        [
          { title: "NAME", cell: ({ name }) => name, shrinksTo: 12 },
          { title: "KIND", cell: ({ kind }) => kind, leftOut: 2 },
          { title: "ROLE", cell: ({ role }) => role },
          {
            title: "STATUS",
            cell: ({ isDisabled }) => (isDisabled ? "disabled" : "active"),
            style: ({ isDisabled }) => (isDisabled ? out.look.paint.red : out.look.paint.green),
          },
          { title: "PASSWORD", cell: ({ hasPassword }) => (hasPassword ? "yes" : "no") },
          { title: "KEYS", cell: (each) => String(each.keys), align: "right" },
          { title: "CREATED", cell: ({ createdAt }) => times.short(createdAt), leftOut: 1 },
        ],
        { width: out.width, look: out.look },
      );
      out.lines(table);
    }
    return undefined;
  },
});
