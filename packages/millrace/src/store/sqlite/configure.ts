import type { SqliteConnection } from "./connection.ts";

/** Pages of the write-ahead log after which it is written back into the file: 16 MiB. */
const checkpointPages = 4000;
/** What is left of the write-ahead log's file after that. */
const walLimitBytes = 64 * 1024 * 1024;
const cacheKib = 16 * 1024;

/** In WAL mode `normal` syncs when the log is written back, `full` with every commit. */
export async function configure(connection: SqliteConnection, durability: "process" | "power"): Promise<void> {
  const { database } = connection;
  await connection.attempt(() => {
    database.exec("pragma journal_mode = wal");
    database.exec(`
      pragma synchronous = ${durability === "power" ? "full" : "normal"};
      pragma wal_autocheckpoint = ${checkpointPages};
      pragma journal_size_limit = ${walLimitBytes};
      pragma cache_size = -${cacheKib};
      pragma temp_store = memory;`);
  });
}
