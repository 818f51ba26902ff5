/** What is asked of a ledger that a program of an older version has left. */
export interface OldLedger {
  /** Of the rows that it had at first: how many, and a checksum, a table. */
  digest(): Promise<readonly string[]>;
  /** What it is made of, to be compared with that of another. */
  schema(): Promise<unknown>;
  /** Whether an index is half built. */
  isHalfway(): Promise<boolean>;
  close(): Promise<void>;
}
