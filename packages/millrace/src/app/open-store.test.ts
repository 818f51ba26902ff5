import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Store } from "../contract/store.ts";
import { systemClock } from "../kit/clock.ts";
import { makePostgresLedger, whyNot } from "../store/postgres/postgres-ledger.testsuite.ts";
import { ledgerPath, openStore, type StoreLocation } from "./open-store.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "millrace-open-"));

function open(home: string, database: string | null = null): Promise<Store> {
  const location: StoreLocation = { home, database, durability: "process", poolSize: 2, busyTimeoutMs: 5000 };
  return openStore(location, systemClock);
}

/** Writes into one store and reads from another of the same ledger. */
async function expectSharedLedger(home: string, database: string | null): Promise<void> {
  const one = await open(home, database);
  await one.writeSecret({ name: "where", sealed: "here", at: 1 });
  const other = await open(home, database);
  expect(await other.readSecret("where")).toMatchObject({ sealed: "here" });
  await Promise.all([one.close(), other.close()]);
}

describe("opening the ledger", () => {
  test("makes a SQLite file in the home folder, which is its owner's", async () => {
    const home = join(newFolder(), "new", "home");
    await expectSharedLedger(home, null);
    expect(statSync(ledgerPath(home)).isFile()).toBe(true);
    // Windows keeps rights elsewhere.
    expect((statSync(home).mode & 0o777).toString(8)).toBe(process.platform === "win32" ? "666" : "700");
  });

  test("says where it cannot be", async () => {
    const file = join(newFolder(), "file");
    writeFileSync(file, "");
    await expect(open(join(file, "home"))).rejects.toEqual(
      expect.objectContaining({
        code: "LEDGER_UNWRITABLE",
        message: `The ledger at ${join(file, "home")} cannot be written: a file is where the folder should be.`,
      }),
    );
  });

  test("says that a file is no ledger", async () => {
    const home = newFolder();
    writeFileSync(ledgerPath(home), "not a database, and long enough to be looked at as if it were one".repeat(100));
    await expect(open(home)).rejects.toEqual(expect.objectContaining({ code: "LEDGER_CORRUPT" }));
  });
});

describe.skipIf(whyNot !== "")(`opening a ledger on PostgreSQL${whyNot}`, () => {
  test("takes the database, and makes nothing in the home folder", async () => {
    const ledger = await makePostgresLedger();
    const home = join(newFolder(), "home");
    await expectSharedLedger(home, ledger.url);
    expect(statSync(home, { throwIfNoEntry: false })).toBeUndefined();
    await ledger.remove();
  });
});
