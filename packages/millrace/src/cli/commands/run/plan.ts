import type { CommandHost } from "../../../app/command-host.ts";
import type { CommandContext } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { plural } from "../../output/numbers.ts";
import { renderTable } from "../../output/table.ts";

type Call = Plan["calls"][number];
type Plan = Awaited<ReturnType<CommandHost["planFlow"]>>;

/** Names of a list that are written out; the others are counted. */
const maxNames = 4;

function listSome(names: readonly string[]): string {
  const some = names.slice(0, maxNames).join(", ");
  return names.length <= maxNames ? some : `${some} and ${names.length - maxNames} more`;
}

/** The calls that a dry run saw, in their order. */
export function printPlan(plan: Plan, { out, json }: CommandContext): void {
  if (json) return out.json(plan);
  const { look, width } = out;
  const isDescribed = plan.calls.some(({ description }) => description !== null);
  const table = renderTable(
    plan.calls,
    [
      { title: "CALL", cell: (call) => call.id, shrinksTo: 12 },
      { title: "KIND", cell: (call) => call.kind },
      { title: "TAKES", cell: (call) => listSome(call.dependsOn), shrinksTo: 10 },
      { title: "INPUTS", cell: (call) => call.inputPreview ?? "", shrinksTo: 10 },
      ...(isDescribed
        ? [{ title: "WHAT IT IS", cell: (call: Call) => call.description ?? "", shrinksTo: 16, leftOut: 1 }]
        : []),
    ],
    { width, look },
  );
  if (plan.description !== null) out.lines([cleanLine(plan.description), ""]);
  if (plan.calls.length > 0) out.lines([...table, ""]);
  out.line(`${plan.flow} would make ${plural(plan.calls.length, "call")}. Nothing has run.`);
  if (plan.endedBy !== null) {
    out.line(`The plan ends where the flow looks into a result that it does not have: ${cleanLine(plan.endedBy)}`);
  }
}
