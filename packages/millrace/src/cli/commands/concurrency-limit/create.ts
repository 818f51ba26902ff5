import { flag, number } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type AnyCommand, defineCommand } from "../../command.ts";
import { plural } from "../../output/numbers.ts";
import { type LimitFamily, limitName } from "./limit-family.ts";

export function createLimitCreate(family: LimitFamily): AnyCommand {
  const { group, noun, prefix, example } = family;
  const isOfTag = prefix !== "";
  return defineCommand({
    summary: `Make a ${noun}`,
    details: [
      isOfTag
        ? "It holds for each task with the tag, of whichever flow: as many run at once as it has slots."
        : 'It holds for code that names it: `concurrency("name", …)` takes slots while a body runs, `rateLimit("name")` takes slots that come back by themselves.',
      "With --json: the concurrency limit.",
    ],
    positionals: { name: required(isOfTag ? "The tag." : "The name that code gives.") },
    options: {
      limit: number("N", "How many slots it has. Required.", { short: "l" }),
      decay: number("N", "How many slots come back by themselves in a second, for a rate. Default 0.", {
        mayBeFraction: true,
      }),
      disabled: flag("It is not enforced until `enable`."),
    },
    examples: [
      { command: `${group} create ${example} --limit 5`, why: "five at once" },
      ...(isOfTag
        ? []
        : [{ command: `${group} create ${example} --limit 10 --decay 2`, why: "ten at once, and then two a second" }]),
    ],
    async run({ args, options }, context) {
      const { limit: slots, decay: decayPerSecond = 0, disabled } = options;
      if (slots === undefined) throw new UsageProblem("--limit is missing");
      await using host = await context.openHost();
      const made = await host.api.createObject("concurrency-limit", {
        name: prefix + args.name,
        active: !disabled,
        slots,
        taken: 0,
        takenAt: context.clock.now(),
        decayPerSecond,
        denied: 0,
      });
      if (context.json) context.out.json(made);
      else context.out.line(`Made the ${noun} ${limitName(family, made)}, ${plural(slots, "slot")}.`);
      return undefined;
    },
  });
}
