/** Failures by what is the same in them: the ledger is asked anew for each page, as its groups have no rows of their own. */

import { MillraceError } from "../contract/errors.ts";
import {
  type FailureGroup,
  type FailureGroups,
  type FailureGroupsRequest,
  maxFailures,
  maxSearchedTaskRuns,
} from "../contract/failures.ts";
import type { PageRequest } from "../contract/records.ts";
import type { Store } from "../contract/store.ts";
import { groupFailures as toGroups } from "../rules/group-failures.ts";

const defaultGroups = 50;
const maxGroups = 500;

export async function groupFailures(
  store: Store,
  { since, where = { all: [] }, page = {} }: FailureGroupsRequest,
): Promise<FailureGroups> {
  const { failures, isCut } = await store.findFailures({
    since,
    where,
    max: maxFailures,
    maxSearched: maxSearchedTaskRuns,
  });
  return { ...toPage(toGroups(failures), page), isCut };
}

/** A cursor is the time and the fingerprint of the last group: failures that come between two pages move no group out of it. */
function toPage(
  groups: readonly FailureGroup[],
  { limit = defaultGroups, cursor, offset = 0 }: PageRequest,
): Pick<FailureGroups, "items" | "next"> {
  if (!Number.isInteger(limit) || limit < 1) throw usage(`A page of ${limit} groups cannot be had`);
  const after = cursor == null ? null : fromCursor(cursor);
  const left = (after === null ? groups : groups.filter((group) => comesAfter(group, after))).slice(offset);
  const items = left.slice(0, Math.min(limit, maxGroups));
  const last = items.at(-1);
  return { items, next: last === undefined || left.length === items.length ? null : toCursor(last) };
}

type Place = Pick<FailureGroup, "lastAt" | "fingerprint">;

function comesAfter(group: Place, place: Place): boolean {
  return group.lastAt < place.lastAt || (group.lastAt === place.lastAt && group.fingerprint > place.fingerprint);
}

function toCursor({ lastAt, fingerprint }: Place): string {
  return `${lastAt}~${fingerprint}`;
}

function fromCursor(cursor: string): Place {
  const [, time, fingerprint] = /^(\d+(?:\.\d+)?)~([0-9a-f]+)$/.exec(cursor) ?? [];
  if (time === undefined || fingerprint === undefined)
    throw usage(`The cursor \`${cursor}\` does not continue this list`);
  return { lastAt: Number(time), fingerprint };
}

function usage(reason: string): MillraceError {
  return new MillraceError("USAGE", { reason, advice: `Ask for 1 to ${maxGroups} groups, at first without a cursor.` });
}
