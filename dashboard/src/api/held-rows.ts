/** A list that somebody reads: its rows stay where they are. What has changed in them changes in place, what is new waits. */

export interface HeldRows<T> {
  readonly rows: readonly T[];
  /** Keys of rows that are not in the list any more, though what is around them is: they are what they were last. */
  readonly past: ReadonlySet<string>;
  /** How many would be shown, if none were held. */
  readonly waiting: number;
  /** There may be more of them than have been read. */
  readonly isMore: boolean;
}

/**
 * @param shown what somebody reads
 * @param latest the list as it is now, from its beginning; what follows the last row of it that is shown is put after them
 * @param isDeleted of a key: such a row is not kept
 */
export function holdRows<T>(
  { shown, latest }: { readonly shown: readonly T[]; readonly latest: readonly T[] },
  {
    keyOf,
    isDeleted = () => false,
  }: {
    readonly keyOf: (row: T) => string;
    readonly isDeleted?: (key: string) => boolean;
  },
): HeldRows<T> {
  const places = new Map(latest.map((row, place) => [keyOf(row), place]));
  const kept = shown.filter((row) => places.has(keyOf(row)) || !isDeleted(keyOf(row)));
  const known = new Set(kept.map(keyOf));
  const last = kept.reduce((place, row) => Math.max(place, places.get(keyOf(row)) ?? -1), -1);
  const isNew = (row: T): boolean => !known.has(keyOf(row));
  if (last === -1 && kept.length > 0) {
    return { rows: kept, past: new Set(), waiting: latest.length, isMore: latest.length > 0 };
  }
  // Rows at the end that were pushed beyond what has been read are there still.
  const lastKept = kept.findLastIndex((row) => places.has(keyOf(row)));
  const past = kept.slice(0, lastKept).filter((row) => !places.has(keyOf(row)));
  return {
    rows: [...kept.map((row) => latest[places.get(keyOf(row)) ?? -1] ?? row), ...latest.slice(last + 1).filter(isNew)],
    past: new Set(past.map(keyOf)),
    waiting: latest.slice(0, last + 1).filter(isNew).length,
    isMore: false,
  };
}

/** All that have been read, with what is known of their beginning by now. */
export function peekRows<T>(
  { read, newest }: { readonly read: readonly T[]; readonly newest: readonly T[] },
  keyOf: (row: T) => string,
): Pick<HeldRows<T>, "rows" | "waiting" | "isMore"> {
  const now = new Map(newest.map((row) => [keyOf(row), row]));
  const known = new Set(read.map(keyOf));
  const waiting = newest.filter((row) => !known.has(keyOf(row))).length;
  return {
    rows: read.map((row) => now.get(keyOf(row)) ?? row),
    waiting,
    isMore: waiting > 0 && waiting === newest.length,
  };
}
