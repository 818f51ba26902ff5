/** A change of the runs that the list shows, or of those that are chosen in it, as a command that means just those. */

import type { FlowRunAction } from "millrace/client";
import { toCommand } from "../../format/shell.ts";
import type { Family } from "../../states/families.ts";
import { type RunsSearch, sinceAt } from "./runs-search.ts";

/** Runs that a command names one by one: a line that is longer is read and checked by nobody. */
const maxIds = 50;

interface FamilyStates {
  readonly types: readonly string[];
  /** What counts to the family whatever its type. */
  readonly names?: readonly string[];
  /** What counts to another family, by its name. */
  readonly elsewhere?: { readonly names: readonly string[]; readonly family: Family };
}

/** The same as `familyConditions`. */
const states: Readonly<Record<Family, FamilyStates>> = {
  failed: { types: ["FAILED"], elsewhere: { names: ["TimedOut"], family: "crashed" } },
  crashed: { types: ["CRASHED"], names: ["TimedOut"] },
  attention: { types: ["PAUSED"], names: ["Late", "AwaitingRetry"] },
  running: { types: ["RUNNING", "CANCELLING"] },
  waiting: { types: ["SCHEDULED", "PENDING"], elsewhere: { names: ["Late", "AwaitingRetry"], family: "attention" } },
  completed: { types: ["COMPLETED"] },
  inert: { types: ["CANCELLED"] },
};

export interface BulkCommandRequest {
  readonly action: FlowRunAction;
  readonly search: RunsSearch;
  /** Those that are chosen one by one; null: all that are listed. */
  readonly ids: readonly string[] | null;
  /** When the question was asked whose answer is listed. */
  readonly now: number;
}

/** Null where no command says the same: too many are chosen, or a filter is none that the command line can be given. */
export function toBulkCommand({ action, search, ids, now }: BulkCommandRequest): string | null {
  const which = ids === null ? whichMatch(search, now) : ids.length > maxIds ? null : ids.flatMap((id) => ["--id", id]);
  return which === null ? null : toCommand("flow-run", "bulk", action, ...which, "--dry-run");
}

/** One run, as `toBulkCommand` names it. */
export const toRetryCommand = (flowRunId: string): string => toCommand("flow-run", "bulk", "retry", "--id", flowRunId);

function whichMatch(search: RunsSearch, now: number): readonly string[] | null {
  const { state = [], flow, deployment, tag, q, since, from, to, subflows } = search;
  // Of two times from which on, the later one is what counts.
  const begins = [...(since === undefined ? [] : [sinceAt(since, now)]), ...(from === undefined ? [] : [from])];
  const after = begins.length === 0 ? null : toDate(Math.max(...begins));
  const before = to === undefined ? null : toDate(to);
  if (after === undefined || before === undefined) return null;
  if (deployment !== undefined && !isId.test(deployment)) return null;
  const which = [
    ...toStates(state),
    ...option("--flow", flow),
    ...option("--deployment", deployment),
    ...option("--tag", tag),
    ...option("--search", q),
    ...option("--expected-since", after),
    ...option("--expected-before", before),
  ];
  return [...(which.length === 0 ? ["--all-runs"] : which), ...(subflows === true ? ["--subflows"] : [])];
}

const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function toStates(chosen: readonly Family[]): readonly string[] {
  if (chosen.length === 0) return [];
  const included = chosen.flatMap((family) => [...states[family].types, ...(states[family].names ?? [])]);
  const left = chosen.flatMap((family) => {
    const { types, elsewhere } = states[family];
    if (elsewhere === undefined || chosen.includes(elsewhere.family)) return [];
    // With the type where another family is chosen too, of which such a name may be.
    if (chosen.length === 1) return elsewhere.names;
    return types.flatMap((type) => elsewhere.names.map((name) => `${type}:${name}`));
  });
  return ["--state", included.join(","), ...(left.length === 0 ? [] : ["--not-state", left.join(",")])];
}

/** As one word where it would be read as an option of its own. */
function option(name: string, value: string | null | undefined): readonly string[] {
  if (value === null || value === undefined) return [];
  return value.startsWith("-") ? [`${name}=${value}`] : [name, value];
}

/** Undefined for a time that the command line does not read: those begin with a year of four digits. */
function toDate(time: number): string | undefined {
  const date = new Date(time);
  const text = Number.isNaN(date.getTime()) ? "" : date.toISOString();
  return /^\d{4}-/.test(text) ? text : undefined;
}
