/** The options by which flow runs are chosen where many are changed at once, as a condition. */

import type { Condition } from "../contract/query.ts";
import { stateTypes } from "../contract/states.ts";
import { flag, text, texts } from "./arguments/options.ts";
import type { OptionValues } from "./arguments/parse.ts";
import { UsageProblem } from "./arguments/usage-problem.ts";
import { deployments } from "./object-lookups.ts";
import { splitStates } from "./state-names.ts";
import { parseSince } from "./since.ts";

export const runFilterOptions = {
  state: texts("STATE", "Runs in this state: a type such as FAILED, or a name such as Suspended; several by commas."),
  flow: texts("NAME", "Runs of this flow; may be given several times."),
  deployment: texts("NAME", "Runs of this deployment, as NAME or FLOW/NAME; may be given several times."),
  tag: texts("TAG", "Runs with this tag; several must all be there."),
  name: text("TEXT", "Runs whose name contains this."),
  since: text("TIME", "Runs created since: a duration such as 2h, or a date."),
  before: text("TIME", "Runs created before: a duration ago such as 2h, or a date."),
  subflows: flag("Subflow runs too."),
  allRuns: flag("Where nothing else says which: all of them."),
} as const;

/** @throws UsageProblem where nothing says which runs are meant */
export function toRunCondition(options: OptionValues<typeof runFilterOptions>, now: number): Condition {
  const { state, flow, deployment, tag, name, since, before, subflows, allRuns } = options;
  const chosen: readonly Condition[] = [
    ...stateConditions(state),
    ...(flow.length === 0 ? [] : [{ field: "flowName", in: flow }]),
    ...(deployment.length === 0 ? [] : [ofDeployments(deployment)]),
    ...(tag.length === 0 ? [] : [{ field: "tags", hasAll: tag }]),
    ...(name === undefined ? [] : [{ field: "name", contains: name }]),
    ...(since === undefined ? [] : [{ field: "createdAt", atLeast: parseSince(since, now) }]),
    ...(before === undefined ? [] : [{ field: "createdAt", below: parseSince(before, now) }]),
  ];
  if (chosen.length === 0 && !allRuns) {
    throw new UsageProblem(
      "no option says which runs are meant",
      "narrow it, for example --state FAILED --since 1d; or --all-runs",
    );
  }
  return { all: subflows ? chosen : [...chosen, { field: "parentRunId", isNull: true }] };
}

/** Runs of deployments that are called so. */
export function ofDeployments(names: readonly string[]): Condition {
  return { related: "deployment", where: { any: names.map((name) => deployments.named(name)) } };
}

/** Types are written in capitals in the ledger; anything else is a name. */
function stateConditions(written: readonly string[]): readonly Condition[] {
  const states = splitStates(written);
  if (states.length === 0) return [];
  const types = states.map((each) => each.toUpperCase()).filter((each) => stateTypes.some((type) => type === each));
  const names = states.filter((each) => !stateTypes.some((type) => type === each.toUpperCase()));
  return [
    {
      any: [
        { field: "stateType", in: types },
        { field: "stateName", in: names },
      ],
    },
  ];
}
