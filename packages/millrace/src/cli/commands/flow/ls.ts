import { text, texts, wholeNumber } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { countBy } from "../../count-by.ts";
import { renderTable } from "../../output/table.ts";
import { readPages } from "../../read-pages.ts";
import { nameWhere } from "../../where.ts";
import { watchable } from "../../watchable.ts";
import { withListPage } from "../../with-page.ts";

export const flowLs = withListPage(
  watchable(
    defineCommand({
      summary: "List flows: all that have run, or have a deployment",
      details: ["With --json: an array of flows."],
      positionals: {},
      options: {
        name: text("TEXT", "Only flows whose name contains this."),
        tag: texts("TAG", "Only flows with this tag; several must all be there."),
        limit: wholeNumber("N", "At most so many.", { initial: 200, max: 1_000_000, short: "n" }),
      },
      examples: [{ command: "flow ls", why: "which flows does this ledger know?" }],
      async run({ options }, context) {
        await using host = await context.openHost();
        const { api } = host;
        const query = { where: { all: nameWhere(options) }, sort: { field: "name", direction: "asc" } } as const;
        const flows = await readPages((page) => api.listObjects("flow", query, page), { limit: options.limit });
        const { out, json, times } = context;
        if (json) out.json(flows);
        else if (flows.length === 0) {
          const isNarrowed = options.name !== undefined || options.tag.length > 0;
          out.line(isNarrowed ? "No flow matches." : "No flow has run yet. Run one: `millrace run flow.ts`.");
        } else {
          const ids = flows.map(({ id }) => id);
          const deployments = await countBy(api, "deployment", { field: "flowId", values: ids });
          const table = renderTable(
            flows,
            [
              { title: "NAME", cell: ({ name }) => name, shrinksTo: 16 },
              { title: "DEPLOYMENTS", cell: ({ id }) => String(deployments.get(id) ?? 0), align: "right" },
              { title: "TAGS", cell: ({ tags }) => tags.join(", "), shrinksTo: 6, leftOut: 1 },
              { title: "FIRST SEEN", cell: ({ createdAt }) => times.short(createdAt) },
            ],
            { width: out.width, look: out.look },
          );
          out.lines(table);
        }
        return undefined;
      },
    }),
  ),
  "flow",
);
