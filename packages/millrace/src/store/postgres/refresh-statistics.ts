/**
 * PostgreSQL plans by what it knows of a table, and looks at one that grows a minute later at the soonest, where that is on at all. Of
 * a ledger that is new and fills fast it knows nothing until then, and goes through all runs of a flow for the newest of them.
 */

import type { PostgresConnection } from "./connection.ts";

/** Rows that were written since it was looked at: at least so many, and at least half of those that are there. */
const leastWritten = 500;
/** A look reads a part of a table only. In ms. */
const longestMs = 600_000;

/** Looks at the tables that have grown or changed much since somebody did. Reads a part of each; holds nobody up, and waits for nobody. */
export async function refreshStatistics(connection: PostgresConnection): Promise<number> {
  const { schema } = connection;
  const grown = await connection.query(
    `select relname as name from pg_stat_user_tables
     where schemaname = $1 and n_mod_since_analyze >= greatest($2::bigint, n_live_tup / 2) order by n_mod_since_analyze desc`,
    [schema, leastWritten],
  );
  for (const { name } of grown) {
    await connection.query(`analyze (skip_locked) ${schema}.${String(name)}`, [], { answerTimeoutMs: longestMs });
  }
  return grown.length;
}
