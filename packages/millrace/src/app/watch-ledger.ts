/** Tells when a process has written to the SQLite ledger of a home folder, so that it need not be asked all the time. */

import { watch } from "node:fs";

export interface LedgerWatch {
  /** False where the system cannot tell: then it has to be asked. */
  readonly isTold: boolean;
  close(): void;
}

const untold: LedgerWatch = { isTold: false, close: () => undefined };

/** @param onWrite called for each write, of this process too; a write that was undone counts */
export function watchLedger(home: string, onWrite: () => void): LedgerWatch {
  try {
    // Of the folder: the write-ahead log comes and goes.
    const watcher = watch(home, { persistent: false }, (_, name) => {
      if (name === null || name.startsWith("ledger.db")) onWrite();
    });
    // A folder that is gone has no writes.
    watcher.on("error", () => watcher.close());
    return { isTold: true, close: () => watcher.close() };
  } catch {
    return untold;
  }
}
