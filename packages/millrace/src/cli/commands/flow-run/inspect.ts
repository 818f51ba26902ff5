import { inspect } from "node:util";
import type { CommandHost } from "../../../app/command-host.ts";
import type { FlowRun, RunEnvironment } from "../../../contract/flow-run.ts";
import { shownParameters } from "../../../contract/secret-parameters.ts";
import { formatDuration } from "../../../kit/duration.ts";
import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findFlowRun, runArgument } from "../../find-run.ts";
import { readTree } from "../../live/read-tree.ts";
import { renderSummaryDetails } from "../../live/summary.ts";
import { renderTree } from "../../live/tree-frame.ts";
import { openPages } from "../../open-pages.ts";
import { cleanLine, cleanText } from "../../output/clean-text.ts";
import { cutText } from "../../output/cut-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { formatCount } from "../../output/numbers.ts";
import { runTitle } from "../../output/run-title.ts";
import { hideEngineFrames } from "../../output/stack-frame.ts";
import { stateText } from "../../output/state-text.ts";
import { countArtifacts } from "../../run-family.ts";
import { watchable } from "../../watchable.ts";
import { withPage } from "../../with-page.ts";

/** Lines of the tree; the rest is summed up. */
const maxTreeHeight = 60;
/** Of a state's message, in characters: an error is shown below. */
const maxStateLength = 300;

export const flowRunInspect = withPage(
  watchable(
    defineCommand({
      summary: "Show a flow run: its state, where it ran, its tasks, what it returned",
      details: [
        "With --json: the flow run, with its `parameters`, `taskCounts` (task runs by name and state) and, with --result, `value`.",
      ],
      positionals: { run: required(runArgument) },
      options: { result: flag("Show what the flow returned.") },
      examples: [
        { command: "flow-run inspect 019a3b2c-4d5e", why: "all about a run" },
        { command: "flow-run inspect latest --result", why: "the last run, and its result" },
      ],
      async run({ args, options }, context) {
        await using host = await context.openHost();
        const run = await findFlowRun(host.api, args.run);
        if (context.json) {
          const taskCounts = await host.api.countTaskRuns(run.id);
          const value = options.result ? { value: await readJson(host, run) } : {};
          context.out.json({ ...run, taskCounts, ...value });
        } else {
          await print(host, run, { ...context, withResult: options.result });
        }
        return undefined;
      },
    }),
  ),
  { kind: "flow-run", find: async (api, { run }) => (await findFlowRun(api, run)).id },
);

/** The result as JSON: as the ledger writes it, where it has no JSON of its own. */
async function readJson(host: CommandHost, run: FlowRun): Promise<unknown> {
  if (run.result === null || run.result.storage === "none") return null;
  return JSON.parse(host.encode(await host.readResult(run.result))) as unknown;
}

async function print(
  host: CommandHost,
  run: FlowRun,
  context: CommandContext & { readonly withResult: boolean },
): Promise<void> {
  const { out, clock, times } = context;
  const { look } = out;
  const at = (time: number | null): string | null => (time === null ? null : times.long(time));
  const spent = run.startedAt === null ? null : (run.endedAt ?? clock.now()) - run.startedAt;
  out.lines(
    renderFacts(
      [
        ["Flow run", look.paint.bold(runTitle(run, look))],
        ["Id", run.id],
        [
          "State",
          `${stateText(run.state, look)}${run.state.message === undefined ? "" : `: ${cutText(cleanLine(run.state.message), maxStateLength)}`}`,
        ],
        ["Created", at(run.createdAt)],
        ["Started", at(run.startedAt)],
        ["Ended", at(run.endedAt)],
        ["Took", spent === null ? null : formatDuration(Math.max(0, spent))],
        ["Executions", run.runCount > 1 ? formatCount(run.runCount) : null],
        ["Parameters", run.parameters === "{}" ? null : cleanLine(shownParameters(run))],
        ["Tags", run.tags.length === 0 ? null : cleanLine(run.tags.join(", "))],
        ["Subflow of", run.parentRunId],
        ["Takes results of", run.adopts?.runId ?? null],
        ["Code", run.entrypoint === null ? null : codeOf(run)],
        ["Where", whereOf(run.environment)],
        ["Git", gitOf(run.environment)],
        ["Result", resultOf(run)],
      ],
      out,
    ),
  );
  const node = await readTree(host.api, run);
  node.artifacts = await countArtifacts(host.api, run);
  const [, ...body] = renderTree([node], {
    ...look,
    width: out.isTerminal ? Math.min(out.width, 120) : 80,
    height: maxTreeHeight,
    now: clock.now(),
  });
  if (body.length > 0) out.lines(["", look.paint.dim("Tasks"), ...body]);
  if (context.withResult) await printResult(host, run, context);
  out.lines(["", ...renderSummaryDetails(node, look, { isInspected: true, pageOf: await openPages(context) })]);
}

function codeOf({ entrypoint, version }: FlowRun): string {
  const name = entrypoint?.export ?? null;
  return cleanLine(
    `${entrypoint?.module ?? ""}${name === null ? "" : `:${name}`}${version === null ? "" : ` (version ${version})`}`,
  );
}

function whereOf({ host, pid, node, millrace, package: name }: RunEnvironment): string | null {
  const parts = [
    host === undefined ? null : `${host}${pid === undefined ? "" : ` (process ${pid})`}`,
    node === undefined ? null : `Node ${node}`,
    millrace === undefined ? null : `Millrace ${millrace}`,
    name ?? null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : cleanLine(parts.join(", "));
}

function gitOf({ git }: RunEnvironment): string | null {
  if (git === undefined) return null;
  const branch = git.branch === undefined ? "" : ` on ${git.branch}`;
  return cleanLine(
    `${git.commit.slice(0, 12)}${branch}${git.dirty === true ? ", with changes that are not committed" : ""}`,
  );
}

function resultOf({ result }: FlowRun): string | null {
  if (result === null) return null;
  switch (result.storage) {
    case "inline":
      return cleanLine(result.data);
    case "stored":
      return `${formatCount(result.sizeBytes)} bytes in ${result.store}: ${cleanLine(result.key)}`;
    case "none":
      return `not kept: ${cleanLine(result.path)} ${cleanLine(result.reason)}`;
  }
}

async function printResult(host: CommandHost, run: FlowRun, { out }: CommandContext): Promise<void> {
  if (run.result === null || run.result.storage === "none") {
    out.lines(["", out.look.paint.dim("There is no result.")]);
    return;
  }
  const value = await host.readResult(run.result);
  const shown =
    typeof value === "string" ? value : hideEngineFrames(inspect(value, { depth: 8, maxArrayLength: 1000 }));
  out.lines(["", out.look.paint.dim("Result"), cleanText(shown)]);
}
