/** Which version the schema of a ledger has, and whether this version of the program can use it. */

import type { DatabaseSync } from "node:sqlite";
import { MillraceError } from "../../contract/errors.ts";
import type { SchemaVersion } from "../../contract/store.ts";
import { servedBy } from "../migrations/migration.ts";
import { saysServedSince, sqliteMigrations } from "../migrations/sqlite-migrations.ts";
import type { SqliteConnection } from "./connection.ts";

/** "MLRC" in the file's header says that it is a ledger. */
const applicationId = 0x4d4c5243;

/** The schema version that this code knows. */
export const knownVersion = sqliteMigrations.length;

/**
 * Zero for a file that has nothing in it. More than is known where a newer version of the program has carried it forward and it
 * still serves this one.
 *
 * @throws LEDGER_NEWER, and LEDGER_CORRUPT for a database that is no ledger
 */
export function readVersion({ database }: Pick<SqliteConnection, "database">, location: string): number {
  const header = database
    .prepare(
      `select user_version as version, application_id as application, (select count(*) from sqlite_schema) as objects
       from pragma_user_version, pragma_application_id`,
    )
    .get() as { readonly version: number; readonly application: number; readonly objects: number };
  const { version } = header;
  if (header.application !== applicationId && (header.objects > 0 || version > 0)) {
    throw new MillraceError("LEDGER_CORRUPT", { location, reason: "it is a database of another program" });
  }
  if (version > knownVersion && readServed(database, version) > knownVersion) {
    throw new MillraceError("LEDGER_NEWER", { location, found: version, known: knownVersion });
  }
  return version;
}

export function readSchemaVersion(database: DatabaseSync): SchemaVersion {
  const version = Number(database.prepare("pragma user_version").get()?.user_version);
  return { version, serves: readServed(database, version) };
}

/** A ledger that does not say it of this version serves no other. */
function readServed(database: DatabaseSync, version: number): number {
  if (version < saysServedSince) return version;
  const said = database.prepare("select serves from ledger_version where version = ?").get(version);
  return Number(said?.serves ?? version);
}

/** Says of a ledger which version it has now. */
export function setVersion(database: DatabaseSync, version: number): void {
  database.exec(`pragma user_version = ${version}; pragma application_id = ${applicationId}`);
  if (version < saysServedSince) return;
  database.exec(`update ledger_version set version = ${version}, serves = ${servedBy(sqliteMigrations, version)}`);
}
