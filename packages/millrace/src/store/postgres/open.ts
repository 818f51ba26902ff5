/** Opening a ledger in PostgreSQL. */

import type { Store } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";
import { createConnection } from "./connection.ts";
import { toPostgresLocation } from "./location.ts";
import { migrate } from "./migrate.ts";
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
 * @throws DATABASE_UNREACHABLE, LEDGER_NEWER, LEDGER_UNWRITABLE, SETTING_INVALID, PACKAGE_MISSING
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, clock, poolSize = 10 } = options;
  const connection = await createConnection({ location: toPostgresLocation(url), clock, poolSize });
  try {
    await migrate(connection);
    return createPostgresStore(connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
}
