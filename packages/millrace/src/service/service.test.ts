import { describe } from "vitest";
import { makePostgresLedger, whyNot } from "../store/postgres/postgres-ledger.testsuite.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import { testApi } from "./api.testsuite.ts";
import { serviceOver } from "./suite/api-under-test.testsuite.ts";

describe("the service over SQLite", () => {
  testApi(serviceOver(makeSqliteLedger));
});

describe.skipIf(whyNot !== "")(`the service over PostgreSQL${whyNot}`, () => {
  testApi(serviceOver(makePostgresLedger));
});
