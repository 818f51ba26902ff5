import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type AnyCommand, defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { type LimitFamily, limitName, toLookup } from "./limit-family.ts";

export function createLimitDelete(family: LimitFamily): AnyCommand {
  const { group, noun, argument, example } = family;
  return defineCommand({
    summary: `Delete a ${noun}`,
    details: ['A limit that is not there lets everybody through. With --json: `{ "deleted": [ids] }`.'],
    positionals: { limit: required(argument) },
    options: { yes: flag("Do not ask.", { short: "y" }) },
    examples: [{ command: `${group} delete ${example}`, why: "asks first" }],
    async run({ args, options }, context) {
      await using host = await context.openHost();
      const { api } = host;
      const limit = await findObject(api, args.limit, toLookup(family));
      const name = limitName(family, limit);
      await confirm({ question: `Delete the ${noun} ${name}?`, isSure: options.yes }, context);
      const isDeleted = await api.deleteObject("concurrency-limit", limit.id);
      if (context.json) context.out.json({ deleted: isDeleted ? [limit.id] : [] });
      else context.out.line(`Deleted the ${noun} ${name}.`);
      return undefined;
    },
  });
}
