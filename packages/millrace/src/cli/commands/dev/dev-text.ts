/** What `millrace dev` tells, as lines for people. */

import type { DeploymentChangeReport, DevReport } from "../../../app/dev/dev-report.ts";
import type { Problem } from "../../../app/dev/messages.ts";
import type { DevUp } from "../../../app/dev/start-dev.ts";
import type { Settings } from "../../../app/settings.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import { formatDuration } from "../../../kit/duration.ts";
import type { CommandContext } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { runTitle } from "../../output/run-title.ts";
import { stateText } from "../../output/state-text.ts";
import { describeChange } from "../deploy/outcomes.ts";

export function describeUp(
  { url, worker }: DevUp,
  {
    settings,
    pool,
    limit,
  }: { readonly settings: Pick<Settings, "home" | "database">; readonly pool: string; readonly limit: number },
  { out }: CommandContext,
): readonly string[] {
  const { bold } = out.look.paint;
  const who = worker === null ? "no worker here" : `up to ${limit} runs at a time`;
  return [
    ...renderFacts(
      [
        ["Millrace", bold(url)],
        ["API", `${url}/v1`],
        ["Prefect's API", `${url}/api`],
        ["Ledger", settings.database === null ? settings.home : "PostgreSQL"],
        ["Work pool", `${cleanLine(pool)}, ${who}`],
      ],
      out,
    ),
    "",
  ];
}

export function describeReport(report: DevReport, context: CommandContext): readonly string[] {
  const { paint, glyphs } = context.out.look;
  switch (report.kind) {
    case "deployment":
      return changeLines(report.change, context);
    case "problem":
      return problemLines(report.problem, context);
    case "mended":
      return [paint.green("The files have no mistakes any more.")];
    case "nothing-found":
      return ["No file defines a flow yet. One that does is registered when it is saved."];
    case "run-started":
      return [`${paint.blue(glyphs.arrow)} ${runTitle(report.run, { glyphs })} ${paint.dim(report.page)}`];
    case "run-paused":
      return [`${runLine(report.run, context)}: millrace inbox inspect ${report.run.id}`];
    case "run-ended":
      return [`${runLine(report.run, context)} ${paint.dim(report.page)}`];
    case "process-ended":
      return [
        paint.yellow(
          cleanLine(
            `The ${report.process} has ended (${report.how}). It is started again in ${formatDuration(Math.round(report.restartInMs))}.`,
          ),
        ),
      ];
    case "process-restarted":
      return [`The ${report.process} is there again.`];
    case "trouble":
      return [paint.yellow(cleanLine(`${report.where}: ${report.what}`))];
  }
}

const signs = { added: "+", changed: "~", code: "~", removed: "-" } as const;

function changeLines(
  { name, what, file, changes, isPython }: DeploymentChangeReport,
  { out }: CommandContext,
): readonly string[] {
  const { paint } = out.look;
  const style = what === "added" ? paint.green : what === "removed" ? paint.red : paint.yellow;
  const note = what === "code" ? "new code" : isPython ? "Python: `prefect worker start` runs it" : "";
  const line = `${signs[what]} ${name}  ${file}${note === "" ? "" : `  ${note}`}`;
  return [style(cleanLine(line)), ...changes.map((change) => paint.dim(cleanLine(`    ${describeChange(change)}`)))];
}

function problemLines({ file, place, code, message, fix }: Problem, { out }: CommandContext): readonly string[] {
  const { red, bold } = out.look.paint;
  const where = place ?? file;
  return [
    `${red(code === null ? "error:" : `error[${code}]:`)} ${cleanLine(`${where}: ${message}`)}`,
    ...(fix === null ? [] : [`${bold("fix:")} ${cleanLine(fix)}`]),
  ];
}

/** "etl · brave-otter: Completed in 1.2s" */
function runLine(run: FlowRun, { out }: CommandContext): string {
  const { startedAt, endedAt, state } = run;
  const took =
    startedAt === null || endedAt === null ? "" : ` in ${formatDuration(Math.max(0, Math.round(endedAt - startedAt)))}`;
  const why = state.type === "COMPLETED" || state.message === undefined ? "" : `: ${cleanLine(state.message)}`;
  return `${runTitle(run, out.look)} ${stateText(state, out.look)}${took}${why}`;
}
