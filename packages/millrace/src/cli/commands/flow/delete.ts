import type { Api } from "../../../contract/api.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { Flow } from "../../../contract/objects.ts";
import { isTerminal, stateTypes } from "../../../contract/states.ts";
import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { flowArgument, flows } from "../../object-lookups.ts";
import { plural } from "../../output/numbers.ts";

export const flowDelete = defineCommand({
  summary: "Delete a flow with its deployments and all of its runs",
  details: [
    "Says first what would be deleted, and asks. The code stays where it is: the next run of it makes the flow anew.",
    'With --json: `{ "deleted": [ids], "deployments": n, "flowRuns": n }`.',
  ],
  positionals: { flow: required(flowArgument) },
  options: {
    yes: flag("Do not ask.", { short: "y" }),
    dryRun: flag("Only say what would be deleted."),
    force: flag("Also when runs of it have not ended."),
  },
  examples: [
    { command: "flow delete etl --dry-run", why: "what would go?" },
    { command: "flow delete etl", why: "says what goes, and asks" },
  ],
  async run({ args, options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const flow = await findObject(api, args.flow, flows);
    const { living, ...counts } = await countAll(api, flow);
    if (living > 0 && !options.force && !options.dryRun) {
      throw new MillraceError("USAGE", {
        reason: `${plural(living, "run")} of ${flow.name} ${living === 1 ? "has" : "have"} not ended`,
        advice: "Cancel them first, or add --force.",
      });
    }
    const { out, json } = context;
    const what = `flow ${flow.name} with ${plural(counts.deployments, "deployment")} and ${plural(counts.flowRuns, "flow run")}`;
    if (options.dryRun) {
      if (json) out.json({ deleted: [], ...counts });
      else out.line(`Would delete ${what}.`);
      return undefined;
    }
    await confirm({ question: `Delete ${what}?`, isSure: options.yes }, context);
    const isDeleted = await api.deleteObject("flow", flow.id);
    if (json) out.json({ deleted: isDeleted ? [flow.id] : [], ...counts });
    else out.line(`Deleted ${what}.`);
    return undefined;
  },
});

async function countAll(
  api: Api,
  { id, name }: Flow,
): Promise<{ readonly deployments: number; readonly flowRuns: number; readonly living: number }> {
  const deployments = await api.count("deployment", { field: "flowId", in: [id] });
  const counts = await api.countFlowRuns({ flowNames: [name] });
  const sum = (types: readonly (typeof stateTypes)[number][]): number =>
    types.reduce((all, type) => all + (counts[type] ?? 0), 0);
  return { deployments, flowRuns: sum(stateTypes), living: sum(stateTypes.filter((type) => !isTerminal(type))) };
}
