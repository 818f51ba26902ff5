import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { systemClock } from "../../kit/clock.ts";
import { tables, type TestLedger } from "../suite/ledger.testsuite.ts";
import { openSqliteStore } from "./open.ts";

/** A ledger in a file of a folder of its own. */
export async function makeSqliteLedger(): Promise<TestLedger & { readonly path: string }> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-sqlite-"));
  const path = join(folder, "ledger.db");
  return {
    path,
    open: () => openSqliteStore({ path, durability: "process", clock: systemClock }),
    clear: async () => {
      const database = new DatabaseSync(path);
      for (const table of tables) database.exec(`delete from ${table}`);
      database.close();
    },
    remove: async () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
