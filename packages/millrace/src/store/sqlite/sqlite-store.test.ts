import { describe } from "vitest";
import { testStore } from "../store.testsuite.ts";
import { makeSqliteLedger } from "./sqlite-ledger.testsuite.ts";

describe("a store in SQLite", () => {
  testStore(makeSqliteLedger);
});
