/** Putting another file into the place of a ledger's, which nobody may have open meanwhile. */

import { existsSync, linkSync, renameSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { isMillraceError, MillraceError } from "../../contract/errors.ts";
import type { Clock } from "../../kit/clock.ts";
import { createConnection } from "./connection.ts";
import { openFile } from "./open-file.ts";
import { standAlone } from "./snapshot.ts";

/** A process that is just ending is waited for so long, in ms. */
const patienceMs = 1000;
/** What SQLite keeps beside a file: the log of what is not in it yet, and the index of that. */
const besideFile = ["-wal", "-shm"] as const;

/**
 * Replaces the file at `path` by the file `by`, in one step: whoever opens it finds the old one or the new one. The old one
 * is `keepAs` then, whole and without a log; one that is too damaged for that keeps its log beside it.
 *
 * @returns whether there was an old one
 * @throws LEDGER_IN_USE when another connection has it open, LEDGER_UNWRITABLE
 */
export async function replaceLedgerFile(options: {
  readonly path: string;
  readonly by: string;
  readonly keepAs: string;
  readonly clock: Clock;
}): Promise<boolean> {
  const { path, by, keepAs, clock } = options;
  if (!existsSync(path)) {
    // A log of a file that is gone would be taken for the new one's.
    moveBeside(path, keepAs);
    renameSync(by, path);
    return false;
  }
  const old = openFile(path);
  try {
    if (!(await lockOut(old, { path, clock }))) moveBeside(path, keepAs);
    linkSync(path, keepAs);
    renameSync(by, path);
    return true;
  } finally {
    old.close();
  }
}

/** Keeps all others from the file while it is open here. False for a file that is too damaged to be locked. */
async function lockOut(
  database: DatabaseSync,
  { path, clock }: { readonly path: string; readonly clock: Clock },
): Promise<boolean> {
  const connection = createConnection({ database, location: path, clock, busyTimeoutMs: patienceMs });
  try {
    await connection.attempt(() => {
      // Refused as long as another connection is open, even one that does nothing.
      standAlone(database);
      database.exec("begin exclusive");
    });
    return true;
  } catch (error) {
    if (isMillraceError(error, "LEDGER_CORRUPT")) return false;
    if (!isMillraceError(error, "LEDGER_BUSY")) throw error;
    throw new MillraceError("LEDGER_IN_USE", { location: path, who: "" }, { cause: error });
  }
}

function moveBeside(path: string, keepAs: string): void {
  for (const end of besideFile) if (existsSync(path + end)) renameSync(path + end, keepAs + end);
}
