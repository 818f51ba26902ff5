import type { Api } from "../../../contract/api.ts";
import { takenSlots } from "../../../contract/concurrency.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { ConcurrencyLimit } from "../../../contract/objects.ts";
import { flag, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type AnyCommand, type CommandContext, defineCommand } from "../../command.ts";
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
    options: {
      lease: text("ID", "Only those of this lease, by its id: `inspect --json` tells it."),
      yes: flag("Do not ask.", { short: "y" }),
    },
    examples: [{ command: `${group} reset ${example}`, why: "says how many are taken, and asks" }],
    async run({ args, options }, context) {
      await using host = await context.openHost();
      const { api } = host;
      const limit = await findObject(api, args.limit, toLookup(family));
      const name = limitName(family, limit);
      if (options.lease !== undefined) {
        return await releaseLease(api, { limit, name, lease: options.lease, isSure: options.yes }, context);
      }
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

/** Gives back what a lease holds, of other limits too. */
async function releaseLease(
  api: Api,
  of: {
    readonly limit: ConcurrencyLimit;
    readonly name: string;
    readonly lease: string;
    readonly isSure: boolean;
  },
  context: CommandContext,
): Promise<undefined> {
  const { limit, name, isSure } = of;
  const lease = (await readLeases(api, limit)).find(({ id }) => id === of.lease);
  if (lease === undefined) {
    const advice = "It has ended, or is of another limit: `inspect` shows who holds slots.";
    throw new MillraceError("NOT_FOUND", { kind: `lease of ${name}`, name: of.lease, advice });
  }
  await confirm({ question: `Take back ${plural(lease.slots, "slot")} of ${name} from its holder?`, isSure }, context);
  await api.giveBackSlots({ leaseId: lease.id });
  const now = await api.readObject("concurrency-limit", limit.id);
  if (context.json) context.out.json(now);
  else context.out.line(`${plural(lease.slots, "slot")} of ${name} ${lease.slots === 1 ? "is" : "are"} free again.`);
}
