import { wholeNumber } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { renderTable } from "../../output/table.ts";
import { readPages } from "../../read-pages.ts";
import { watchable } from "../../watchable.ts";
import { withListPage } from "../../with-page.ts";

export const variableLs = withListPage(
  watchable(
    defineCommand({
      summary: "List variables",
      positionals: {},
      options: { limit: wholeNumber("N", "At most so many.", { initial: 200, max: 1_000_000, short: "n" }) },
      examples: [{ command: "variable ls", why: "names and values" }],
      async run({ options }, context) {
        await using host = await context.openHost();
        const variables = await readPages((page) => host.api.listVariables(page), { limit: options.limit });
        const { out, json, times } = context;
        if (json) out.json(variables);
        else if (variables.length === 0)
          out.line("There are no variables. Set one: `millrace variable set <name> <value>`.");
        else {
          const table = renderTable(
            variables,
            [
              { title: "NAME", cell: ({ name }) => name, shrinksTo: 12 },
              { title: "VALUE", cell: ({ value }) => value, shrinksTo: 12 },
              { title: "TAGS", cell: ({ tags }) => tags.join(", "), shrinksTo: 6, leftOut: 1 },
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
  "variable",
);
