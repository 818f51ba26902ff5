import type { SqliteConnection } from "./connection.ts";

/** Pages of the write-ahead log after which it is written back into the file, by the one that commits: 16 MiB. */
const manyPages = 4000;
/** For who must not be held up for long: 1 MiB, some ms of a disk of today. All commits take a tenth more of it. */
const fewPages = 250;
/** What is left of the write-ahead log's file after that. */
const walLimitBytes = 64 * 1024 * 1024;
const cacheKib = 16 * 1024;

/** In WAL mode `normal` syncs when the log is written back, `full` with every commit. */
export async function configure(
  connection: SqliteConnection,
  options: { readonly durability: "process" | "power"; readonly isServer: boolean },
): Promise<void> {
  const { database } = connection;
  const { durability, isServer } = options;
  await connection.attempt(() => {
    database.exec("pragma journal_mode = wal");
    database.exec(`
      pragma synchronous = ${durability === "power" ? "full" : "normal"};
      pragma wal_autocheckpoint = ${isServer ? fewPages : manyPages};
      pragma journal_size_limit = ${walLimitBytes};
      pragma cache_size = -${cacheKib};
      pragma temp_store = memory;`);
  });
}
