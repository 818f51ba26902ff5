import type { Api } from "../../../contract/api.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import { type LogLevel, logSeverity } from "../../../contract/records.ts";
import { choice, flag, text, wholeNumber } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { findFlowRun, findTaskRun, runArgument } from "../../find-run.ts";
import { printLogs } from "../../print-logs.ts";
import { readPages } from "../../read-pages.ts";
import { readDescendants } from "../../run-family.ts";

export const logLevels = Object.keys(logSeverity) as readonly LogLevel[];

export const flowRunLogs = defineCommand({
  summary: "Print what a run and its subflows have logged",
  details: ["With --json: an array of log lines; with --follow as well, one line of JSON each."],
  positionals: { run: required(runArgument) },
  options: {
    follow: flag("Print new lines as they come, until the run ends.", { short: "f" }),
    level: choice(logLevels, "The least severe lines to print."),
    task: text("NAME|ID", "Only lines of this task, or of this task run."),
    contains: text("TEXT", "Only lines with this text; case does not count."),
    tail: wholeNumber("N", "Only the last so many lines; 0 for all.", { initial: 0, max: 1_000_000, short: "n" }),
  },
  examples: [
    { command: "flow-run logs latest --follow", why: "look over the shoulder of a run" },
    { command: "flow-run logs 019a3b2c-4d5e --level warn --tail 50", why: "the last warnings" },
    { command: "flow-run logs 019a3b2c-4d5e --task train --contains loss", why: "what a task said of something" },
  ],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const run = await findFlowRun(api, args.run);
    const { level, contains, task, tail, follow } = options;
    const filter = async () => ({
      ...(level === undefined ? {} : { minLevel: level }),
      ...(contains === undefined ? {} : { contains }),
      ...(task === undefined ? {} : { taskRunIds: await findTaskRunIds(api, run, task) }),
    });
    await printLogs({ api, run, filter, tail, isFollowing: follow }, context);
    return undefined;
  },
});

/** The task runs of a name, in the run and its subflows, or the one of an id. */
async function findTaskRunIds(api: Api, run: FlowRun, reference: string): Promise<readonly string[]> {
  const flowRunIds = [run.id, ...(await readDescendants(api, run.id)).map(({ id }) => id)];
  const filter = { flowRunIds, taskNames: [reference] };
  const named = await readPages((page) => api.listTaskRuns(filter, page));
  return named.length > 0 ? named.map(({ id }) => id) : [(await findTaskRun(api, reference)).id];
}
