import type { FlowRunFilter } from "../../../contract/flow-run.ts";
import { stateTypes } from "../../../contract/states.ts";
import { flag, text, texts, wholeNumber } from "../../arguments/options.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { readPages } from "../../read-pages.ts";
import { ofDeployments } from "../../run-filter.ts";
import { renderRuns } from "../../runs-table.ts";
import { checkStates, splitStates } from "../../state-names.ts";
import { parseSince } from "../../since.ts";
import { watchable } from "../../watchable.ts";
import { withListPage } from "../../with-page.ts";

export const flowRunLs = withListPage(
  watchable(
    defineCommand({
      summary: "List flow runs, the newest first",
      positionals: {},
      options: {
        state: texts("STATE", "Only runs in this state: a type such as FAILED, or a name such as Suspended."),
        flow: texts("NAME", "Only runs of this flow."),
        deployment: texts("NAME", "Only runs of this deployment, as NAME or FLOW/NAME."),
        tag: texts("TAG", "Only runs with this tag; several must all be there."),
        name: text("TEXT", "Only runs whose name contains this."),
        since: text("TIME", "Only runs created since: a duration such as 2h, or a date."),
        before: text("TIME", "Only runs created before: a duration ago such as 2h, or a date."),
        all: flag("Subflow runs too.", { short: "a" }),
        limit: wholeNumber("N", "At most so many.", { initial: 20, max: 1_000_000, short: "n" }),
      },
      examples: [
        { command: "flow-run ls", why: "the last runs" },
        { command: "flow-run ls --state FAILED,CRASHED --since 1d", why: "what went wrong since yesterday" },
        { command: "flow-run ls --deployment etl/nightly --before 7d", why: "what a deployment did until a week ago" },
        { command: "flow-run ls --flow etl --json", why: "for a script: an array of flow runs" },
      ],
      async run({ options }, context) {
        await using host = await context.openHost();
        const { since, before } = options;
        const now = context.clock.now();
        await checkStates(host.api, splitStates(options.state));
        const filter: FlowRunFilter = {
          ...stateFilter(options.state),
          ...(options.flow.length === 0 ? {} : { flowNames: options.flow }),
          ...(options.deployment.length === 0 ? {} : { where: ofDeployments(options.deployment) }),
          ...(options.tag.length === 0 ? {} : { tags: options.tag }),
          ...(options.name === undefined ? {} : { nameContains: options.name }),
          ...(since === undefined ? {} : { createdAfter: parseSince(since, now) }),
          ...(before === undefined ? {} : { createdBefore: parseSince(before, now) }),
          ...(options.all ? {} : { rootsOnly: true }),
        };
        const { limit } = options;
        const runs = await readPages((page) => host.api.listFlowRuns(filter, "created-desc", page), { limit });
        const { out, json } = context;
        if (json) out.json(runs);
        else if (runs.length === 0) out.line(nothingFound(Object.keys(filter)));
        else out.lines(renderRuns(runs, context));
        return undefined;
      },
    }),
  ),
  "flow-run",
);

function stateFilter(states: readonly string[]): Pick<FlowRunFilter, "stateTypes" | "stateNames"> {
  const written = splitStates(states);
  if (written.length === 0) return {};
  const types = written.flatMap((each) => stateTypes.filter((type) => type === each.toUpperCase()));
  if (types.length === written.length) return { stateTypes: types };
  if (types.length > 0) throw new UsageProblem("--state takes types (FAILED) or names (TimedOut), not both at once");
  return { stateNames: written };
}

function nothingFound(filters: readonly string[]): string {
  return filters.every((each) => each === "rootsOnly")
    ? "No flow has run yet. Run one: `millrace run flow.ts`, or make a project: `millrace init`."
    : "No flow run matches. Leave options out to see more; `--all` adds subflow runs.";
}
