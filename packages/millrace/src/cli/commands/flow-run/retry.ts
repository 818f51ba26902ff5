import { choice, flag, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { executeRun } from "../../execute-run.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { submitAgain } from "./submit-again.ts";

export const flowRunRetry = defineCommand({
  summary: "Start a run again from what failed",
  details: [
    "Failures, and what depended on them, run again in the same run; everything else is taken from the record.",
    "With --from a new run is started instead, which takes the results of this one up to that step: see `flow-run rerun`.",
  ],
  positionals: { run: required(runArgument) },
  options: {
    from: text("STEP", "Start a new run from this step: a task's name, a task run's name, or its id."),
    onDrift: choice(["stop", "rerun"], "What to do when the code calls other steps than were recorded. Default stop."),
    quiet: flag("Show nothing but the result.", { short: "q" }),
  },
  examples: [
    { command: "flow-run retry 019a3b2c-4d5e", why: "after the cause is mended" },
    { command: "flow-run retry latest --from train", why: "a new run, from `train` on" },
  ],
  async run({ args, options }, context) {
    const { from, onDrift, quiet } = options;
    if (from !== undefined) {
      const again = { reference: args.run, fromStep: from, parameters: undefined, stays: false };
      const submitted = await submitAgain(context, again);
      if (submitted !== null) return submitted;
    }
    return executeRun(context, {
      isQuiet: quiet,
      async execute(host) {
        const { id } = await findFlowRun(host.api, args.run);
        if (from !== undefined) return host.startFrom({ id, step: from });
        return host.continueRun({ id, mode: "retry", ...(onDrift === undefined ? {} : { onDrift }) });
      },
    });
  },
});
