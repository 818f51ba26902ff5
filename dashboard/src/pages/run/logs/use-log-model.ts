/** What a log shows for what stands in the address: the list that is read, its rows, and where the matches are. */

import type { LogFilter } from "millrace/client";
import { useMemo } from "react";
import { createLogRows, type LogRows } from "./log-rows.ts";
import { isFiltered, lowerBound, type LogScope, type LogsSearch, toBase, toListed } from "./logs-search.ts";
import { type Found, useFound } from "./use-found.ts";
import { type LogList, useLogList } from "./use-log-list.ts";
import { useTaskRunIds } from "./use-tasks.ts";

/** Of more lines only errors are marked at the side: a search of so many keeps a server busy for a second. */
const maxForWarnings = 300_000;

/** While lines come, the log is searched again so often, in ms; one with many lines, which takes long, less often. */
const searchMs = 5000;
const searchManyMs = 30_000;
const manyLines = 100_000;

export interface LogModel {
  readonly list: LogList | null;
  /** The list is of the filter that is asked for now, and no longer of the one before. */
  readonly isCurrent: boolean;
  readonly error: unknown;
  /** Null while the tasks that are asked for are looked up. */
  readonly base: LogFilter | null;
  readonly filter: LogFilter | null;
  readonly rows: LogRows;
  /** It is known which lines there are. */
  readonly isKnown: boolean;
  /** Rows that `find` is in, ascending; null while they are looked up. */
  readonly hits: readonly number[] | null;
  readonly isCut: boolean;
  /** Numbers of lines. */
  readonly errors: Found | null;
  readonly warnings: Found | null;
}

export function useLogModel(scope: LogScope, search: LogsSearch, { isLive }: { readonly isLive: boolean }): LogModel {
  const taskRunIds = useTaskRunIds(scope, search.of);
  const { level, find, only } = search;
  const isKept = isFiltered(search);
  const around = isKept ? (search.around ?? 0) : 0;
  const scopeKey = JSON.stringify(scope);
  // The scope by its value.
  const base = useMemo(
    () => (taskRunIds === undefined ? null : toBase(scope, search, taskRunIds)),
    [scopeKey, taskRunIds, search.attempt, search.logger, search.since, search.until],
  );
  const filter = base === null ? null : toListed(base, search);
  const { list, error } = useLogList(filter, { isLive });
  const isCurrent = list !== null && list.key === JSON.stringify(filter);

  const everyMs = isLive ? ((list?.total ?? 0) > manyLines ? searchManyMs : searchMs) : null;
  const kept = useFound({
    of: isKept ? base : null,
    everyMs,
    ...(only === true && find !== undefined ? { text: find } : {}),
    ...(level === undefined ? {} : { minLevel: level }),
  });
  const isMarking = find !== undefined && only !== true;
  const marked = useFound({ of: isMarking ? filter : null, everyMs, ...(find === undefined ? {} : { text: find }) });
  // After what is shown: these are read from the whole log.
  const isShown = isCurrent && list.total > 0;
  const errors = useFound({ of: isShown ? base : null, minLevel: "error", everyMs });
  const hasWarnings = isShown && errors !== null && list.total <= maxForWarnings;
  const warnings = useFound({ of: hasWarnings ? base : null, minLevel: "warn", everyMs });

  const keptNow = kept === null || kept.isStale ? null : kept;
  const total = list?.total ?? 0;
  const rows = useMemo(() => {
    // Nothing is shown as long as it is not known what a filter leaves, with the lines around it.
    const isUnknown = isKept && around > 0 && keptNow === null;
    return createLogRows({ total: isUnknown ? 0 : total, kept: isKept ? keptNow : null, around });
  }, [total, isKept, keptNow, around]);

  const hits = useMemo(() => {
    if (find === undefined) return [];
    if (only === true) return keptNow === null ? null : keptNow.ordinals.map((number) => rows.rowOf(number));
    if (marked === null || marked.isStale) return null;
    if (around === 0) return marked.ordinals;
    return marked.ordinals
      .map((place) => rows.rowOf(place))
      .filter((row, at) => rows.placeOf(row) === marked.ordinals[at]);
  }, [find, only, keptNow, marked, around, rows]);

  return {
    list,
    isCurrent,
    error,
    base,
    filter,
    rows,
    isKnown: isCurrent && (!isKept || around === 0 || keptNow !== null),
    hits,
    isCut: (only === true ? keptNow : marked)?.isCut ?? false,
    errors: errors?.isStale === true ? null : errors,
    warnings: warnings?.isStale === true ? null : warnings,
  };
}

/** Numbers of lines as rows, without those that are not shown. */
export function toRows(
  rows: LogRows,
  numbers: readonly number[],
  { isAll }: { readonly isAll: boolean },
): readonly number[] {
  if (isAll) return numbers;
  return numbers.map((number) => rows.rowOf(number)).filter((row, at) => rows.numberOf(row) === numbers[at]);
}

export function indexOf(values: readonly number[], value: number): number | null {
  const at = lowerBound(values, value);
  return values[at] === value ? at : null;
}
