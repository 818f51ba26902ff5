import { ledgerSql } from "./0001-ledger.postgres.ts";
import type { Migration } from "./migration.ts";

/** Each schema version of the ledger in PostgreSQL, oldest first. `{schema}` and `{space}` are filled in. */
export const postgresMigrations: readonly Migration[] = [{ version: 1, sql: ledgerSql }];
