/** What the list of runs shows, as it stands in the address: a saved view is nothing else. */

import type { Condition, FlowRunSort } from "millrace/client";
import { families, type Family } from "../../states/families.ts";

export interface RunsSearch {
  /** Families of states; none: all. */
  readonly state?: readonly Family[];
  readonly flow?: string;
  readonly deployment?: string;
  readonly tag?: string;
  /** In the name. */
  readonly q?: string;
  /** Only the newest so long: `1h`, `24h`, `7d`, `30d`. None: all. */
  readonly since?: Since;
  /** Expected in this time, in ms since the epoch; `to` itself not included. */
  readonly from?: number;
  readonly to?: number;
  readonly sort?: FlowRunSort;
  /** Runs of subflows too. */
  readonly subflows?: true;
}

export const sinceMs = { "1h": 3_600_000, "24h": 86_400_000, "7d": 604_800_000, "30d": 2_592_000_000 } as const;
export type Since = keyof typeof sinceMs;

/** To the minute, so that the same question is asked again. */
export const sinceAt = (since: Since, now: number): number => Math.floor((now - sinceMs[since]) / 60_000) * 60_000;

const sorts: readonly FlowRunSort[] = [
  "created-desc",
  "created-asc",
  "started-desc",
  "started-asc",
  "ended-desc",
  "expected-desc",
  "expected-asc",
  "name-asc",
  "name-desc",
];

/** Whatever somebody has typed into the address: what is none of ours is left out. */
export function readRunsSearch(given: Readonly<Record<string, unknown>>): RunsSearch {
  const state = [given.state].flat().filter((each): each is Family => families.includes(each as Family));
  const since = given.since as Since;
  const sort = given.sort as FlowRunSort;
  return {
    ...(state.length === 0 ? {} : { state }),
    ...textOf(given, "flow"),
    ...textOf(given, "deployment"),
    ...textOf(given, "tag"),
    ...textOf(given, "q"),
    ...(since in sinceMs ? { since } : {}),
    ...timeOf(given, "from"),
    ...timeOf(given, "to"),
    ...(sorts.includes(sort) ? { sort } : {}),
    ...(given.subflows === true ? { subflows: true as const } : {}),
  };
}

function textOf<Name extends string>(
  given: Readonly<Record<string, unknown>>,
  name: Name,
): { readonly [_ in Name]?: string } {
  const value = given[name];
  // A text of digits alone is read from an address as a number.
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? ({ [name]: text } as { readonly [_ in Name]: string }) : {};
}

function timeOf<Name extends string>(
  given: Readonly<Record<string, unknown>>,
  name: Name,
): { readonly [_ in Name]?: number } {
  const value = given[name];
  return typeof value === "number" && Number.isFinite(value)
    ? ({ [name]: value } as { readonly [_ in Name]: number })
    : {};
}

const late: Condition = { field: "stateName", in: ["Late", "AwaitingRetry"] };
const timedOut: Condition = { field: "stateName", in: ["TimedOut"] };
const isType = (...types: readonly string[]): Condition => ({ field: "stateType", in: types });

/** Which runs are of a family: the same as `lookOf`, as a question to the server. */
export const familyConditions: Readonly<Record<Family, Condition>> = {
  failed: { all: [isType("FAILED"), { not: timedOut }] },
  crashed: { any: [isType("CRASHED"), timedOut] },
  attention: { any: [isType("PAUSED"), late] },
  running: isType("RUNNING", "CANCELLING"),
  waiting: { all: [isType("SCHEDULED", "PENDING"), { not: late }] },
  completed: isType("COMPLETED"),
  inert: isType("CANCELLED"),
};

/** Everything but the states, for the counts beside them. */
export function toScope(search: RunsSearch, now: number): Condition {
  const { flow, deployment, tag, q, since, from, to, subflows } = search;
  return {
    all: [
      ...(flow === undefined ? [] : [{ field: "flowName", in: [flow] }]),
      ...(deployment === undefined ? [] : [{ field: "deploymentId", in: [deployment] }]),
      ...(tag === undefined ? [] : [{ field: "tags", hasAll: [tag] }]),
      ...(q === undefined
        ? []
        : [
            {
              any: [
                { field: "name", contains: q },
                { field: "flowName", contains: q },
              ],
            },
          ]),
      ...(since === undefined ? [] : [{ field: "expectedAt", atLeast: sinceAt(since, now) }]),
      ...(from === undefined ? [] : [{ field: "expectedAt", atLeast: from }]),
      ...(to === undefined ? [] : [{ field: "expectedAt", below: to }]),
      ...(subflows === true ? [] : [{ field: "parentRunId", isNull: true }]),
    ],
  };
}

export function toCondition(search: RunsSearch, now: number): Condition {
  const scope = toScope(search, now);
  if (search.state === undefined) return scope;
  return { all: [scope, { any: search.state.map((family) => familyConditions[family]) }] };
}
