import { describe } from "vitest";
import { testAgainstModel } from "../model.testsuite.ts";
import { testNounsAgainstModel } from "../nouns-model.testsuite.ts";
import { makePostgresLedger, whyNot } from "./postgres-ledger.testsuite.ts";

describe.skipIf(whyNot !== "")(`a store in PostgreSQL${whyNot}`, () => {
  testAgainstModel(makePostgresLedger);
  testNounsAgainstModel(makePostgresLedger);
});
