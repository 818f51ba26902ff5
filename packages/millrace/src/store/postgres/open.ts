/** Opening a ledger in PostgreSQL. */

import type { Store } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Pool } from "pg";
import { dropSchema } from "./beside.ts";
import { createConnection } from "./connection.ts";
import { besideLocation, type PostgresLocation, toPostgresLocation } from "./location.ts";
import { migrate } from "./migrate.ts";
import { createPool } from "./pool.ts";
import { createPostgresStore } from "./store.ts";

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:5432/database`. `?schema=name` puts the ledger into another schema than `millrace`. */
  readonly url: string;
  readonly clock: Clock;
  /** Connections at most. Default 10. */
  readonly poolSize?: number;
  /** Both are the same here: each commit is on disk before it is answered. It takes a setting of the server to weaken that. */
  readonly durability?: "process" | "power";
}

/**
 * Opens the ledger, made or carried forward to this version's schema if need be. Needs the package `pg`.
 *
 * @throws DATABASE_UNREACHABLE, LEDGER_NEWER, LEDGER_UNWRITABLE, LEDGER_FULL, LEDGER_BUSY, SETTING_INVALID, PACKAGE_MISSING
 */
export async function openPostgresStore({ url, clock, poolSize = 10 }: PostgresStoreOptions): Promise<Store> {
  const location = toPostgresLocation(url);
  const pool = await createPool(location, poolSize);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await pool.end();
  };
  try {
    return await openOver(pool, { location, clock, close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** A ledger over connections that others may use too. */
async function openOver(
  pool: Pool,
  options: { readonly location: PostgresLocation; readonly clock: Clock; readonly close: () => Promise<void> },
): Promise<Store> {
  const { location, clock, close } = options;
  const connection = createConnection({ location, clock, pool });
  await migrate(connection, { location, clock });
  return createPostgresStore(connection, location, {
    openBeside: (id) => openOver(pool, { location: besideLocation(location, id), clock, close: async () => undefined }),
    dropBeside: (id) => dropSchema(connection, besideLocation(location, id).schema),
    close,
  });
}
