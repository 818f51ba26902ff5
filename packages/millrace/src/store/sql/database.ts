/** What the shared statements need of a database. */

import type { Fragment } from "./fragment.ts";
import type { Pace } from "./pace.ts";

/** A row as its driver gives it: numbers, texts (UUIDs too), nulls. */
export type Row = Readonly<Record<string, unknown>>;

/** Statements of a transaction: yields one at a time and gets its rows. */
export type Steps<T> = Generator<Fragment, T, readonly Row[]>;

export interface SqlDatabase {
  /** @param prepareAs names a query that is asked often and whose text is always the same: it is planned once */
  all(query: Fragment, prepareAs?: string): Promise<readonly Row[]>;
  /** Runs statements in one transaction. Returns how many rows each of them changed. */
  run(...statements: readonly Fragment[]): Promise<readonly number[]>;
  /**
   * Runs the statements of `steps` in one transaction. Each gives its rows (those that it returns, where it changes some), of
   * which the next ones may be made. `steps` is begun anew if the transaction lost a race, so it does nothing else.
   */
  runSteps<T>(steps: () => Steps<T>): Promise<T>;
  /** The columns of a table, each as `name`. */
  listColumns(table: string): Fragment;
  /** For what goes through very many rows. */
  startPace(): Pace;
  /** What a transaction must begin with that writes events by `run`. */
  readonly beforeEvents: readonly Fragment[];
  /** What a `select` ends with that is to keep others from changing its rows until the transaction ends. */
  readonly forUpdate: Fragment;
  /** Whether a statement failed because a row would have had what must be another's own. */
  isDuplicate(error: unknown): boolean;
}
