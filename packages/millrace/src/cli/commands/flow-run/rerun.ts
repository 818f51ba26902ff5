import type { CommandHost, RunEnd } from "../../../app/command-host.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import { flag, text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { executeRun } from "../../execute-run.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { readParameters } from "../../parameters.ts";
import { submitAgain } from "./submit-again.ts";

export const flowRunRerun = defineCommand({
  summary: "Start a new run with the parameters of an old one",
  details: [
    "With --from, the new run takes the old one's results up to that step and runs the rest; without, it runs everything. " +
      "The old run stays as it is.",
    "Over a server, a run of a deployment is submitted to that again, and executed by a worker or who serves it; with --watch the command stays until it ends. Every other run is executed here.",
  ],
  positionals: { run: required(runArgument) },
  options: {
    from: text("STEP", "The first step to run: a task's name, a task run's name, or its id."),
    param: texts("NAME=VALUE", "A parameter in place of the old one; may be given several times.", { short: "p" }),
    params: text("JSON|@FILE", "Parameters in place of the old ones."),
    watch: flag("Stay, and show a run that was submitted until it ends.", { short: "w" }),
    quiet: flag("Show nothing but the result.", { short: "q" }),
  },
  examples: [
    { command: "flow-run rerun latest", why: "the same once more" },
    { command: "flow-run rerun 019a3b2c-4d5e --from train", why: "keep what came before `train`" },
  ],
  async run({ args, options }, context) {
    const changes = await readParameters({ one: options.param, all: options.params });
    const again = { reference: args.run, fromStep: options.from, parameters: changes, stays: options.watch };
    const submitted = await submitAgain(context, again);
    if (submitted !== null) return submitted;
    return executeRun(context, {
      isQuiet: options.quiet,
      async execute(host) {
        const old = await findFlowRun(host.api, args.run);
        const parameters = merge(host.decode(old.parameters), changes);
        return options.from === undefined
          ? runAgain(host, old, parameters)
          : host.startFrom({ id: old.id, step: options.from, parameters });
      },
    });
  },
});

function merge(old: unknown, changes: unknown): unknown {
  if (changes === undefined) return old;
  const areObjects = [old, changes].every((each) => typeof each === "object" && each !== null && !Array.isArray(each));
  return areObjects ? { ...(old as object), ...(changes as object) } : changes;
}

function runAgain(host: CommandHost, old: FlowRun, parameters: unknown): Promise<RunEnd> {
  if (old.entrypoint === null) {
    throw new MillraceError("RUN_NOT_RESUMABLE", {
      id: old.id,
      state: old.state.name,
      verb: "run again",
      reason: "it was not recorded where its code is",
      advice: "Run its file: `millrace run <file>`.",
    });
  }
  const { module: file, export: exportName } = old.entrypoint;
  return host.runFlow({ file, exportName, parameters, tags: old.tags });
}
