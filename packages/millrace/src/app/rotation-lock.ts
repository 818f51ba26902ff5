/** One rotation of a home's key at a time. The lock is the system's, on a file of SQLite: it ends with its process, however that ends. */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MillraceError } from "../contract/errors.ts";
import { makeHomeFolder } from "./home-folder.ts";

/** @throws KEY_ROTATION_REFUSED where another process has it, LEDGER_UNWRITABLE */
export function takeRotationLock(home: string): Disposable {
  makeHomeFolder(home);
  const database = new DatabaseSync(join(home, "secrets.lock"), { timeout: 0 });
  try {
    database.exec("begin exclusive");
  } catch (cause) {
    database.close();
    throw new MillraceError(
      "KEY_ROTATION_REFUSED",
      { reason: "another process does so now", advice: "Wait for it; what it leaves, the next rotation goes on with." },
      { cause },
    );
  }
  return { [Symbol.dispose]: () => database.close() };
}
