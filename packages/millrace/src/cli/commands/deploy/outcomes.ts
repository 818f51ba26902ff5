/** What a deployment that was made or changed is shown as. */

import type { DeployOutcome, FieldChange } from "../../../contract/serving.ts";
import type { CommandContext } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";

const verbs = { made: "Made", changed: "Changed", unchanged: "Unchanged" } as const;
const wouldVerbs = { made: "Would make", changed: "Would change", unchanged: "Unchanged" } as const;

/** A hash or a schema says nothing to people: that it is another one is enough. */
const maxShown = 60;

export function printOutcomes(
  outcomes: readonly DeployOutcome[],
  { isDryRun }: { readonly isDryRun: boolean },
  { out, json }: CommandContext,
): void {
  if (json) return out.json(outcomes);
  const words = isDryRun ? wouldVerbs : verbs;
  for (const { name, outcome, changes, steps } of outcomes) {
    if (isDryRun) for (const { phase, does } of steps) out.line(cleanLine(`Would ${phase}: ${does}`));
    out.line(cleanLine(`${words[outcome]} ${name}`));
    if (outcome === "changed") for (const change of changes) out.line(cleanLine(`  ${describeChange(change)}`));
  }
  const [first] = outcomes;
  if (!isDryRun && outcomes.length === 1 && first !== undefined) {
    out.line(cleanLine(`\`millrace deployment run ${first.name}\` runs it.`));
  }
}

export function describeChange({ field, from, to }: FieldChange): string {
  const [before, after] = [show(from), show(to)];
  return before.length > maxShown || after.length > maxShown
    ? `${field}: is another`
    : `${field}: ${before} → ${after}`;
}

function show(value: unknown): string {
  return value === null || value === undefined ? "none" : JSON.stringify(value);
}
