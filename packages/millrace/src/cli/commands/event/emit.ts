import type { Event } from "../../../contract/records.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { readJsonOption } from "../../parameters.ts";

export const eventEmit = defineCommand({
  summary: "Emit an event, for automations and whoever listens",
  details: ["With --json: the event."],
  positionals: { name: required("What happened, such as report.published.") },
  options: {
    resource: text("ID", "What it happened to: an id of your own, such as report.daily. Required.", { short: "r" }),
    label: texts("NAME=TEXT", "A label of the resource; may be given several times.", { short: "l" }),
    related: texts("ROLE=ID", "What else it has to do with, and how; may be given several times."),
    payload: text("JSON|@FILE", "More about it."),
  },
  examples: [
    { command: "event emit report.published --resource report.daily", why: "sets off what waits for it" },
    { command: `event emit file.arrived -r s3://in/a.csv --payload '{"rows":120}'`, why: "with more about it" },
  ],
  async run({ args, options }, context) {
    if (options.resource === undefined) throw new UsageProblem("--resource is missing", "say what it happened to");
    const event: Event = {
      id: uuidv7(),
      name: args.name,
      at: context.clock.now(),
      flowRunId: null,
      taskRunId: null,
      resource: { ...Object.fromEntries(options.label.map((each) => pair(each, "--label"))), id: options.resource },
      payload: options.payload === undefined ? null : JSON.stringify(readJsonOption(options.payload, "--payload")),
      related: options.related.map((each) => {
        const [role, id] = pair(each, "--related");
        return { id, role };
      }),
    };
    await using host = await context.openHost();
    await host.api.record({ processId: `cli-${event.id}`, events: [event] });
    if (context.json) context.out.json(event);
    else context.out.line(`Emitted ${event.name}.`);
    return undefined;
  },
});

function pair(written: string, option: string): readonly [string, string] {
  const at = written.indexOf("=");
  if (at < 1) throw new UsageProblem(`${option} takes NAME=TEXT, not \`${written}\``);
  return [written.slice(0, at), written.slice(at + 1)];
}
