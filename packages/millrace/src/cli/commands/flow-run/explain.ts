import type { FlowRun } from "../../../contract/flow-run.ts";
import type { TaskRun } from "../../../contract/task-run.ts";
import { formatDuration } from "../../../kit/duration.ts";
import { displayWidth, ellipsize } from "../../../kit/text.ts";
import { flag, text } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { executionStarts, explainTaskRun, type Explanation } from "../../explain-task-run.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { cutText } from "../../output/cut-text.ts";
import { formatCount, plural } from "../../output/numbers.ts";
import type { Look } from "../../output/look.ts";
import { runTitle } from "../../output/run-title.ts";
import { shortId } from "../../output/short-id.ts";
import { stateText } from "../../output/state-text.ts";
import { type Column, renderTable } from "../../output/table.ts";

/** More task runs than these are shown in groups, unless all are asked for. */
const maxSingle = 40;
/** Of what an error says, in characters: `task-run inspect` shows more. */
const maxWhyLength = 300;

export const flowRunExplain = defineCommand({
  summary: "Say of each task why it ran, hit the cache, was taken from the record, waited or was left out",
  details: [
    "Task runs of one task with the same explanation are one line when there are many; --all shows each.",
    "With --json: an array of `{ taskRunId, taskName, name, state, verdict, why, waits }`, of every task run.",
  ],
  positionals: { run: required(runArgument) },
  options: {
    task: text("NAME", "Only runs of this task."),
    all: flag("A line for each task run, however many.", { short: "a" }),
  },
  examples: [
    { command: "flow-run explain latest", why: "why was that so fast?" },
    { command: "flow-run explain 019a3b2c-4d5e --task train --all", why: "each run of one task" },
  ],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const run = await findFlowRun(host.api, args.run);
    const records = await host.api.readRecords(run.id);
    const wanted = records.filter(({ taskName }) => options.task === undefined || taskName === options.task);
    const explained = wanted.map((record) => ({ record, ...explainTaskRun(record, run) }));
    if (context.json) {
      context.out.json(
        explained.map(({ record: { id, taskName, name, state }, ...why }) => ({
          taskRunId: id,
          taskName,
          name,
          state,
          ...why,
        })),
      );
    } else {
      print(run, explained, { ...context, isFull: options.all || explained.length <= maxSingle });
    }
    return undefined;
  },
});

interface Explained extends Explanation {
  readonly record: TaskRun;
}

function print(
  run: FlowRun,
  explained: readonly Explained[],
  context: CommandContext & { readonly isFull: boolean },
): void {
  const { out } = context;
  const { look } = out;
  const executions = executionStarts(run.history).length;
  const often = executions > 1 ? `, ${plural(executions, "execution")}` : "";
  const state = `${stateText(run.state, look)}${often}`;
  const room = out.width - displayWidth(state) - 2;
  out.line(`${ellipsize(runTitle(run, look), room)}: ${state}`);
  if (explained.length === 0) return out.lines(["", "No task run is recorded."]);
  const lines = context.isFull ? renderSingles(explained, out) : renderGroups(explained, out);
  out.lines(["", ...lines]);
  if (!context.isFull) {
    const all = `millrace flow-run explain ${shortId(run.id)} --all`;
    out.lines(["", look.paint.dim(`${plural(explained.length, "task run")}; each of them: ${all}`)]);
  }
}

function renderSingles(
  explained: readonly Explained[],
  out: { readonly width: number; readonly look: Look },
): readonly string[] {
  const depths = depthsOf(explained);
  return renderTable(
    explained,
    [
      {
        title: "TASK",
        cell: ({ record }) => "  ".repeat(depths.get(record.id) ?? 0) + callText(record),
        shrinksTo: 14,
      },
      verdictColumn(out.look),
      { title: "TOOK", cell: ({ record }) => took(record), align: "right", leftOut: 1 },
      { title: "WHY", cell: whyText, shrinksTo: 20 },
    ],
    out,
  );
}

/** The name, and where the run has none of its own, what it was called with. */
function callText({ name, taskName, inputPreview }: TaskRun): string {
  return name === taskName && inputPreview !== null ? `${name}(${inputPreview})` : name;
}

function whyText({ why, waits }: Explained): string {
  const short = cutText(why, maxWhyLength);
  return waits.length === 0 ? short : `${short}; waited ${waits.join(", ")}`;
}

/** How deep a call was made in the bodies of others. */
function depthsOf(explained: readonly Explained[]): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  for (const { record } of explained) {
    depths.set(record.id, record.parentId === null ? 0 : (depths.get(record.parentId) ?? -1) + 1);
  }
  return depths;
}

function took({ startedAt, endedAt }: TaskRun): string {
  return startedAt === null || endedAt === null ? "" : formatDuration(Math.max(0, endedAt - startedAt));
}

interface Group {
  readonly first: Explained;
  count: number;
  waited: number;
}

function renderGroups(
  explained: readonly Explained[],
  out: { readonly width: number; readonly look: Look },
): readonly string[] {
  const groups = new Map<string, Group>();
  for (const each of explained) {
    const key = `${each.record.taskName}\n${each.verdict}`;
    const group = groups.get(key) ?? { first: each, count: 0, waited: 0 };
    groups.set(key, group);
    group.count++;
    if (each.waits.length > 0) group.waited++;
  }
  const columns: readonly Column<Group>[] = [
    { title: "TASK", cell: ({ first }) => first.record.taskName, shrinksTo: 12 },
    { title: "RUNS", cell: ({ count }) => formatCount(count), align: "right" },
    {
      ...verdictColumn(out.look),
      cell: ({ first }) => first.verdict,
      style: ({ first }) => verdictStyle(first, out.look),
    },
    { title: "WHY", cell: groupText, shrinksTo: 20 },
  ];
  return renderTable([...groups.values()], columns, out);
}

function groupText({ first, count, waited }: Group): string {
  const example = count > 1 ? `, for example ${callText(first.record)}` : "";
  return `${cutText(first.why, maxWhyLength)}${example}${waited === 0 ? "" : `; ${formatCount(waited)} waited`}`;
}

function verdictColumn(look: Look): Column<Explained> {
  return { title: "VERDICT", cell: ({ verdict }) => verdict, style: (each) => verdictStyle(each, look) };
}

function verdictStyle({ verdict }: Explanation, { paint }: Look): (text: string) => string {
  switch (verdict) {
    case "ran":
      return paint.green;
    case "cached":
    case "recorded":
      return paint.cyan;
    case "fallback":
    case "waiting":
      return paint.yellow;
    case "failed":
      return paint.red;
    case "running":
      return paint.blue;
    case "cancelled":
    case "not-run":
      return paint.dim;
  }
}
