import type { FlowRequest } from "../../../app/command-host.ts";
import { flag, text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { executeRun } from "../../execute-run.ts";
import { readParameters } from "../../parameters.ts";
import { printPlan } from "./plan.ts";

export const runCommand = defineCommand({
  summary: "Run a flow of a file",
  details: [
    "Runs the flow in this process, as `node flow.ts` does, with parameters from the command line. The run is shown on the " +
      "standard error while it goes on; its result is printed on the standard output.",
    "A value of --param is JSON if it can be read as JSON, else text: --param n=3 is a number, --param name=Ada a text, " +
      "--param 'version=\"1.10\"' a text.",
    'With --json: `{ "run": the flow run, "result": its result }`.',
  ],
  positionals: {
    "file[:export]": required("A file and, where it has several flows, the name under which one is exported."),
  },
  options: {
    param: texts("NAME=VALUE", "A parameter; may be given several times.", { short: "p" }),
    params: text("JSON|@FILE", "All parameters as a JSON object, or a file of it; `@-` reads the standard input."),
    name: text("NAME", "The name of the run."),
    tag: texts("TAG", "A tag of the run; may be given several times.", { short: "t" }),
    dryRun: flag("Call no task, and show which would be called."),
    quiet: flag("Show nothing but the result.", { short: "q" }),
  },
  examples: [
    { command: "run pipeline.ts", why: "the only flow of a file" },
    {
      command: "run pipeline.ts:daily --param date=2026-11-22 --param retries=3",
      why: "one of several, with parameters",
    },
    { command: "run pipeline.ts --params @parameters.json", why: "parameters of a file" },
    { command: "run pipeline.ts --dry-run", why: "what would it do?" },
  ],
  async run({ args, options }, context) {
    const request: FlowRequest = {
      ...splitTarget(args["file[:export]"]),
      // A function that takes its parameters apart can do so with none.
      parameters: (await readParameters({ one: options.param, all: options.params })) ?? {},
      ...(options.name === undefined ? {} : { runName: options.name }),
      ...(options.tag.length === 0 ? {} : { tags: options.tag }),
    };
    if (!options.dryRun)
      return executeRun(context, { isQuiet: options.quiet, execute: (host) => host.runFlow(request) });
    await using host = await context.openHost();
    printPlan(await host.planFlow(request), context);
    return undefined;
  },
});

/** `flow.ts:daily` is the export `daily` of flow.ts. */
function splitTarget(target: string): Pick<FlowRequest, "file" | "exportName"> {
  const [, file = target, exportName = null] = /^(.+?)(?::([\p{ID_Start}$_][\p{ID_Continue}$]*))?$/u.exec(target) ?? [];
  return { file, exportName };
}
