import { MillraceError } from "../../../contract/errors.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { runTitle } from "../../output/run-title.ts";

export const flowRunRename = defineCommand({
  summary: "Give a run another name",
  details: ["With --json: the flow run."],
  positionals: { run: required(runArgument), name: required("The new name.") },
  options: {},
  examples: [{ command: 'flow-run rename latest "november, second try"', why: "to find it again" }],
  async run({ args }, context) {
    if (args.name.trim() === "") throw new UsageProblem("a name has letters in it");
    await using host = await context.openHost();
    const run = await findFlowRun(host.api, args.run);
    const changed = await host.api.updateFlowRun(run.id, { name: args.name });
    if (changed === null) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id: run.id });
    const { out, json } = context;
    if (json) out.json(changed);
    else out.line(`${runTitle(run, out.look)} is ${runTitle(changed, out.look)} now.`);
    return undefined;
  },
});
