import { defineCommand } from "../../command.ts";
import { renderTable } from "../../output/table.ts";
import { watchable } from "../../watchable.ts";
import { withListPage } from "../../with-page.ts";

export const secretLs = withListPage(
  watchable(
    defineCommand({
      summary: "List the names of secrets; their values are never shown",
      positionals: {},
      options: {},
      examples: [{ command: "secret ls", why: "which secrets does this ledger have?" }],
      async run(_, context) {
        await using host = await context.openHost();
        const secrets = await host.api.listSecrets();
        const { out, json, times } = context;
        if (json) out.json(secrets);
        else if (secrets.length === 0) out.line("There are no secrets. Set one: `millrace secret set <name>`.");
        else {
          const table = renderTable(
            secrets,
            [
              { title: "NAME", cell: ({ name }) => name, shrinksTo: 12 },
              { title: "CREATED", cell: ({ createdAt }) => times.short(createdAt) },
              { title: "UPDATED", cell: ({ updatedAt }) => times.short(updatedAt) },
            ],
            { width: out.width, look: out.look },
          );
          out.lines(table);
        }
        return undefined;
      },
    }),
  ),
  "secret",
);
