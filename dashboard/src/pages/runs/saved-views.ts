/** Filters of the list of runs that were kept under a name: objects of the ledger, marked as ours among other saved searches. */

import type { ObjectTypes } from "millrace/client";
import { readRunsSearch, type RunsSearch } from "./runs-search.ts";

type SavedSearch = ObjectTypes["saved-search"];

export interface SavedView {
  readonly id: string;
  readonly revision: number;
  readonly name: string;
  readonly search: RunsSearch;
  /** What the list opens with. */
  readonly isDefault: boolean;
}

const mark = "millrace.runs-view";

export function toFilters(search: RunsSearch, isDefault: boolean): object {
  return { kind: mark, search, isDefault };
}

/** Null for a search of another page or client. */
export function toView({ id, revision, name, filters }: SavedSearch): SavedView | null {
  if (typeof filters !== "object" || filters === null) return null;
  const { kind, search, isDefault } = filters as Readonly<Record<string, unknown>>;
  if (kind !== mark || typeof search !== "object" || search === null) return null;
  return {
    id,
    revision,
    name,
    search: readRunsSearch(search as Readonly<Record<string, unknown>>),
    isDefault: isDefault === true,
  };
}

/** Whether two show the same. */
export function isSameSearch(a: RunsSearch, b: RunsSearch): boolean {
  const sorted = (search: RunsSearch): string =>
    JSON.stringify(
      Object.entries(search)
        .map(
          ([name, value]) =>
            [
              name,
              Array.isArray(value) ? value.map(String).toSorted((x, y) => (x < y ? -1 : 1)) : (value as unknown),
            ] as const,
        )
        .toSorted(([x], [y]) => (x < y ? -1 : 1)),
    );
  return sorted(a) === sorted(b);
}
