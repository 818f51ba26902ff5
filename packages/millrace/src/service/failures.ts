/** Failures by what is the same in them: the ledger is asked anew for each page, as its groups have no rows of their own. */

import { MillraceError } from "../contract/errors.ts";
import {
  type FailedRun,
  type FailedRunsRequest,
  type FailureGroupRef,
  type FailureGroups,
  type FailureGroupsRequest,
  maxFailures,
  maxSearchedTaskRuns,
} from "../contract/failures.ts";
import type { Condition } from "../contract/query.ts";
import type { Page, PageRequest } from "../contract/records.ts";
import type { FailuresFound, Store } from "../contract/store.ts";
import { failedRunsOf, groupFailures as toGroups } from "../rules/group-failures.ts";

/** Of a page. */
const defaultGroups = 50;
const maxGroups = 500;
const defaultRuns = 100;
const maxRuns = 1000;

export async function groupFailures(
  store: Store,
  { since, where, page = {} }: FailureGroupsRequest,
): Promise<FailureGroups> {
  const { failures, isCut } = await find(store, { since, where });
  const placeOf = ({ lastAt, fingerprint }: { readonly lastAt: number; readonly fingerprint: string }): Place => ({
    at: lastAt,
    key: fingerprint,
  });
  const options = { of: "groups", page, placeOf, usual: defaultGroups, max: maxGroups } as const;
  return { ...toPage(toGroups(failures), options), isCut };
}

export async function listFailedRuns(
  store: Store,
  { fingerprint, since, where, page = {} }: FailedRunsRequest,
): Promise<Page<FailedRun>> {
  const { failures } = await find(store, { since, where });
  const placeOf = ({ at, flowRunId }: FailedRun): Place => ({ at, key: flowRunId });
  const options = { of: "runs", page, placeOf, usual: defaultRuns, max: maxRuns } as const;
  return toPage(failedRunsOf(failures, fingerprint), options);
}

/** The flow runs of a group, as a condition on flow runs. */
export async function toFailureCondition(
  store: Pick<Store, "findFailures">,
  { fingerprint, since }: FailureGroupRef,
  where: Condition,
): Promise<Condition> {
  const { failures } = await find(store, { since, where });
  return { field: "id", in: failedRunsOf(failures, fingerprint).map(({ flowRunId }) => flowRunId) };
}

function find(
  store: Pick<Store, "findFailures">,
  { since, where = { all: [] } }: { readonly since: number; readonly where: Condition | undefined },
): Promise<FailuresFound> {
  return store.findFailures({ since, where, max: maxFailures, maxSearched: maxSearchedTaskRuns });
}

/** Where something stands in its list: the last comes first, and of the same time what sorts first. */
interface Place {
  readonly at: number;
  readonly key: string;
}

/** A cursor is the place of the last one: failures that come between two pages move nothing out of them. */
function toPage<Item>(
  all: readonly Item[],
  options: {
    /** What the list is of, so that the cursor of another is not taken for one of it. */
    readonly of: "groups" | "runs";
    readonly page: PageRequest;
    readonly placeOf: (item: Item) => Place;
    readonly usual: number;
    readonly max: number;
  },
): Page<Item> {
  const { of, placeOf, usual, max } = options;
  const { limit = usual, cursor, offset = 0 } = options.page;
  if (!Number.isInteger(limit) || limit < 1) throw usage(`A page of ${limit} cannot be had`, max);
  const after = cursor == null ? null : fromCursor(cursor, { of, max });
  const left = (after === null ? all : all.filter((item) => comesAfter(placeOf(item), after))).slice(offset);
  const items = left.slice(0, Math.min(limit, max));
  const last = items.at(-1);
  return { items, next: last === undefined || left.length === items.length ? null : toCursor(of, placeOf(last)) };
}

function comesAfter(one: Place, other: Place): boolean {
  return one.at < other.at || (one.at === other.at && one.key > other.key);
}

function toCursor(of: string, { at, key }: Place): string {
  return `${of}~${at}~${key}`;
}

function fromCursor(cursor: string, { of, max }: { readonly of: string; readonly max: number }): Place {
  const [, list, time, key] = /^(\w+)~(\d+(?:\.\d+)?)~([0-9a-f-]+)$/.exec(cursor) ?? [];
  if (list !== of || time === undefined || key === undefined)
    throw usage(`The cursor \`${cursor.slice(0, 200)}\` does not continue this list`, max);
  return { at: Number(time), key };
}

function usage(reason: string, max: number): MillraceError {
  return new MillraceError("USAGE", { reason, advice: `Ask for 1 to ${max}, at first without a cursor.` });
}
