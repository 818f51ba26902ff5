import { MillraceError } from "../../../contract/errors.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { findTaskRun } from "../../find-run.ts";
import { cleanLine } from "../../output/clean-text.ts";

export const taskRunRename = defineCommand({
  summary: "Give a task run another name",
  details: [
    "What the task run is known by when its flow run is resumed is its key, which stays.",
    "With --json: the task run.",
  ],
  positionals: { run: required("The id of a task run, or its start."), name: required("The new name.") },
  options: {},
  examples: [{ command: 'task-run rename 4c1d2e3f "load north, with the old prices"', why: "to find it again" }],
  async run({ args }, context) {
    if (args.name.trim() === "") throw new UsageProblem("a name has letters in it");
    await using host = await context.openHost();
    const before = await findTaskRun(host.api, args.run);
    const isThere = await host.api.renameTaskRun(before.id, args.name);
    const after = isThere ? await host.api.readTaskRun(before.id) : null;
    if (after === null) throw new MillraceError("RUN_NOT_FOUND", { kind: "task run", id: before.id });
    const { out, json } = context;
    if (json) out.json(after);
    else out.line(`${cleanLine(before.name)} is ${cleanLine(after.name)} now.`);
    return undefined;
  },
});
