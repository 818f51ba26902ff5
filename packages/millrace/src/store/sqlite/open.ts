/** Opening a ledger in a SQLite file: pragmas, migrations, and a look at whether it is sound. */

import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Store } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { configure } from "./configure.ts";
import { createConnection } from "./connection.ts";
import { checkAtBoot, readLogBytes } from "./boot-check.ts";
import { openFile } from "./open-file.ts";
import { migrate } from "./migrate.ts";
import { createSqliteStore } from "./store.ts";

export interface SqliteStoreOptions {
  /** The file, made if it is not there; its folder must be. `:memory:` for a ledger that ends with the store. */
  readonly path: string;
  /** What a record outlives when `record` has resolved: the death of this process, or a loss of power too. */
  readonly durability: "process" | "power";
  readonly clock: Clock;
  /** How long a lock of another process is waited for, in ms. Default 30,000. */
  readonly busyTimeoutMs?: number;
  /** Whether others wait for this process while it writes: it writes less at a time then. Default false. */
  readonly isServer?: boolean;
}

/**
 * Opens the ledger, made or carried forward to this version's schema if need be.
 *
 * @throws LEDGER_NEWER, LEDGER_CORRUPT, LEDGER_UNWRITABLE, LEDGER_FULL, LEDGER_BUSY, SQLITE_TOO_OLD
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, durability, clock, busyTimeoutMs = 30_000, isServer = false } = options;
  const logBytes = readLogBytes(path);
  const database = openFile(path);
  try {
    const connection = createConnection({ database, location: path, clock, busyTimeoutMs });
    await configure(connection, { durability, isServer });
    if (isServer) await connection.attempt(() => checkAtBoot(database, { path, logBytes }));
    await migrate(connection, path);
    return createSqliteStore(connection, {
      openBeside: async (id) => {
        if (path === inMemory) return openSqliteStore(options);
        mkdirSync(folderBeside(path, id), { recursive: true, mode: 0o700 });
        return openSqliteStore({ ...options, path: pathBeside(path, id) });
      },
      dropBeside: async (id) => {
        if (path !== inMemory) rmSync(folderBeside(path, id), { recursive: true, force: true });
      },
    });
  } catch (error) {
    database.close();
    throw error;
  }
}

const inMemory = ":memory:";

/** @param id a UUID */
function folderBeside(path: string, id: string): string {
  return join(dirname(path), "workspaces", id);
}

/** The file of a workspace's ledger. @param path of the ledger that it is beside */
export function pathBeside(path: string, id: string): string {
  return join(folderBeside(path, id), "ledger.db");
}
