/** What the shared statements need of a database. */

import type { Fragment } from "./fragment.ts";

/** A row as its driver gives it: numbers, texts (UUIDs too), nulls. */
export type Row = Readonly<Record<string, unknown>>;

export interface SqlDatabase {
  /** @param prepareAs names a query that is asked often and whose text is always the same: it is planned once */
  all(query: Fragment, prepareAs?: string): Promise<readonly Row[]>;
  /** Runs statements in one transaction. Returns how many rows each of them changed. */
  run(...statements: readonly Fragment[]): Promise<readonly number[]>;
}
