/**
 * This version's code on a ledger that the next version has carried forward by everything that a step may add: whatever a store does
 * must go on, for servers are upgraded one after another. At night: it is the whole suite again.
 */

import { DatabaseSync } from "node:sqlite";
import { describe } from "vitest";
import { testStore } from "../store.testsuite.ts";
import { knownVersion } from "./schema-version.ts";
import { makeSqliteLedger } from "./sqlite-ledger.testsuite.ts";

async function makeNewerLedger(): ReturnType<typeof makeSqliteLedger> {
  const ledger = await makeSqliteLedger();
  await (await ledger.open()).close();
  using database = new DatabaseSync(ledger.path);
  const tables = database.prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'");
  for (const { name } of tables.all()) {
    database.exec(`
      alter table "${String(name)}" add column next_note text;
      alter table "${String(name)}" add column next_count integer not null default 7;
      create index "next_${String(name)}" on "${String(name)}" (next_count, next_note)`);
  }
  database.exec(`
    create table next_thing (id integer primary key, note text);
    update ledger_version set version = ${knownVersion + 1}, serves = ${knownVersion};
    pragma user_version = ${knownVersion + 1}`);
  return ledger;
}

const isForNight = process.env.MILLRACE_PROPERTY_FACTOR === undefined;

describe.skipIf(isForNight)("a store in SQLite that the next version has carried forward", () => {
  testStore(makeNewerLedger);
});
