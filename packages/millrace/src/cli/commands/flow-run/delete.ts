import type { Api } from "../../../contract/api.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import { isTerminal } from "../../../contract/states.ts";
import { flag } from "../../arguments/options.ts";
import { several } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { plural } from "../../output/numbers.ts";
import { readDescendants } from "../../run-family.ts";

export const flowRunDelete = defineCommand({
  summary: "Delete runs with their tasks, logs and artifacts",
  details: [
    "Says first what would be deleted, subflows included, and asks. Cached results stay.",
    'With --json: `{ "deleted": [ids], "flowRuns": n, "taskRuns": n }`.',
  ],
  positionals: { run: several(runArgument) },
  options: {
    yes: flag("Do not ask.", { short: "y" }),
    dryRun: flag("Only say what would be deleted."),
    force: flag("Also runs that have not ended."),
  },
  examples: [
    { command: "flow-run delete 019a3b2c-4d5e", why: "says what goes, and asks" },
    { command: "flow-run delete 019a3b2c-4d5e 019a3b2c-9f00 --yes", why: "in a script" },
  ],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const runs: FlowRun[] = [];
    for (const reference of args.run) runs.push(await findFlowRun(api, reference));
    const living = runs.find((run) => !isTerminal(run.state.type));
    if (living !== undefined && !options.force) {
      throw new MillraceError("USAGE", {
        reason: `Flow run ${living.id} is ${living.state.name}`,
        advice: `Cancel it first: \`millrace flow-run cancel ${living.id}\`; or add --force.`,
      });
    }
    const counts = await countAll(api, runs);
    const { json, out } = context;
    const what = `${plural(counts.flowRuns, "flow run")} with ${plural(counts.taskRuns, "task run")}`;
    if (options.dryRun) {
      if (json) out.json({ deleted: [], ...counts });
      else out.line(`Would delete ${what}, their logs and artifacts.`);
      return undefined;
    }
    await confirm({ question: `Delete ${what}, their logs and artifacts?`, isSure: options.yes }, context);
    const deleted: string[] = [];
    for (const { id } of runs) if (await api.deleteFlowRun(id)) deleted.push(id);
    if (json) out.json({ deleted, ...counts });
    else out.line(`Deleted ${what}.`);
    return undefined;
  },
});

async function countAll(
  api: Api,
  runs: readonly FlowRun[],
): Promise<{ readonly flowRuns: number; readonly taskRuns: number }> {
  const ids = new Set<string>();
  for (const { id } of runs) {
    ids.add(id);
    for (const child of await readDescendants(api, id)) ids.add(child.id);
  }
  let taskRuns = 0;
  for (const id of ids) for (const { count } of await api.countTaskRuns(id)) taskRuns += count;
  return { flowRuns: ids.size, taskRuns };
}
