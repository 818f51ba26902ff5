import type { Webhook } from "../../../contract/objects.ts";
import { text, wholeNumber } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { renderTable } from "../../output/table.ts";
import { readPages } from "../../read-pages.ts";
import { nameWhere } from "../../where.ts";
import { hookPath } from "./hook-address.ts";
import { watchable } from "../../watchable.ts";

export const webhookLs = watchable(
  defineCommand({
    summary: "List the webhooks: addresses to which others send requests that become events",
    details: ["With --json: an array of webhooks."],
    positionals: {},
    options: {
      name: text("TEXT", "Only webhooks whose name contains this."),
      limit: wholeNumber("N", "At most so many.", { initial: 100, max: 1_000_000, short: "n" }),
    },
    examples: [{ command: "webhook ls", why: "" }],
    async run({ options }, context) {
      await using host = await context.openHost();
      const query = { where: { all: nameWhere(options) }, sort: { field: "name", direction: "asc" } } as const;
      const found = await readPages((page) => host.api.listObjects("webhook", query, page), { limit: options.limit });
      const { out, json } = context;
      const { paint } = out.look;
      if (json) out.json(found);
      else if (found.length === 0) {
        out.line(
          options.name === undefined
            ? 'There are no webhooks. Make one: `millrace webhook create orders --event "order.{{ body.status }}"`.'
            : "No webhook matches.",
        );
      } else {
        const table = renderTable<Webhook>(
          found,
          [
            { title: "NAME", cell: ({ name }) => name, shrinksTo: 12 },
            { title: "ADDRESS", cell: ({ slug }) => hookPath(slug), shrinksTo: 20 },
            { title: "EVENT", cell: ({ slug, template }) => template?.event ?? `webhook.${slug}`, shrinksTo: 14 },
            { title: "SIGNED", cell: ({ signature }) => signature?.scheme ?? "no" },
            {
              title: "STATUS",
              cell: ({ enabled }) => (enabled ? "enabled" : "disabled"),
              style: ({ enabled }) => (enabled ? paint.green : paint.yellow),
            },
          ],
          { width: out.width, look: out.look },
        );
        out.lines(table);
      }
      return undefined;
    },
  }),
);
