import type { JsonObject } from "../../../contract/objects.ts";
import { flag, number, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { readJsonOption } from "../../parameters.ts";

export const workPoolCreate = defineCommand({
  summary: "Make a work pool with its default queue",
  details: ["With --json: the work pool."],
  positionals: { name: required("The name of the pool.") },
  options: {
    type: text("TYPE", "What its workers run things in: process, docker, kubernetes … Default process."),
    description: text("TEXT", "For people."),
    concurrencyLimit: number("N", "How many runs may go at once. Default: as many as there are."),
    baseJobTemplate: text(
      "JSON|@FILE",
      "What a worker makes a job of. Default: that of process, docker or kubernetes; {} for none.",
    ),
    paused: flag("Its runs wait until `work-pool resume`."),
  },
  examples: [
    { command: "work-pool create local --type process", why: "runs on machines with a worker" },
    { command: "work-pool create gpu --type kubernetes --concurrency-limit 4", why: "four at once" },
  ],
  async run({ args, options }, context) {
    const { type = "process", description, concurrencyLimit, paused } = options;
    const baseJobTemplate = toTemplate(options.baseJobTemplate);
    await using host = await context.openHost();
    const pool = await host.api.createWorkPool({
      name: args.name,
      type,
      paused,
      ...(description === undefined ? {} : { description }),
      ...(concurrencyLimit === undefined ? {} : { concurrencyLimit }),
      ...(baseJobTemplate === undefined ? {} : { baseJobTemplate }),
    });
    const { out, json } = context;
    if (json) out.json(pool);
    else out.line(`Made the work pool ${pool.name}. Start a worker: \`millrace worker start --pool ${pool.name}\`.`);
    return undefined;
  },
});

/** @throws UsageProblem for what is no JSON object */
export function toTemplate(written: string | undefined): JsonObject | undefined {
  if (written === undefined) return undefined;
  const template = readJsonOption(written, "--base-job-template");
  if (typeof template === "object" && template !== null && !Array.isArray(template)) return template as JsonObject;
  throw new UsageProblem("--base-job-template takes a JSON object");
}
