import { number, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type AnyCommand, type CommandContext, defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { changeLimit, type LimitFamily, limitName, toLookup } from "./limit-family.ts";

export function createLimitUpdate(family: LimitFamily): AnyCommand {
  const { group, noun, argument, prefix, example } = family;
  return defineCommand({
    summary: `Change a ${noun}; what is not given stays as it is`,
    details: [
      "Slots that are taken stay taken, also when there are more of them than the limit. With --json: the limit.",
    ],
    positionals: { limit: required(argument) },
    options: {
      limit: number("N", "How many slots it has.", { short: "l" }),
      decay: number("N", "How many slots come back by themselves in a second.", { mayBeFraction: true }),
      name: text("NAME", "Another name."),
    },
    examples: [{ command: `${group} update ${example} --limit 8`, why: "more at once" }],
    async run({ args, options }, context) {
      const { limit: slots, decay: decayPerSecond, name } = options;
      const change = {
        ...(slots === undefined ? {} : { slots }),
        ...(decayPerSecond === undefined ? {} : { decayPerSecond }),
        ...(name === undefined ? {} : { name: prefix + name }),
      };
      if (Object.keys(change).length === 0) throw new UsageProblem("say what to change: --limit, --decay or --name");
      await using host = await context.openHost();
      const limit = await findObject(host.api, args.limit, toLookup(family));
      const told = (changed: typeof limit): string => `${limitName(family, changed)} is changed.`;
      await changeLimit(host.api, { limit, change, context, told });
      return undefined;
    },
  });
}

export function createLimitEnable(family: LimitFamily): AnyCommand {
  return defineCommand({
    summary: `Enforce a ${family.noun} again`,
    details: ["With --json: the limit."],
    positionals: { limit: required(family.argument) },
    options: {},
    examples: [{ command: `${family.group} enable ${family.example}`, why: "" }],
    run: ({ args }, context) => setActive(family, { reference: args.limit, isActive: true, context }),
  });
}

export function createLimitDisable(family: LimitFamily): AnyCommand {
  return defineCommand({
    summary: `Let everybody through a ${family.noun} for a while`,
    details: ["With --json: the limit."],
    positionals: { limit: required(family.argument) },
    options: {},
    examples: [{ command: `${family.group} disable ${family.example}`, why: "until `enable`" }],
    run: ({ args }, context) => setActive(family, { reference: args.limit, isActive: false, context }),
  });
}

async function setActive(
  family: LimitFamily,
  options: { readonly reference: string; readonly isActive: boolean; readonly context: CommandContext },
): Promise<undefined> {
  const { reference, isActive, context } = options;
  await using host = await context.openHost();
  const limit = await findObject(host.api, reference, toLookup(family));
  const told = (changed: typeof limit): string =>
    `${limitName(family, changed)} is ${isActive ? "enforced" : "not enforced"}.`;
  await changeLimit(host.api, { limit, change: { active: isActive }, context, told });
}
