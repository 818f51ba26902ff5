/**
 * This version's code on a ledger that the next version has carried forward by everything that a step may add: whatever a store does
 * must go on, for servers are upgraded one after another. At night: it is the whole suite again.
 */

import { describe } from "vitest";
import { testStore } from "../store.testsuite.ts";
import { makePostgresLedger, type TestPostgresLedger, whyNot } from "./postgres-ledger.testsuite.ts";
import { knownVersion } from "./schema-version.ts";

const isForNight = process.env.MILLRACE_PROPERTY_FACTOR === undefined;

async function makeNewerLedger(): Promise<TestPostgresLedger> {
  const ledger = await makePostgresLedger();
  await (await ledger.open()).close();
  const found = await ledger.query("select tablename from pg_tables where schemaname = '{schema}'");
  for (const { tablename } of found) {
    const name = String(tablename);
    await ledger.query(
      `alter table {schema}."${name}" add column next_note text, add next_count int not null default 7`,
    );
    await ledger.query(`create index "next_${name}" on {schema}."${name}" (next_count, next_note)`);
  }
  await ledger.query("create table {schema}.next_thing (id int primary key, note text)");
  await ledger.query("update {schema}.ledger_version set version = $1, serves = $2", [knownVersion + 1, knownVersion]);
  return ledger;
}

describe.skipIf(whyNot !== "" || isForNight)(
  `a store in PostgreSQL that the next version has carried forward${whyNot}`,
  () => {
    testStore(makeNewerLedger);
  },
);
