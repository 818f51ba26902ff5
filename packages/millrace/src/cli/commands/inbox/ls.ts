import type { FlowRun } from "../../../contract/flow-run.ts";
import { texts, wholeNumber } from "../../arguments/options.ts";
import { defineCommand } from "../../command.ts";
import { shortId } from "../../output/short-id.ts";
import { renderTable } from "../../output/table.ts";
import type { Times } from "../../output/times.ts";
import { readPages } from "../../read-pages.ts";
import { schemaOf } from "./form.ts";

export const inboxLs = defineCommand({
  summary: "List the runs that wait for a person, those that wait longest first",
  details: [
    "Runs that are Paused or Suspended, for an answer or to be resumed; subflow runs, too.",
    "With --json: an array of flow runs; `state.details` has `inputSchema`, `inputDescription` and `pauseTimeoutAt`.",
  ],
  positionals: {},
  options: {
    flow: texts("NAME", "Only runs of this flow."),
    limit: wholeNumber("N", "At most so many.", { initial: 50, max: 1_000_000, short: "n" }),
  },
  examples: [{ command: "inbox ls", why: "what waits for me?" }],
  async run({ options }, context) {
    await using host = await context.openHost();
    const filter = {
      stateTypes: ["PAUSED"],
      ...(options.flow.length === 0 ? {} : { flowNames: options.flow }),
    } as const;
    const { limit } = options;
    const found = await readPages((page) => host.api.listFlowRuns(filter, "created-asc", page), { limit });
    const runs = found.toSorted((a, b) => a.state.at - b.state.at);
    const { out, json, times } = context;
    if (json) out.json(runs);
    else if (runs.length === 0) out.line("Nothing waits for you.");
    else {
      const table = renderTable(
        runs,
        [
          { title: "RUN", cell: ({ id }) => shortId(id) },
          { title: "FLOW", cell: ({ flowName }) => flowName, shrinksTo: 10 },
          { title: "NAME", cell: ({ name }) => name, shrinksTo: 8, leftOut: 1 },
          { title: "ASKS", cell: asks, shrinksTo: 16 },
          { title: "SINCE", cell: ({ state }) => times.short(state.at) },
          { title: "UNTIL", cell: ({ state }) => untilText(state.details?.pauseTimeoutAt, times) },
        ],
        { width: out.width, look: out.look },
      );
      out.lines([...table, "", out.look.paint.dim("millrace inbox inspect <run> shows the form of one.")]);
    }
    return undefined;
  },
});

function untilText(at: number | undefined, times: Times): string {
  return at === undefined ? "" : times.short(at);
}

function asks(run: FlowRun): string {
  const { inputDescription, pauseKey } = run.state.details ?? {};
  if (inputDescription !== undefined) return inputDescription;
  const what = schemaOf(run) === null ? "to be resumed" : "an answer";
  return pauseKey === undefined ? what : `${what} (${pauseKey})`;
}
