import { text, wholeNumber } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { blockTypes, readById } from "../../object-lookups.ts";
import { shortId } from "../../output/short-id.ts";
import { renderTable } from "../../output/table.ts";
import { readPages } from "../../read-pages.ts";
import { watchable } from "../../watchable.ts";
import { withListPage } from "../../with-page.ts";

export const blockLs = withListPage(
  watchable(
    defineCommand({
      summary: "List blocks: named configurations and credentials; their values are never shown here",
      details: ["With --json: an array of blocks, each with `type` (the slug of its type) and without its values."],
      positionals: {},
      options: {
        type: text("TYPE", "Only blocks of this type, by its slug."),
        limit: wholeNumber("N", "At most so many.", { initial: 200, max: 1_000_000, short: "n" }),
      },
      examples: [{ command: "block ls --type secret", why: "" }],
      async run({ options }, context) {
        await using host = await context.openHost();
        const { api } = host;
        const type = options.type === undefined ? null : await findObject(api, options.type, blockTypes);
        const where = {
          all: [
            { field: "anonymous", in: [false] },
            ...(type === null ? [] : [{ field: "blockTypeId", in: [type.id] }]),
          ],
        };
        const query = { where, sort: { field: "name", direction: "asc" } } as const;
        const found = await readPages((page) => api.listObjects("block-document", query, page), {
          limit: options.limit,
        });
        const types = await readById(
          api,
          "block-type",
          found.map(({ blockTypeId }) => blockTypeId),
        );
        const blocks = found.map((document) => {
          const { data: _, sealed: __, ...block } = document;
          return { ...block, type: types.get(block.blockTypeId)?.slug ?? "" };
        });
        const { out, json, times } = context;
        if (json) out.json(blocks);
        else if (blocks.length === 0) {
          out.line(
            type === null
              ? "There are no blocks. `millrace block create TYPE NAME` saves one, and so does Prefect's client."
              : `There is no block of the type ${type.slug}.`,
          );
        } else {
          const table = renderTable(
            blocks,
            [
              { title: "BLOCK", cell: (block) => `${block.type}/${block.name}`, shrinksTo: 20 },
              { title: "ID", cell: ({ id }) => shortId(id) },
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
  "block",
);
