/** A step that carries a ledger from one schema version to the next. Steps that have been released never change. */
export interface Migration {
  /** The version after it: 1, 2 … without a gap. */
  readonly version: number;
  readonly sql: string;
}
