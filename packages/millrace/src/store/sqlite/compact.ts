import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { MillraceError } from "../../contract/errors.ts";
import type { CompactedLedger, LedgerSpace } from "../../contract/store.ts";
import type { SqliteConnection } from "./connection.ts";

/** With the log beside it. What is free in it is used again, and given back by `compact`. */
export async function measureSpace(connection: SqliteConnection): Promise<LedgerSpace> {
  const { database, location } = connection;
  const row = await connection.attempt(() =>
    database.prepare("select freelist_count * page_size as free from pragma_freelist_count, pragma_page_size").get(),
  );
  const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return { sizeBytes: bytesOf(location) + bytesOf(`${location}-wal`), freeBytes: Number(row?.free) };
}

/**
 * Writes the file anew, without what is free in it. Others read meanwhile, and wait with what they write; it takes as much space again
 * until it is done.
 *
 * @throws LEDGER_FULL where there is not as much, LEDGER_BUSY
 */
export async function compact(connection: SqliteConnection): Promise<CompactedLedger> {
  const { database, location } = connection;
  const before = await measureSpace(connection);
  const { bavail, bsize } = statfsSync(dirname(location));
  // Once in a temporary file, once in the log.
  if (bavail * bsize < 2 * (before.sizeBytes - before.freeBytes)) throw new MillraceError("LEDGER_FULL", { location });
  await connection.attempt(() => {
    database.exec("pragma temp_store = file; vacuum; pragma temp_store = memory");
  });
  await connection.attempt(() => database.exec("pragma wal_checkpoint(truncate)"));
  return { beforeBytes: before.sizeBytes, afterBytes: (await measureSpace(connection)).sizeBytes };
}
