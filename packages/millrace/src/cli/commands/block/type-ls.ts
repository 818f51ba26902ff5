import { wholeNumber } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { countBy } from "../../count-by.ts";
import { renderTable } from "../../output/table.ts";
import { wrapText } from "../../output/wrap-text.ts";
import { readPages } from "../../read-pages.ts";
import { knownBlockTypes } from "../../../contract/known-block-types.ts";

export const blockTypeLs = defineCommand({
  summary: "List the types of blocks",
  details: ["With --json: an array of block types."],
  positionals: {},
  options: { limit: wholeNumber("N", "At most so many.", { initial: 200, max: 10_000, short: "n" }) },
  examples: [{ command: "block type ls", why: "" }],
  async run({ options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const query = { sort: { field: "slug", direction: "asc" } } as const;
    const types = await readPages((page) => api.listObjects("block-type", query, page), { limit: options.limit });
    const { out, json } = context;
    if (json) {
      out.json(types);
      return undefined;
    }
    if (types.length === 0) out.line("There are no block types yet: `millrace block create TYPE NAME` makes them.");
    else {
      const ids = types.map(({ id }) => id);
      const counts = await countBy(api, "block-document", { field: "blockTypeId", values: ids });
      const table = renderTable(
        types,
        [
          { title: "SLUG", cell: ({ slug }) => slug, shrinksTo: 16 },
          { title: "NAME", cell: ({ name }) => name, shrinksTo: 12 },
          { title: "BLOCKS", cell: ({ id }) => String(counts.get(id) ?? 0), align: "right" },
          { title: "DESCRIPTION", cell: ({ description }) => description ?? "", shrinksTo: 11, leftOut: 1 },
        ],
        { width: out.width, look: out.look },
      );
      out.lines(table);
    }
    const others = knownBlockTypes.filter(({ slug }) => !types.some((type) => type.slug === slug));
    const names = others.map(({ slug }) => slug).join(", ");
    const told = `\`block create\` makes these when they are needed: ${names}. \`prefect block register\` makes others.`;
    if (others.length > 0) out.lines(wrapText(told, out.width).map(out.look.paint.dim));
    return undefined;
  },
});
