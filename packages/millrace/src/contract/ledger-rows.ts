/**
 * A ledger as rows, for copies that no database's own format binds: what is exported from one ledger and imported into
 * another. Whole tables, ids as texts, everything else as it is kept.
 */

/** By column; a column that is null is not there. */
export type LedgerRow = Readonly<Record<string, string | number>>;

/** What is left out of a copy. */
export interface RowSelection {
  /** Runs made before this time, in ms UTC, with all that is theirs; other records of what happened before it, too. */
  readonly since?: number;
  /** Only runs of flows of these names, by the name of the uppermost run. What belongs to no run is there all the same. */
  readonly flowNames?: readonly string[];
  readonly withoutLogs?: boolean;
  /** Secrets, blocks and passwords, which are sealed or hashed. */
  readonly withoutSecrets?: boolean;
}

/** The ledger as it is at one moment. */
export interface RowReader {
  /** The tables that are copied, with their columns in order: what a row refers to comes before it, and a run after all that is its own. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /** Part by part, in the order in which the ledger first saw them. */
  walk(table: string, selection: RowSelection): AsyncIterable<readonly LedgerRow[]>;
}

/** How far an import is; kept in the ledger with each part. */
export interface ImportState {
  /** Rows of the file that have been dealt with. */
  readonly rowsDone: number;
  readonly isDone: boolean;
  /** The numbers of the events that were imported, as ranges: nobody acts on what happened elsewhere. */
  readonly eventRanges: readonly (readonly [first: number, last: number])[];
  /** The highest numbers of tables whose rows have no id, from before the import. */
  readonly before: Readonly<Record<string, number>>;
}

export interface RowWriter {
  readonly tables: ReadonlyMap<string, readonly string[]>;
  readImport(importId: string): Promise<ImportState | null>;
  /** Begins, or begins anew. */
  startImport(importId: string, at: number): Promise<ImportState>;
  /**
   * In one transaction: writes the rows that are not there yet, and how far the import is. What belongs to a run that is there
   * is left out, so that the run stays what it is.
   *
   * @throws LEDGER_BUSY when another process goes on with the same import
   */
  writeRows(part: {
    readonly importId: string;
    readonly state: ImportState;
    readonly table: string;
    readonly rows: readonly LedgerRow[];
    readonly at: number;
  }): Promise<{ readonly state: ImportState; readonly written: number }>;
  finishImport(importId: string, state: ImportState, at: number): Promise<void>;
  /** How many of these rows the ledger has already, by their ids. */
  countKnown(table: string, rows: readonly LedgerRow[]): Promise<number>;
}

const allNames = "ledger-import ";

/** The name under which the state of an import is kept. */
export function importName(importId: string): string {
  return `${allNames}${importId}`;
}

/** Names of all imports begin so. */
export const importNames = allNames;
