import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { blockArgument, blocks } from "../../object-lookups.ts";

export const blockDelete = defineCommand({
  summary: "Delete a block",
  details: ['With --json: `{ "deleted": [ids] }`.'],
  positionals: { block: required(blockArgument) },
  options: { yes: flag("Do not ask.", { short: "y" }) },
  examples: [{ command: "block delete secret/service-token", why: "asks first" }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const block = await findObject(api, args.block, blocks);
    const [title = block.name] = await blocks.titles(api, [block]);
    await confirm({ question: `Delete the block ${title}?`, isSure: options.yes }, context);
    const isDeleted = await api.deleteObject("block-document", block.id);
    if (context.json) context.out.json({ deleted: isDeleted ? [block.id] : [] });
    else context.out.line(`Deleted the block ${title}.`);
    return undefined;
  },
});
