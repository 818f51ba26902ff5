import { functionsSql } from "./0001-functions.postgres.ts";
import { tablesSql } from "./0001-tables.postgres.ts";
import { functionsSql as functionsOfNounsSql } from "./0002-functions.postgres.ts";
import { nounsSql } from "./0002-nouns.postgres.ts";
import { recordSql } from "./0003-record.postgres.ts";
import { accessSql } from "./0004-access.postgres.ts";
import { auditCallsSql } from "./0005-audit-calls.postgres.ts";
import { loopIndexesSql } from "./0006-loop-indexes.postgres.ts";
import { lateBatchesSql } from "./0007-late-batches.postgres.ts";
import { workspacesSql } from "./0008-workspaces.postgres.ts";
import { servedVersionsSql } from "./0009-served-versions.postgres.ts";
import { locksByIdSql } from "./0010-locks-by-id.postgres.ts";
import type { Migration } from "./migration.ts";

/** From this version on a ledger says which older versions it serves. */
export const saysServedSince = 9;

/** Each schema version of the ledger in PostgreSQL, oldest first. `{schema}` and `{space}` are filled in. */
export const postgresMigrations: readonly Migration[] = [
  { version: 1, sql: tablesSql + functionsSql },
  // It drops the columns that the nouns take the place of.
  { version: 2, sql: nounsSql + functionsOfNounsSql, serves: 2 },
  // Its `record` answers in other words.
  { version: 3, sql: recordSql, serves: 3 },
  { version: 4, sql: accessSql },
  { version: 5, sql: auditCallsSql },
  { version: 6, sql: "", indexes: loopIndexesSql },
  { version: 7, sql: lateBatchesSql },
  { version: 8, sql: workspacesSql },
  { version: saysServedSince, sql: servedVersionsSql },
  { version: 10, sql: locksByIdSql },
];
