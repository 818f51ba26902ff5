import type { CompactedLedger, LedgerSpace } from "../../contract/store.ts";
import { copiedTables } from "../sql/copied-tables.ts";
import { describe } from "./check.ts";
import type { PostgresConnection } from "./connection.ts";

/** What rows that are gone take: PostgreSQL's own estimate, by their share of the rows. */
export async function measureSpace(connection: PostgresConnection): Promise<LedgerSpace> {
  const { sizeBytes } = await describe(connection);
  const [row] = await connection.query(
    `select coalesce(sum(pg_total_relation_size(relid) * n_dead_tup::double precision / greatest(n_live_tup + n_dead_tup, 1)), 0)
       as free from pg_stat_user_tables where schemaname = $1`,
    [connection.schema],
  );
  return { sizeBytes, freeBytes: Math.round(Number(row?.free)) };
}

/** What rows that are gone took is free for others then. The files stay as long as they are, unless their end is free. */
export async function compact(connection: PostgresConnection): Promise<CompactedLedger> {
  const before = await describe(connection);
  for (const { name } of copiedTables) {
    // A big table takes its time.
    await connection.query(`vacuum (analyze) ${connection.schema}.${name}`, [], { answerTimeoutMs: null });
  }
  return { beforeBytes: before.sizeBytes, afterBytes: (await describe(connection)).sizeBytes };
}
