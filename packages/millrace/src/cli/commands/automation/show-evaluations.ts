/** What an automation was evaluated to, as a table. */

import type { KeptEvaluation } from "../../../contract/evaluations.ts";
import type { CommandContext } from "../../command.ts";
import type { Paint, Style } from "../../output/paint.ts";
import { type Column, renderTable } from "../../output/table.ts";

export function showEvaluations(
  evaluations: readonly KeptEvaluation[],
  name: string,
  { out, json, times }: CommandContext,
): void {
  if (json) {
    out.json(evaluations);
    return;
  }
  if (evaluations.length === 0) {
    out.line(`No evaluation of ${name} is kept.`);
    return;
  }
  const forEach: Column<KeptEvaluation> = { title: "FOR", cell: ({ key }) => key.join(", "), shrinksTo: 12 };
  const isSplit = evaluations.some(({ key }) => key.length > 0);
  const columns: readonly Column<KeptEvaluation>[] = [
    { title: "AT", cell: ({ at }) => times.short(at) },
    {
      title: "OUTCOME",
      cell: ({ outcome }) => outcome,
      style: ({ outcome }) => styleOf(outcome, out.look.paint),
    },
    ...(isSplit ? [forEach] : []),
    { title: "WHY", cell: ({ text }) => text, shrinksTo: 16 },
    { title: "TIMES", cell: ({ count }) => String(count), align: "right" },
  ];
  out.lines(renderTable(evaluations, columns, { width: out.width, look: out.look }));
}

function styleOf(outcome: KeptEvaluation["outcome"], paint: Paint): Style {
  if (outcome === "fired") return paint.green;
  return outcome === "failed" ? paint.red : paint.dim;
}
