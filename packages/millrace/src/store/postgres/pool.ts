/** The connections to a database. */

import type pgModule from "pg";
import type { Pool } from "pg";
import { MillraceError } from "../../contract/errors.ts";
import { importOptional, ModuleMissing } from "../../kit/late.ts";
import { defaultSchema, type PostgresLocation } from "./location.ts";

const connectTimeoutMs = 10_000;
/** A new connection has to plan the statements anew, so one that may be needed again is kept a while. */
const idleTimeoutMs = 60_000;
/** After so long without a word the network asks whether the database's host is still there: by itself it does after hours. */
const askAfterMs = 10_000;
/** The type of `bigint`, which the driver would give as a text. Ours stay below 2^53. */
const int8Oid = 20;

/** What connections are called in the database's own list of them: by it is seen who has a ledger open. */
export function applicationName(schema: string): string {
  return schema === defaultSchema ? "millrace" : `millrace ${schema}`;
}

/** The connections to a database: of one ledger, or of several in schemas of their own. PACKAGE_MISSING */
export async function createPool({ connectionString, schema }: PostgresLocation, poolSize: number): Promise<Pool> {
  const { default: pg } = await importPg();
  const pool: Pool = new pg.Pool({
    connectionString,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    // A program that has nothing else to do ends.
    allowExitOnIdle: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: askAfterMs,
    application_name: applicationName(schema),
    types: {
      getTypeParser: (oid, format) => (oid === int8Oid ? Number : pg.types.getTypeParser(oid, format as "text")),
    },
  });
  // An idle connection that ends is replaced by the next query, which is told of it if that does not work.
  pool.on("error", () => undefined);
  return pool;
}

async function importPg(): Promise<{ readonly default: typeof pgModule }> {
  try {
    return await importOptional<{ readonly default: typeof pgModule }>("pg", "A ledger in PostgreSQL");
  } catch (error) {
    if (!(error instanceof ModuleMissing)) throw error;
    throw new MillraceError("PACKAGE_MISSING", { feature: "A ledger in PostgreSQL", package: "pg" }, { cause: error });
  }
}
