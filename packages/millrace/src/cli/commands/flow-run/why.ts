import type { Hold, WaitReport } from "../../../contract/waiting.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { runTitle } from "../../output/run-title.ts";
import { stateText } from "../../output/state-text.ts";
import { wrapText } from "../../output/wrap-text.ts";
import { watchable } from "../../watchable.ts";

export const flowRunWhy = watchable(
  defineCommand({
    summary: "Say why a run is not running: the limit, pool, worker, schedule or pause that holds it",
    details: [
      "Names all that is in its way, and what to do about each. `flow-run explain` says of its tasks why they ran.",
      "With --json: `{ flowRunId, state, verdict, holds }`. The verdict is held, next (nothing holds it), running or ended; a hold is `{ kind, subject, reason, advice, until }`.",
    ],
    positionals: { run: required(runArgument) },
    options: {},
    examples: [{ command: "flow-run why 019a3b2c-4d5e", why: "it was due an hour ago" }],
    async run({ args }, context) {
      await using host = await context.openHost();
      const run = await findFlowRun(host.api, args.run);
      const report = await host.api.whyWaiting(run.id);
      if (context.json) context.out.json(report);
      else print(run, report, context);
      return undefined;
    },
  }),
);

function print(run: FlowRun, { state, verdict, holds }: WaitReport, context: CommandContext): void {
  const { out, times } = context;
  const late = run.dueAt !== null && run.dueAt <= context.clock.now() ? `, due ${times.short(run.dueAt)}` : "";
  out.line(`${runTitle(run, out.look)}: ${stateText(state, out.look)}${late}`);
  out.line();
  switch (verdict) {
    case "ended":
      return out.line("It has ended; nothing holds it.");
    case "next":
      return out.line("Nothing holds it: it begins when a worker asks for runs the next time.");
    case "running":
      if (holds.length === 0) out.line("It is running; nothing holds it.");
      break;
    case "held":
      break;
  }
  for (const hold of holds) out.lines(holdLines(hold, context));
}

const maxWidth = 100;

/** The reason behind a dot, and what to do about it below. */
function holdLines({ reason, advice, until }: Hold, { out, times }: CommandContext): readonly string[] {
  const { dot, arrow } = out.look.glyphs;
  const width = Math.min(out.width, maxWidth) - 2;
  const ends = until === null ? "" : ` That ends ${times.short(until)}.`;
  const block = (sign: string, text: string): readonly string[] =>
    wrapText(cleanLine(text), width).map((line, index) => `${index === 0 ? sign : " "} ${line}`);
  return [...block(dot, reason + ends), ...(advice === null ? [] : block(out.look.paint.dim(arrow), advice))];
}
