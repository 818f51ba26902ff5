import { MillraceError } from "../../contract/errors.ts";
import { uuidFromHash } from "../../kit/ids.ts";
import { sqliteMigrations } from "../migrations/sqlite-migrations.ts";
import type { SqliteConnection } from "./connection.ts";

/** "MLRC" in the file's header says that it is a ledger. */
const applicationId = 0x4d4c5243;

/** The schema version that this code knows. */
export const knownVersion = sqliteMigrations.length;

/**
 * Carries the ledger forward, each step in a transaction of its own. Of several processes that open a new ledger at once one
 * does it, and the others find it done.
 *
 * @throws LEDGER_NEWER, and LEDGER_CORRUPT for a database that is no ledger
 */
export async function migrate(connection: SqliteConnection, location: string): Promise<void> {
  const read = (): number => readVersion(connection, location);
  let version = await connection.attempt(read);
  if (version === knownVersion) return;
  connection.database.function("uuid_of", { deterministic: true }, (text) => uuidFromHash(String(text)));
  while (version !== knownVersion) {
    version = await connection.write(() => {
      const found = read();
      const step = sqliteMigrations[found];
      if (step === undefined) return found;
      connection.database.exec(step.sql);
      connection.database.exec(`pragma user_version = ${step.version}; pragma application_id = ${applicationId}`);
      return step.version;
    });
  }
}

/** Zero for a file that has nothing in it. @throws LEDGER_NEWER, and LEDGER_CORRUPT for a database that is no ledger */
export function readVersion({ database }: SqliteConnection, location: string): number {
  const header = database
    .prepare(
      `select user_version as version, application_id as application, (select count(*) from sqlite_schema) as objects
       from pragma_user_version, pragma_application_id`,
    )
    .get() as { readonly version: number; readonly application: number; readonly objects: number };
  if (header.application !== applicationId && (header.objects > 0 || header.version > 0)) {
    throw new MillraceError("LEDGER_CORRUPT", { location, reason: "it is a database of another program" });
  }
  if (header.version > knownVersion) {
    throw new MillraceError("LEDGER_NEWER", { location, found: header.version, known: knownVersion });
  }
  return header.version;
}
