import type { TaskRun } from "../../../contract/task-run.ts";
import type { Condition } from "../../../contract/query.ts";
import { stateTypes } from "../../../contract/states.ts";
import { formatDuration } from "../../../kit/duration.ts";
import { choices, flag, texts, wholeNumber } from "../../arguments/options.ts";
import { optional } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { readPages } from "../../read-pages.ts";
import { runTitle } from "../../output/run-title.ts";
import { shortId } from "../../output/short-id.ts";
import { stateStyle } from "../../output/state-text.ts";
import { type Column, renderTable } from "../../output/table.ts";
import { watchable } from "../../watchable.ts";

const outsideFlows: Condition = { field: "flowRunId", isNull: true };

export const taskRunLs = watchable(
  defineCommand({
    summary: "List the task runs of a flow run, in the order in which they were first called",
    details: [
      "Tasks can be called outside any flow: --standalone lists their runs, the newest first.",
      "With --json: an array of task runs.",
    ],
    positionals: { run: optional(`${runArgument} Default: latest.`) },
    options: {
      state: choices(stateTypes, "STATE", "Only task runs in this state."),
      task: texts("NAME", "Only runs of this task."),
      standalone: flag("Those that were called outside any flow, in place of those of a run."),
      limit: wholeNumber("N", "At most so many.", { initial: 200, max: 1_000_000, short: "n" }),
    },
    examples: [
      { command: "task-run ls", why: "of the last flow run" },
      { command: "task-run ls 019a3b2c-4d5e --state FAILED", why: "what failed in a run" },
      { command: "task-run ls --standalone", why: "what was called outside flows" },
    ],
    async run({ args, options }, context) {
      await using host = await context.openHost();
      const { standalone } = options;
      if (standalone && args.run !== undefined) {
        throw new UsageProblem("--standalone lists the task runs of no flow run", "leave the run out");
      }
      const run = standalone ? null : await findFlowRun(host.api, args.run ?? "latest");
      const filter = {
        ...(run === null ? { where: outsideFlows } : { flowRunIds: [run.id] }),
        ...(options.state.length === 0 ? {} : { stateTypes: options.state }),
        ...(options.task.length === 0 ? {} : { taskNames: options.task }),
      };
      const runs = await readPages(
        (page) => host.api.listTaskRuns(filter, page, run === null ? "id-desc" : "first-seen"),
        {
          limit: options.limit,
        },
      );
      const { out, json } = context;
      if (json) out.json(runs);
      else if (runs.length === 0) {
        out.line(`No task run ${run === null ? "outside flows" : `of ${runTitle(run, out.look)}`} matches.`);
      } else out.lines(renderTable(runs, columns(context), { width: out.width, look: out.look }));
      return undefined;
    },
  }),
);

function columns({ out, clock }: CommandContext): readonly Column<TaskRun>[] {
  const { look } = out;
  return [
    { title: "ID", cell: (run) => shortId(run.id) },
    {
      title: "TASK",
      cell: (run) => (run.name === run.taskName ? run.name : `${run.taskName}: ${run.name}`),
      shrinksTo: 14,
    },
    {
      title: "STATE",
      cell: (run) => `${look.glyphs.states[run.state.type]} ${run.state.name}`,
      style: (run) => stateStyle(run.state.type, look.paint),
      shrinksTo: 12,
    },
    { title: "TRIES", cell: (run) => String(run.attempt), align: "right" },
    { title: "TOOK", cell: (run) => took(run, clock.now()), align: "right" },
    { title: "INPUTS", cell: (run) => run.inputPreview ?? "", shrinksTo: 8, leftOut: 1 },
  ];
}

function took({ startedAt, endedAt, state }: TaskRun, now: number): string {
  if (startedAt === null) return "";
  const end = endedAt ?? (state.type === "RUNNING" ? now : null);
  return end === null ? "" : formatDuration(Math.max(0, end - startedAt));
}
