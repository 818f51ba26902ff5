/** The ledgers of tests: in memory, in a file that others may open too, or in a schema of its own in PostgreSQL. */

import type { Store } from "../contract/store.ts";
import { systemClock } from "../kit/clock.ts";
import { shortId } from "../kit/ids.ts";
import { openStore } from "./open-store.ts";
import { readSettings, type Settings } from "./settings.ts";

export interface ThrowAwayStore {
  readonly store: Store;
  readonly settings: Settings;
  /** Closes the store. What was only made for it in a database is gone then; its home folder is the caller's. */
  close(): Promise<void>;
}

/**
 * The settings are the defaults, whatever is set for the person who runs the test: no test writes to a ledger that is in use.
 *
 * @param database `memory`, `file`, or the URL of a PostgreSQL, where a schema is made and dropped at the end
 * @param home a folder for the file, and for large results
 */
export async function openThrowAwayStore(options: {
  readonly database: string;
  readonly home: string;
}): Promise<ThrowAwayStore> {
  const { database, home } = options;
  const isPostgres = database !== "memory" && database !== "file";
  const url = isPostgres ? withSchema(database, `millrace_test_${shortId()}`) : undefined;
  const settings = readSettings({
    env: {},
    cwd: home,
    home,
    live: "off",
    ...(url === undefined ? {} : { database: url }),
  });
  const store = database === "memory" ? await openInMemory() : await openStore(settings, systemClock);
  return {
    store,
    settings,
    async close() {
      await store.close();
      if (url !== undefined) await dropSchema(url);
    },
  };
}

async function openInMemory(): Promise<Store> {
  const { openSqliteStore } = await import("../store/sqlite/open.ts");
  return openSqliteStore({ path: ":memory:", durability: "process", clock: systemClock });
}

function withSchema(database: string, schema: string): string {
  const url = URL.parse(database);
  // What is no URL is refused by the setting, in better words.
  if (url === null) return database;
  url.searchParams.set("schema", schema);
  return url.href;
}

async function dropSchema(url: string): Promise<void> {
  const { createConnection } = await import("../store/postgres/connection.ts");
  const { createPool } = await import("../store/postgres/pool.ts");
  const { toPostgresLocation } = await import("../store/postgres/location.ts");
  const location = toPostgresLocation(url);
  const pool = await createPool(location, 1);
  const connection = createConnection({ location, clock: systemClock, pool });
  try {
    await connection.query(`drop schema if exists "${location.schema}" cascade`);
  } finally {
    await pool.end();
  }
}
