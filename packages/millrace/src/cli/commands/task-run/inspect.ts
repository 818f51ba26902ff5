import { inspect } from "node:util";
import type { CommandHost } from "../../../app/command-host.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { TaskRun } from "../../../contract/task-run.ts";
import { formatDuration } from "../../../kit/duration.ts";
import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { explainTaskRun } from "../../explain-task-run.ts";
import { findTaskRun } from "../../find-run.ts";
import { errorLines } from "../../live/summary.ts";
import { cleanLine, cleanText } from "../../output/clean-text.ts";
import { cutText } from "../../output/cut-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { runTitle } from "../../output/run-title.ts";
import { hideEngineFrames } from "../../output/stack-frame.ts";
import { stateText } from "../../output/state-text.ts";
import { watchable } from "../../watchable.ts";
import { withPage } from "../../with-page.ts";

/** In characters: an error is shown below. */
const maxWhyLength = 300;

export const taskRunInspect = withPage(
  watchable(
    defineCommand({
      summary: "Show a task run: its states, its inputs, why it ran, what it returned or threw",
      details: ["With --json: the task run, and with --result also `value`."],
      positionals: { run: required("The id of a task run, or its start.") },
      options: { result: flag("Show what the task returned.") },
      examples: [{ command: "task-run inspect 4c1d2e3f", why: "an id from `task-run ls`" }],
      async run({ args, options }, context) {
        await using host = await context.openHost();
        const record = await findTaskRun(host.api, args.run);
        const run = record.flowRunId === null ? null : await host.api.readFlowRun(record.flowRunId);
        if (context.json) {
          const value = options.result
            ? { value: JSON.parse(host.encode(await readValue(host, record))) as unknown }
            : {};
          context.out.json({ ...record, ...value });
          return undefined;
        }
        print(record, run, context);
        if (options.result) {
          const value = await readValue(host, record);
          const shown =
            typeof value === "string" ? value : hideEngineFrames(inspect(value, { depth: 8, maxArrayLength: 1000 }));
          context.out.lines(["", context.out.look.paint.dim("Result"), cleanText(shown)]);
        }
        return undefined;
      },
    }),
  ),
  { kind: "task-run", find: async (api, { run }) => (await findTaskRun(api, run)).id },
);

async function readValue(host: CommandHost, { result }: TaskRun): Promise<unknown> {
  return result === null || result.storage === "none" ? null : host.readResult(result);
}

function print(record: TaskRun, run: FlowRun | null, { out, times }: CommandContext): void {
  const { look } = out;
  const { verdict, why, waits } = explainTaskRun(record, run ?? { createdAt: 0, history: [], adopts: null });
  const { startedAt, endedAt } = record;
  out.lines(
    renderFacts(
      [
        ["Task run", look.paint.bold(cleanLine(record.name))],
        ["Id", record.id],
        ["Task", cleanLine(record.taskName)],
        ["Flow run", run === null ? null : `${runTitle(run, look)} (${run.id})`],
        ["Called in", record.parentId],
        ["Subflow run", record.childFlowRunId],
        ["Key", cleanLine(record.key)],
        ["State", stateText(record.state, look)],
        ["Why", cutText(cleanLine(`${verdict}: ${why}`), maxWhyLength)],
        ["Waited", waits.length === 0 ? null : cleanLine(waits.join(", "))],
        ["Attempts", String(record.attempt)],
        ["Started", startedAt === null ? null : times.long(startedAt)],
        ["Took", startedAt === null || endedAt === null ? null : formatDuration(Math.max(0, endedAt - startedAt))],
        ["Inputs", record.inputPreview === null ? null : cleanLine(record.inputPreview)],
        ["Takes from", record.inputs.length === 0 ? null : record.inputs.map(inputText).join(", ")],
        ["Cache key", record.cacheKey],
        ["Tags", record.tags.length === 0 ? null : cleanLine(record.tags.join(", "))],
      ],
      out,
    ),
  );
  out.lines([
    "",
    look.paint.dim("States"),
    ...record.history.map((state) => `  ${times.long(state.at)}  ${stateText(state, look)}`),
  ]);
  if (record.error !== null) out.lines(["", ...errorLines(record.error, look)]);
  if (record.error?.stack != null) out.lines([look.paint.dim(cleanText(hideEngineFrames(record.error.stack)))]);
}

function inputText({ parameter, taskRunId }: TaskRun["inputs"][number]): string {
  return `${cleanLine(parameter)} from ${taskRunId}`;
}
