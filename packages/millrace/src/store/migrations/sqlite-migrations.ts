import { tablesSql } from "./0001-tables.sqlite.ts";
import { nounsSql } from "./0002-nouns.sqlite.ts";
import { accessSql } from "./0003-access.sqlite.ts";
import { auditCallsSql } from "./0004-audit-calls.sqlite.ts";
import { loopIndexesSql } from "./0005-loop-indexes.sqlite.ts";
import { workspacesSql } from "./0006-workspaces.sqlite.ts";
import { servedVersionsSql } from "./0007-served-versions.sqlite.ts";
import type { Migration } from "./migration.ts";

/** From this version on a ledger says which older versions it serves. */
export const saysServedSince = 7;

/** Each schema version of the ledger in SQLite, oldest first. They may call `uuid_of(text)`, the UUID of a text. */
export const sqliteMigrations: readonly Migration[] = [
  { version: 1, sql: tablesSql },
  // It drops the columns that the nouns take the place of.
  { version: 2, sql: nounsSql, serves: 2 },
  { version: 3, sql: accessSql },
  { version: 4, sql: auditCallsSql },
  { version: 5, sql: "", indexes: loopIndexesSql },
  { version: 6, sql: workspacesSql },
  { version: saysServedSince, sql: servedVersionsSql },
];
