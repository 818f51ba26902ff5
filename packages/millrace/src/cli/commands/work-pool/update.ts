import { number, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { workPoolArgument, workPools } from "../../object-lookups.ts";
import { toTemplate } from "./create.ts";
import { changePool } from "./change-pool.ts";

export const workPoolUpdate = defineCommand({
  summary: "Change a work pool; what is not given stays as it is",
  details: ["With --json: the work pool."],
  positionals: { pool: required(workPoolArgument) },
  options: {
    name: text("NAME", "Another name."),
    description: text("TEXT", "For people."),
    concurrencyLimit: number("N", "How many runs may go at once."),
    baseJobTemplate: text("JSON|@FILE", "What a worker makes a job of."),
  },
  examples: [{ command: 'work-pool update local --description "the machine under the desk"', why: "" }],
  async run({ args, options }, context) {
    const { name, description, concurrencyLimit } = options;
    const baseJobTemplate = toTemplate(options.baseJobTemplate);
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(concurrencyLimit === undefined ? {} : { concurrencyLimit }),
      ...(baseJobTemplate === undefined ? {} : { baseJobTemplate }),
    };
    if (Object.keys(change).length === 0) throw new UsageProblem("say what to change: --description or the like");
    await using host = await context.openHost();
    const pool = await findObject(host.api, args.pool, workPools);
    await changePool(host.api, { pool, change, context, told: (changed) => `${changed.name} is changed.` });
    return undefined;
  },
});
