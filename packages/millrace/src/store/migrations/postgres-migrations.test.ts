/** As sqlite-migrations.test.ts. A dump here is the statements of the versions up to it, and the rows. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makePostgresLedger, type TestPostgresLedger, whyNot } from "../postgres/postgres-ledger.testsuite.ts";
import { fillIn, setVersion } from "../postgres/schema-version.ts";
import { tables } from "../suite/ledger.testsuite.ts";
import { readSampleLedger, writeSampleLedger } from "../suite/sample-ledger.testsuite.ts";
import { wholeSql } from "./migration.ts";
import { postgresMigrations } from "./postgres-migrations.ts";
import { schemaOf } from "./postgres-schema.testsuite.ts";

const folder = join(import.meta.dirname, "fixtures");
const current = postgresMigrations.length;
const dumps = globSync("*.postgres.sql", { cwd: folder });

async function dump(ledger: TestPostgresLedger): Promise<string> {
  const rows: string[] = [];
  for (const table of tables) {
    const found = await ledger.query(`select to_json(t)::text as row from {schema}.${table} t order by 1`);
    const values = found.map(({ row }) => String(row).replaceAll("'", "''")).join(",\n");
    rows.push(
      `insert into {schema}.${table} overriding system value select * from json_populate_recordset(null::{schema}.${table}, '[${values}]');`,
    );
  }
  // A row of its own takes the next number, so each counter goes on after the last.
  const counters = ["flow_run", "task_run", "artifact", "variable", "run_input"].map(
    (table) => `select setval(pg_get_serial_sequence('{schema}.${table}', 'seq'), 1000);`,
  );
  const version = `${setVersion("{schema}", current)};`;
  const stream = "select setval('{schema}.stream_seq', 1000);";
  return `${[...postgresMigrations.map(wholeSql), version, ...rows, ...counters, stream].join("\n")}\n`;
}

test("versions are numbered from 1 without a gap", () => {
  expect(postgresMigrations.map(({ version }) => version)).toEqual(postgresMigrations.map((_, index) => index + 1));
});

test("each version that was released has a dump", () => {
  const wanted = postgresMigrations.map(({ version }) => `ledger-${version}.postgres.sql`);
  expect(dumps.toSorted()).toEqual(wanted.toSorted());
});

describe.skipIf(whyNot !== "")(`the schema in PostgreSQL${whyNot}`, () => {
  test("is as it was released", async () => {
    const ledger = await makePostgresLedger();
    const store = await ledger.open();
    await writeSampleLedger(store);
    await expect(await dump(ledger)).toMatchFileSnapshot(join(folder, `ledger-${current}.postgres.sql`));
    await store.close();
    await ledger.remove();
  });

  test.each(dumps)("is carried forward from %s: as in a new ledger, and all rows are there", async (name) => {
    const fresh = await makePostgresLedger();
    const store = await fresh.open();
    await writeSampleLedger(store);
    const old = await makePostgresLedger();
    await old.query("create schema {schema}");
    await old.query(fillIn(readFileSync(join(folder, name), "utf8"), old.schema));
    const carried = await old.open();
    expect(carried.schemaVersion).toBe(current);
    expect(await readSampleLedger(carried)).toEqual(await readSampleLedger(store));
    expect(await schemaOf(old)).toEqual(await schemaOf(fresh));
    for (const each of [carried, store]) await each.close();
    for (const each of [fresh, old]) await each.remove();
  });
});
