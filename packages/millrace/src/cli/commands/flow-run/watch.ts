import { required } from "../../arguments/positionals.ts";
import { defineCommand, exitCodes } from "../../command.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { watchRun } from "../../live/watch-run.ts";

export const flowRunWatch = defineCommand({
  summary: "Watch a run that another process executes, until it ends",
  details: [
    "Shows the same tree as `millrace run`. Ctrl-C ends the watching, not the run. Exit code 0 when the run completes, 1 when not.",
    "With --json: the flow run, when it has ended.",
  ],
  positionals: { run: required(runArgument) },
  options: {},
  examples: [{ command: "flow-run watch latest", why: "what is running now?" }],
  async run({ args }, context) {
    await using host = await context.openHost();
    const { id } = await findFlowRun(host.api, args.run);
    const end = await watchRun({ api: host.api, id, context });
    if (end === null) return exitCodes.interrupted;
    if (context.json) context.out.json(end);
    return end.state.type === "COMPLETED" ? exitCodes.ok : exitCodes.failed;
  },
});
