/** The ledger of a suite of the server, the service or the loops, where the test run has its ledgers. */

import { databaseUnderTest, isOnPostgres } from "../testing/ledger-under-test.testsuite.ts";
import { makePostgresLedger } from "./postgres/postgres-ledger.testsuite.ts";
import { makeSqliteLedger } from "./sqlite/sqlite-ledger.testsuite.ts";
import type { TestLedger } from "./suite/ledger.testsuite.ts";

export async function makeLedger(): Promise<TestLedger> {
  // Throws where there is none.
  databaseUnderTest();
  return isOnPostgres ? makePostgresLedger() : makeSqliteLedger();
}
