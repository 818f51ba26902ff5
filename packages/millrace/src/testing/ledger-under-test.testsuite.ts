/**
 * The ledgers of suites that say nothing of a database, and so run on each: SQLite in memory, or PostgreSQL where
 * MILLRACE_TEST_LEDGER says so.
 */

import { createTestLedger as createLedger } from "./create-test-ledger.ts";
import type { TestLedger, TestLedgerOptions } from "./test-ledger.ts";

const name = process.env.MILLRACE_TEST_LEDGER ?? "sqlite";
if (name !== "sqlite" && name !== "postgres") {
  throw new Error(`MILLRACE_TEST_LEDGER is ${name}; it is sqlite or postgres`);
}

/** Tests of SQLite's own files are skipped then. */
export const isOnPostgres = name === "postgres";

/** The database of this test run, as `createTestLedger()` takes it. */
export function databaseUnderTest(): "memory" | `postgres://${string}` {
  if (!isOnPostgres) return "memory";
  const { MILLRACE_TEST_POSTGRES_URL: url, MILLRACE_TEST_POSTGRES_SKIPPED: reason } = process.env;
  // It was asked for, so that a run without one must not look as if it had passed.
  if (url === undefined) throw new Error(`There is no PostgreSQL to test on: ${reason}`);
  return url as `postgres://${string}`;
}

/** `createTestLedger()`, in the database of this test run. */
export async function createTestLedger(options: TestLedgerOptions = {}): Promise<TestLedger> {
  return createLedger({ database: databaseUnderTest(), ...options });
}
