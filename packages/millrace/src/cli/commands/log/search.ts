import type { Api } from "../../../contract/api.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { LogSearch } from "../../../contract/log-search.ts";
import { type LogLevel, logSeverity } from "../../../contract/records.ts";
import { choice, text, texts, wholeNumber } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findFlowRun } from "../../find-run.ts";
import { logText } from "../../live/log-text.ts";
import { plural } from "../../output/numbers.ts";
import { shortId } from "../../output/short-id.ts";
import { readDescendants } from "../../run-family.ts";
import { parseSince } from "../../since.ts";
import { addTaskNames } from "../../task-names.ts";
import { type FoundLine, readFoundLines } from "./found-lines.ts";

const maxMatches = 50_000;
/** Runs that are asked for at once. */
const maxRuns = 1000;

export const logSearch = defineCommand({
  summary: "Search what runs have logged, with the lines around each match",
  details: [
    "Without --run, the lines of all runs. The number of a line is its place among the lines that are searched; of a match a colon follows it. With --run, the run's subflows are searched too, and the numbers are those of the lines of `flow-run logs RUN`.",
    'With --json: `{ "total", "isCut", "lines": [a log line with its "ordinal" (from 0) and "isMatch"] }`.',
  ],
  positionals: { text: required("What to look for in the messages; case does not count.") },
  options: {
    run: texts(
      "RUN",
      "Only lines of this flow run and its subflows: an id, a name, or `latest`. May be given several times.",
    ),
    level: choice(Object.keys(logSeverity) as readonly LogLevel[], "The least severe lines that match."),
    since: text("TIME", "Only lines from this time on: how long ago (2h), or a date (2026-11-22)."),
    context: wholeNumber("N", "Lines before and after each match.", { initial: 0, max: 1000, short: "C" }),
    limit: wholeNumber("N", "At most so many matches, the first.", { initial: 100, max: maxMatches, short: "n" }),
  },
  examples: [
    { command: 'log search "connection reset" --since 1d', why: "which runs said it" },
    { command: "log search loss --run latest --context 3", why: "with what was said before and after" },
    { command: "log search timeout --level error --json", why: "for a script" },
  ],
  async run({ args, options }, context) {
    if (args.text === "") throw new UsageProblem("there is nothing to look for", "write a text that a message has");
    if (options.limit === 0) throw new UsageProblem("--limit takes a number from 1 on");
    await using host = await context.openHost();
    const { api } = host;
    const { since, level } = options;
    const runs = await readFamilies(api, options.run);
    const of: LogSearch["of"] = {
      ...(options.run.length === 0 ? {} : { flowRunIds: runs.map(({ id }) => id) }),
      ...(since === undefined ? {} : { where: { field: "at", atLeast: parseSince(since, context.clock.now()) } }),
    };
    const search = { of, text: args.text, ...(level === undefined ? {} : { minLevel: level }), max: options.limit };
    const { ordinals, total, isCut } = await api.searchLogs(search);
    const lines = await readFoundLines(api, { of, ordinals, total, context: options.context });
    if (context.json) {
      context.out.json({ total, isCut, lines });
      return undefined;
    }
    await print(api, { lines, runs, isOfOneRun: options.run.length === 1, hasContext: options.context > 0 }, context);
    const searched = plural(total, "line");
    if (lines.length === 0) context.err.line(`None of ${searched} matches.`);
    else if (isCut)
      context.err.line(`There is more than the first ${plural(ordinals.length, "match", "matches")}: see --limit.`);
    return undefined;
  },
});

async function readFamilies(api: Api, references: readonly string[]): Promise<readonly FlowRun[]> {
  const family = new Map<string, FlowRun>();
  for (const reference of references) {
    const run = await findFlowRun(api, reference);
    for (const each of [run, ...(await readDescendants(api, run.id))]) family.set(each.id, each);
  }
  return [...family.values()];
}

async function print(
  api: Api,
  {
    lines,
    runs,
    isOfOneRun,
    hasContext,
  }: {
    readonly lines: readonly FoundLine[];
    readonly runs: readonly FlowRun[];
    readonly isOfOneRun: boolean;
    readonly hasContext: boolean;
  },
  { out }: CommandContext,
): Promise<void> {
  const { look } = out;
  const flowNames = new Map(runs.map(({ id, flowName }) => [id, flowName]));
  const taskNames = new Map<string, string>();
  await addFlowNames(api, lines, flowNames);
  await addTaskNames(api, lines, taskNames);
  const width = String((lines.at(-1)?.ordinal ?? 0) + 1).length;
  const texts: string[] = [];
  lines.forEach((line, index) => {
    const { ordinal, isMatch, flowRunId, taskRunId } = line;
    const before = lines[index - 1];
    if (hasContext && before !== undefined && ordinal > before.ordinal + 1) texts.push(look.paint.dim("--"));
    const names = [flowNames.get(flowRunId ?? ""), taskNames.get(taskRunId ?? "")];
    const name = names.filter((each) => each !== undefined).join("/");
    const label = isOfOneRun || flowRunId === null ? name : `${shortId(flowRunId)} ${name}`;
    const place = `${String(ordinal + 1).padStart(width)}${isMatch ? ":" : " "}`;
    texts.push(`${look.paint.dim(place)} ${logText({ ...line, label }, look)}`);
  });
  out.lines(texts);
}

/** Adds the flow's name of each line's run that `names` does not have, by the run's id. */
async function addFlowNames(api: Api, lines: readonly FoundLine[], names: Map<string, string>): Promise<void> {
  const unknown = new Set(lines.flatMap(({ flowRunId: id }) => (id === null || names.has(id) ? [] : [id])));
  const ids = [...unknown];
  for (let from = 0; from < ids.length; from += maxRuns) {
    const asked = ids.slice(from, from + maxRuns);
    const { items } = await api.listFlowRuns({ ids: asked }, "created-asc", { limit: maxRuns });
    for (const { id, flowName } of items) names.set(id, flowName);
  }
}
