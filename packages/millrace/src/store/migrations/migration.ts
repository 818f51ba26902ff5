/** What a step of the schema is. Which steps there may be is told in README.md beside it. */

/** A step that carries a ledger from one schema version to the next. Steps that have been released never change what they make. */
export interface Migration {
  /** The version after it: 1, 2 … without a gap. */
  readonly version: number;
  readonly sql: string;
  /**
   * Statements `create index`, one a line, of columns that are there before this step. In a ledger that has rows each is built
   * before the step and apart from it, so that nobody waits for all of them. Default: none.
   */
  readonly indexes?: string;
  /**
   * The oldest version whose processes can go on with the ledger after this step, and can open it. Default: that of the step
   * before, for a step that only adds.
   */
  readonly serves?: number;
}

export interface Index {
  readonly name: string;
  readonly table: string;
  /** What comes after `create index`. */
  readonly definition: string;
}

/** All statements of a step, for a ledger that has no rows. */
export function wholeSql({ sql, indexes = "" }: Migration): string {
  return sql + indexes;
}

export function toIndexes({ indexes = "" }: Migration): readonly Index[] {
  return Array.from(indexes.matchAll(/^create index ((\w+) on (?:\{schema\}\.)?(\w+) .*);$/gm), (found) => {
    const [, definition = "", name = "", table = ""] = found;
    return { name, table, definition };
  });
}

/** The oldest version whose processes can use a ledger of this one. */
export function servedBy(migrations: readonly Migration[], version: number): number {
  return migrations.slice(0, version).findLast(({ serves }) => serves !== undefined)?.serves ?? 1;
}
