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
  id: texts("ID", "This run, by its id in full; may be given several times. Subflow runs count then, too."),
  state: texts(
    "STATE",
    "Runs in this state: a type such as FAILED, a name such as Suspended, or both as FAILED:TimedOut; several by commas.",
  ),
  notState: texts("STATE", "But none in this state, written in the same way; several by commas."),
  flow: texts("NAME", "Runs of this flow; may be given several times."),
  deployment: texts("NAME", "Runs of this deployment, as NAME, FLOW/NAME or its id; may be given several times."),
  tag: texts("TAG", "Runs with this tag; several must all be there."),
  name: text("TEXT", "Runs whose name contains this."),
  search: text("TEXT", "Runs whose name, or that of their flow, contains this."),
  since: text("TIME", "Runs created since: a duration such as 2h, or a date."),
  before: text("TIME", "Runs created before: a duration ago such as 2h, or a date."),
  expectedSince: text("TIME", "Runs expected to begin since: a duration such as 2h, or a date."),
  expectedBefore: text("TIME", "Runs expected to begin before: a duration ago such as 2h, or a date."),
  subflows: flag("Subflow runs too."),
  allRuns: flag("Where nothing else says which: all of them."),
} as const;

type RunFilter = OptionValues<typeof runFilterOptions>;

/** @throws UsageProblem where nothing says which runs are meant */
export function toRunCondition(options: RunFilter, now: number): Condition {
  const { id, state, notState, flow, deployment, tag, name, search, subflows, allRuns } = options;
  const chosen: readonly Condition[] = [
    ...(id.length === 0 ? [] : [{ field: "id", in: id.map(toFullId) }]),
    ...(state.length === 0 ? [] : [inStates(state)]),
    ...(notState.length === 0 ? [] : [{ not: inStates(notState) }]),
    ...(flow.length === 0 ? [] : [{ field: "flowName", in: flow }]),
    ...(deployment.length === 0 ? [] : [ofDeployments(deployment)]),
    ...(tag.length === 0 ? [] : [{ field: "tags", hasAll: tag }]),
    ...(name === undefined ? [] : [{ field: "name", contains: name }]),
    ...(search === undefined ? [] : [{ any: ["name", "flowName"].map((field) => ({ field, contains: search })) }]),
    ...toSpan("createdAt", { since: options.since, before: options.before, now }),
    ...toSpan("expectedAt", { since: options.expectedSince, before: options.expectedBefore, now }),
  ];
  if (chosen.length === 0 && !allRuns) {
    throw new UsageProblem(
      "no option says which runs are meant",
      "narrow it, for example --state FAILED --since 1d; or --all-runs",
    );
  }
  return { all: subflows || id.length > 0 ? chosen : [...chosen, { field: "parentRunId", isNull: true }] };
}

/** The types and names that were written as states, to be looked up. */
export function statesOf({ state, notState }: Pick<RunFilter, "state" | "notState">): readonly string[] {
  return splitStates([...state, ...notState]).flatMap((each) => {
    const { type, name } = readState(each);
    return [type, name].filter((part) => part !== null);
  });
}

function toSpan(
  field: string,
  span: { readonly since: string | undefined; readonly before: string | undefined; readonly now: number },
): readonly Condition[] {
  const { since, before, now } = span;
  return [
    ...(since === undefined ? [] : [{ field, atLeast: parseSince(since, now) }]),
    ...(before === undefined ? [] : [{ field, below: parseSince(before, now) }]),
  ];
}

const fullId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function toFullId(written: string): string {
  if (fullId.test(written)) return written.toLowerCase();
  throw new UsageProblem(`--id takes an id in full, not \`${written}\``, "`millrace flow-run ls --json` shows ids");
}

/** Runs of deployments that are called so, or have this id. */
export function ofDeployments(references: readonly string[]): Condition {
  const ids = references.filter((each) => fullId.test(each)).map((each) => each.toLowerCase());
  const named: Condition = { related: "deployment", where: { any: references.map((each) => deployments.named(each)) } };
  // By its id also where the deployment itself is gone.
  return ids.length === 0 ? named : { any: [{ field: "deploymentId", in: ids }, named] };
}

function inStates(written: readonly string[]): Condition {
  return {
    any: splitStates(written).map((each): Condition => {
      const { type, name } = readState(each);
      const ofType: Condition = { field: "stateType", in: [type ?? ""] };
      const called: Condition = { field: "stateName", in: [name ?? ""] };
      if (type === null) return called;
      return name === null ? ofType : { all: [ofType, called] };
    }),
  };
}

/** Types are written in capitals in the ledger; anything else is a name. */
function readState(written: string): { readonly type: string | null; readonly name: string | null } {
  const [, before = "", name] = /^([^:]*)(?::(.*))?$/s.exec(written) ?? [];
  const type = stateTypes.find((each) => each === before.toUpperCase());
  return type === undefined ? { type: null, name: written } : { type, name: name ?? null };
}
