import { tablesSql } from "./0001-tables.sqlite.ts";
import type { Migration } from "./migration.ts";

/** Each schema version of the ledger in SQLite, oldest first. */
export const sqliteMigrations: readonly Migration[] = [{ version: 1, sql: tablesSql }];
