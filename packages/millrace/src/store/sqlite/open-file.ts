import { DatabaseSync } from "node:sqlite";
import { toStoreError } from "./errors.ts";
import { checkSqliteVersion } from "./sqlite-version.ts";

/** @throws LEDGER_UNWRITABLE, SQLITE_TOO_OLD */
export function openFile(path: string): DatabaseSync {
  checkSqliteVersion();
  try {
    return new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: false });
  } catch (error) {
    throw toStoreError(error, path);
  }
}
