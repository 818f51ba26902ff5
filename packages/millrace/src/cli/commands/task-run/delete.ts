import type { Api } from "../../../contract/api.ts";
import { MillraceError } from "../../../contract/errors.ts";
import { isTerminal } from "../../../contract/states.ts";
import type { TaskRun } from "../../../contract/task-run.ts";
import { flag } from "../../arguments/options.ts";
import { several } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findTaskRun } from "../../find-run.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { plural } from "../../output/numbers.ts";

export const taskRunDelete = defineCommand({
  summary: "Delete task runs with their logs and artifacts",
  details: [
    "Asks first. A flow run that is retried or resumed later runs these calls again. What they called, subflow runs among it, stays, and so do cached results.",
    'With --json: `{ "deleted": [ids] }`.',
  ],
  positionals: { run: several("The id of a task run, or its start.") },
  options: {
    yes: flag("Do not ask.", { short: "y" }),
    dryRun: flag("Only say what would be deleted."),
    force: flag("Also task runs of flow runs that have not ended."),
  },
  examples: [
    { command: "task-run delete 4c1d2e3f", why: "an id from `task-run ls`; asks" },
    { command: "task-run delete 4c1d2e3f 5a6b7c8d --yes", why: "in a script" },
  ],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const found = new Map<string, TaskRun>();
    for (const reference of args.run) {
      const run = await findTaskRun(api, reference);
      found.set(run.id, run);
    }
    const runs = [...found.values()];
    if (!options.force) await refuseLiving(api, runs);
    const { json, out } = context;
    const only = runs.length === 1 ? runs[0] : undefined;
    const counted = plural(runs.length, "task run");
    const what = only === undefined ? counted : `task run ${cleanLine(only.name)} (${only.id})`;
    const whose = only === undefined ? "their logs and artifacts" : "its logs and artifacts";
    if (options.dryRun) {
      if (json) out.json({ deleted: [] });
      else out.line(`Would delete ${what}, ${whose}.`);
      return undefined;
    }
    await confirm({ question: `Delete ${what}, ${whose}?`, isSure: options.yes }, context);
    const deleted: string[] = [];
    for (const { id } of runs) if (await api.deleteTaskRun(id)) deleted.push(id);
    if (json) out.json({ deleted });
    else out.line(`Deleted ${plural(deleted.length, "task run")}.`);
    return undefined;
  },
});

/** An executing process would go on with records that are no longer there. */
async function refuseLiving(api: Api, runs: readonly TaskRun[]): Promise<void> {
  const checked = new Set<string>();
  for (const { id, flowRunId, state } of runs) {
    if (flowRunId === null) {
      if (isTerminal(state.type)) continue;
      throw new MillraceError("USAGE", { reason: `Task run ${id} is ${state.name}`, advice: "Add --force." });
    }
    if (checked.has(flowRunId)) continue;
    checked.add(flowRunId);
    const flowRun = await api.readFlowRun(flowRunId);
    if (flowRun === null || isTerminal(flowRun.state.type)) continue;
    throw new MillraceError("USAGE", {
      reason: `Flow run ${flowRunId} of task run ${id} is ${flowRun.state.name}`,
      advice: `Cancel it first: \`millrace flow-run cancel ${flowRunId}\`; or add --force.`,
    });
  }
}
