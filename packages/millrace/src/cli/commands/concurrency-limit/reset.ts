import { takenSlots } from "../../../contract/concurrency.ts";
import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type AnyCommand, defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { plural } from "../../output/numbers.ts";
import { readLeases } from "./inspect.ts";
import { changeLimit, type LimitFamily, limitName, toLookup } from "./limit-family.ts";

export function createLimitReset(family: LimitFamily): AnyCommand {
  const { group, noun, argument, example } = family;
  return defineCommand({
    summary: `Take back all slots of a ${noun}, whoever holds them`,
    details: [
      "For holders that are gone and will not give them back. One that is not gone goes on without a slot, so more may run at once than the limit says.",
      "With --json: the limit.",
    ],
    positionals: { limit: required(argument) },
    options: { yes: flag("Do not ask.", { short: "y" }) },
    examples: [{ command: `${group} reset ${example}`, why: "says how many are taken, and asks" }],
    async run({ args, options }, context) {
      await using host = await context.openHost();
      const { api } = host;
      const limit = await findObject(api, args.limit, toLookup(family));
      const name = limitName(family, limit);
      const taken = takenSlots(limit, context.clock.now());
      const question = `Take back ${plural(taken, "slot")} of ${name} from whoever holds them?`;
      await confirm({ question, isSure: options.yes }, context);
      for (const { id, limitIds } of await readLeases(api, limit)) {
        // One that holds slots of other limits too keeps those.
        if (limitIds.length === 1) await api.giveBackSlots({ leaseId: id });
      }
      const told = (): string => `${name} has all of its slots.`;
      await changeLimit(api, { limit, change: { taken: 0, denied: 0 }, context, told });
      return undefined;
    },
  });
}
