import { describe } from "vitest";
import { testAgainstModel } from "../model.testsuite.ts";
import { testNounsAgainstModel } from "../nouns-model.testsuite.ts";
import { makeSqliteLedger } from "./sqlite-ledger.testsuite.ts";

describe("a store in SQLite", () => {
  testAgainstModel(makeSqliteLedger);
  testNounsAgainstModel(makeSqliteLedger);
});
