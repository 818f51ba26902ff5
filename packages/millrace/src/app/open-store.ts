import { join } from "node:path";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { makeHomeFolder } from "./home-folder.ts";
import type { Settings } from "./settings.ts";

/** What says where the ledger is, and how it is opened. Plain data: it can be posted to a thread. */
export interface StoreLocation extends Pick<Settings, "home" | "database" | "durability"> {
  /** Connections to PostgreSQL at most. Default: the store's own. */
  readonly poolSize?: number;
  /** How long a locked SQLite file is waited for, in ms. Default: the store's own. */
  readonly busyTimeoutMs?: number;
  /** Whether others wait for this process while it writes. Default false. */
  readonly isServer?: boolean;
}

/**
 * Opens the ledger, and makes it if need be: the PostgreSQL of `database`, else SQLite in the home folder. Only the code of
 * the one that is opened is loaded.
 *
 * @throws LEDGER_UNWRITABLE, LEDGER_NEWER, LEDGER_CORRUPT, LEDGER_BUSY, DATABASE_UNREACHABLE, PACKAGE_MISSING
 */
export async function openStore(location: StoreLocation, clock: Clock): Promise<Store> {
  const { home, database, durability, poolSize, busyTimeoutMs, isServer = false } = location;
  if (database !== null) {
    const { openPostgresStore } = await import("../store/postgres/open.ts");
    return openPostgresStore({ url: database, clock, durability, ...(poolSize === undefined ? {} : { poolSize }) });
  }
  makeHomeFolder(home);
  const { openSqliteStore } = await import("../store/sqlite/open.ts");
  const path = ledgerPath(home);
  const patience = busyTimeoutMs === undefined ? {} : { busyTimeoutMs };
  return openSqliteStore({ path, durability, clock, isServer, ...patience });
}

/** The SQLite file of a home. */
export function ledgerPath(home: string): string {
  return join(home, "ledger.db");
}
