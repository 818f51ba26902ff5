import { describe } from "vitest";
import { testStore } from "../store.testsuite.ts";
import { makePostgresLedger, whyNot } from "./postgres-ledger.testsuite.ts";

describe.skipIf(whyNot !== "")(`a store in PostgreSQL${whyNot}`, () => {
  testStore(makePostgresLedger);
});
