/**
 * Carrying a ledger forward. Others read meanwhile, as the ledger was; who writes waits for one transaction at a time. Killed at
 * any point, whoever opens it next goes on. What a step may be is told in migrations/README.md.
 */

import { uuidFromHash } from "../../kit/ids.ts";
import { type Migration, toIndexes, wholeSql } from "../migrations/migration.ts";
import { sqliteMigrations } from "../migrations/sqlite-migrations.ts";
import type { SqliteConnection } from "./connection.ts";
import { knownVersion, readVersion, setVersion } from "./schema-version.ts";

/** Between two transactions, in ms: who waits for the lock looks for it more often. */
const letOthersMs = 50;

/**
 * Makes the ledger, in one transaction, or carries it forward, each index and each step in one of its own. Of several processes
 * that open it at once one does it, and the others find it done. A ledger of a newer version that serves this one stays as it is.
 *
 * @throws LEDGER_NEWER, LEDGER_BUSY, LEDGER_FULL, and LEDGER_CORRUPT for a database that is no ledger
 */
export async function migrate(connection: SqliteConnection, location: string): Promise<void> {
  const { database, clock } = connection;
  const read = (): number => readVersion(connection, location);
  let version = await connection.attempt(read);
  if (version >= knownVersion) return;
  database.function("uuid_of", { deterministic: true }, (text) => uuidFromHash(String(text)));
  while (version < knownVersion) {
    const from = version;
    const steps = from === 0 ? sqliteMigrations : sqliteMigrations.slice(from, from + 1);
    if (from > 0) await buildIndexes(connection, { steps, isDone: () => read() !== from });
    version = await connection.write(() => {
      const found = read();
      if (found !== from) return found;
      for (const step of steps) database.exec(from === 0 ? wholeSql(step) : step.sql);
      const last = steps.at(-1)?.version ?? from;
      setVersion(database, last);
      return last;
    });
    if (from > 0 && version < knownVersion) await clock.sleep(letOthersMs);
  }
}

/** Those that a process has built that was killed afterwards are there. */
async function buildIndexes(
  connection: SqliteConnection,
  { steps, isDone }: { readonly steps: readonly Migration[]; readonly isDone: () => boolean },
): Promise<void> {
  const { database, clock } = connection;
  for (const { definition } of steps.flatMap(toIndexes)) {
    // What millions of rows are sorted by is more than is kept in memory.
    database.exec("pragma temp_store = file");
    await connection.write(() => {
      if (!isDone()) database.exec(`create index if not exists ${definition}`);
    });
    database.exec("pragma temp_store = memory");
    await clock.sleep(letOthersMs);
  }
}
