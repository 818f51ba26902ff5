import { describe } from "vitest";
import { testApi } from "../service/api.testsuite.ts";
import { serviceOver } from "../service/suite/api-under-test.testsuite.ts";
import { makePostgresLedger, whyNot } from "../store/postgres/postgres-ledger.testsuite.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import { putHttpBefore } from "./over-http.testsuite.ts";

describe("a client of a server over SQLite", () => {
  testApi(serviceOver(makeSqliteLedger, putHttpBefore));
});

describe.skipIf(whyNot !== "")(`a client of a server over PostgreSQL${whyNot}`, () => {
  testApi(serviceOver(makePostgresLedger, putHttpBefore));
});
