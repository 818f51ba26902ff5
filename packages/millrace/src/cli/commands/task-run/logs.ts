import { MillraceError } from "../../../contract/errors.ts";
import { type LogLevel, logSeverity } from "../../../contract/records.ts";
import { choice, flag, text, wholeNumber } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { findTaskRun } from "../../find-run.ts";
import { printLogs } from "../../print-logs.ts";

export const taskRunLogs = defineCommand({
  summary: "Print what a task run has logged",
  details: ["With --json: an array of log lines; with --follow as well, one line of JSON each."],
  positionals: { run: required("The id of a task run, or its start.") },
  options: {
    follow: flag("Print new lines as they come, until the flow run ends.", { short: "f" }),
    level: choice(Object.keys(logSeverity) as readonly LogLevel[], "The least severe lines to print."),
    contains: text("TEXT", "Only lines with this text; case does not count."),
    tail: wholeNumber("N", "Only the last so many lines; 0 for all.", { initial: 0, max: 1_000_000, short: "n" }),
  },
  examples: [{ command: "task-run logs 4c1d2e3f", why: "an id from `task-run ls`" }],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const record = await findTaskRun(api, args.run);
    const run = record.flowRunId === null ? null : await api.readFlowRun(record.flowRunId);
    if (run === null) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run of task run", id: record.id });
    const { level, contains, tail, follow } = options;
    const filter = {
      taskRunIds: [record.id],
      ...(level === undefined ? {} : { minLevel: level }),
      ...(contains === undefined ? {} : { contains }),
    };
    await printLogs({ api, run, filter: async () => filter, tail, isFollowing: follow }, context);
    return undefined;
  },
});
