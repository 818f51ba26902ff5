import type { Api } from "../../../contract/api.ts";
import type { Automation, AutomationFiring } from "../../../contract/objects.ts";
import { text, texts, wholeNumber } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { renderTable } from "../../output/table.ts";
import { readPages } from "../../read-pages.ts";
import { nameWhere } from "../../where.ts";
import { triggerText } from "./automation-text.ts";
import { watchable } from "../../watchable.ts";
import { withListPage } from "../../with-page.ts";

export const automationLs = withListPage(
  watchable(
    defineCommand({
      summary: "List automations, with what sets them off and when they last were",
      details: ["With --json: an array of automations."],
      positionals: {},
      options: {
        name: text("TEXT", "Only automations whose name contains this."),
        tag: texts("TAG", "Only automations with this tag; several must all be there."),
        limit: wholeNumber("N", "At most so many.", { initial: 100, max: 1_000_000, short: "n" }),
      },
      examples: [{ command: "automation ls", why: "" }],
      async run({ options }, context) {
        await using host = await context.openHost();
        const { api } = host;
        const query = { where: { all: nameWhere(options) }, sort: { field: "name", direction: "asc" } } as const;
        const found = await readPages((page) => api.listObjects("automation", query, page), { limit: options.limit });
        const { out, json, times } = context;
        if (json) {
          out.json(found);
          return undefined;
        }
        if (found.length === 0) {
          const isNarrowed = options.name !== undefined || options.tag.length > 0;
          out.line(
            isNarrowed
              ? "No automation matches."
              : "There are no automations. Make one: `millrace automation create --from-file <file>`.",
          );
          return undefined;
        }
        const rows: { readonly automation: Automation; readonly last: AutomationFiring | null }[] = [];
        for (const automation of found) rows.push({ automation, last: await readLast(api, automation) });
        const { paint } = out.look;
        const table = renderTable(
          rows,
          [
            { title: "NAME", cell: ({ automation }) => automation.name, shrinksTo: 16 },
            {
              title: "STATUS",
              cell: ({ automation }) => (automation.enabled ? "enabled" : "paused"),
              style: ({ automation }) => (automation.enabled ? paint.green : paint.yellow),
            },
            { title: "TRIGGER", cell: ({ automation }) => triggerText(automation), shrinksTo: 16 },
            { title: "ACTIONS", cell: ({ automation }) => actionsText(automation), shrinksTo: 10 },
            { title: "LAST FIRED", cell: ({ last }) => (last === null ? "never" : times.short(last.createdAt)) },
          ],
          { width: out.width, look: out.look },
        );
        out.lines(table);
        return undefined;
      },
    }),
  ),
  "automation",
);

async function readLast(api: Api, { id }: Automation): Promise<AutomationFiring | null> {
  const query = {
    where: { field: "automationId", in: [id] },
    sort: { field: "createdAt", direction: "desc" },
  } as const;
  return (await api.listObjects("automation-firing", query, { limit: 1 })).items[0] ?? null;
}

function actionsText({ actions = [], actionsOnTrigger = [], actionsOnResolve = [] }: Automation): string {
  return [...actions, ...actionsOnTrigger, ...actionsOnResolve].map(({ kind }) => String(kind)).join(", ");
}
