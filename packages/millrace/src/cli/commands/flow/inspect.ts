import type { Api } from "../../../contract/api.ts";
import type { FlowRun } from "../../../contract/flow-run.ts";
import type { Deployment, Flow } from "../../../contract/objects.ts";
import { type StateType, stateTypes } from "../../../contract/states.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { flowArgument, flows } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { formatCount } from "../../output/numbers.ts";
import { renderRuns } from "../../runs-table.ts";
import { withPage } from "../../with-page.ts";

const maxRuns = 5;

export const flowInspect = withPage(
  defineCommand({
    summary: "Show a flow: its deployments, how its runs have ended, the last of them",
    details: ["With --json: the flow, with `deployments` and `runCounts` (runs by the type of their state)."],
    positionals: { flow: required(flowArgument) },
    options: {},
    examples: [{ command: "flow inspect etl", why: "how does it go?" }],
    async run({ args }, context) {
      await using host = await context.openHost();
      const { api } = host;
      const flow = await findObject(api, args.flow, flows);
      const where = { field: "flowId", in: [flow.id] };
      const deployments = (await api.listObjects("deployment", { where }, { limit: 1000 })).items;
      const runCounts = await api.countFlowRuns({ flowNames: [flow.name] });
      if (context.json) context.out.json({ ...flow, deployments, runCounts });
      else print({ flow, deployments, runCounts, runs: await lastRuns(api, flow) }, context);
      return undefined;
    },
  }),
  { kind: "flow", find: async (api, { flow }) => (await findObject(api, flow, flows)).id },
);

async function lastRuns(api: Api, { name }: Flow): Promise<readonly FlowRun[]> {
  return (await api.listFlowRuns({ flowNames: [name] }, "created-desc", { limit: maxRuns })).items;
}

interface Known {
  readonly flow: Flow;
  readonly deployments: readonly Deployment[];
  readonly runCounts: Readonly<Partial<Record<StateType, number>>>;
  readonly runs: readonly FlowRun[];
}

function print({ flow, deployments, runCounts, runs }: Known, context: CommandContext): void {
  const { out, times } = context;
  const counts = stateTypes.flatMap((type) => {
    const count = runCounts[type] ?? 0;
    return count === 0 ? [] : [`${formatCount(count)} ${type.toLowerCase()}`];
  });
  out.lines(
    renderFacts(
      [
        ["Flow", out.look.paint.bold(cleanLine(flow.name))],
        ["Id", flow.id],
        ["Tags", flow.tags.length === 0 ? null : cleanLine(flow.tags.join(", "))],
        ["First seen", times.long(flow.createdAt)],
        ["Deployments", deployments.length === 0 ? "none" : cleanLine(deployments.map(({ name }) => name).join(", "))],
        ["Runs", counts.length === 0 ? "none" : counts.join(", ")],
      ],
      out,
    ),
  );
  if (runs.length > 0) out.lines(["", out.look.paint.dim("Last runs"), ...renderRuns(runs, context)]);
}
