/**
 * Rows, places and numbers of lines. A place is where a line is in the list that is read; its number where it is in the
 * log without the filters for level and text, which is what people see and links name.
 *
 *   all lines:            row = place = number
 *   filtered:             row = place, and the server tells the number of each
 *   filtered, and around: place = number, and rows are those places that are shown
 */

import type { LogMatches } from "millrace/client";
import { lowerBound, withAround } from "./logs-search.ts";

export interface LogRows {
  readonly count: number;
  placeOf(row: number): number;
  /** Null where it is not known (yet). */
  numberOf(row: number): number | null;
  /** The row of a line, or of the next one that is shown. */
  rowOf(number: number): number;
  /** Whether it is what the filter leaves, and lines around it are shown too. */
  isMatch(row: number): boolean;
  /** Lines are left out between it and the row before. */
  isAfterGap(row: number): boolean;
}

export interface RowsOf {
  /** Of the list that is read. */
  readonly total: number;
  /** The lines that a filter leaves, by their numbers; null when nothing is filtered, or it is not known yet. */
  readonly kept: Pick<LogMatches, "ordinals" | "total"> | null;
  readonly around: number;
}

export function createLogRows({ total, kept, around }: RowsOf): LogRows {
  if (kept !== null && around > 0) {
    const places = withAround(kept.ordinals, around, kept.total);
    return {
      count: places.length,
      placeOf: (row) => places[row] ?? 0,
      numberOf: (row) => places[row] ?? null,
      rowOf: (number) => Math.min(places.length - 1, lowerBound(places, number)),
      isMatch: (row) => {
        const place = places[row] ?? -1;
        return kept.ordinals[lowerBound(kept.ordinals, place)] === place;
      },
      isAfterGap: (row) => row > 0 && (places[row] ?? 0) !== (places[row - 1] ?? 0) + 1,
    };
  }
  const numbers = kept?.ordinals ?? null;
  return {
    count: total,
    placeOf: (row) => row,
    numberOf: (row) => (numbers === null ? row : (numbers[row] ?? null)),
    rowOf: (number) => Math.max(0, Math.min(total - 1, numbers === null ? number : lowerBound(numbers, number))),
    isMatch: () => false,
    isAfterGap: () => false,
  };
}

/** The next in an ascending list after a value, or the one before it; around its ends. Null when the list is empty. */
export function neighbour(values: readonly number[], from: number | null, step: 1 | -1): number | null {
  if (values.length === 0) return null;
  if (from === null) return (step === 1 ? values[0] : values.at(-1)) ?? null;
  const at = lowerBound(values, from);
  const next = step === -1 ? at - 1 : values[at] === from ? at + 1 : at;
  return values[(next + values.length) % values.length] ?? null;
}
