/**
 * Each released schema version has a dump in fixtures/, with a few rows. A dump is made by the test of the current version
 * when the schema gets a new one (`vitest --update`), and is never changed afterwards: it is what users have.
 */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { makeSqliteLedger } from "../sqlite/sqlite-ledger.testsuite.ts";
import { readSampleLedger, writeSampleLedger } from "../suite/sample-ledger.testsuite.ts";
import { sqliteMigrations } from "./sqlite-migrations.ts";

const folder = join(import.meta.dirname, "fixtures");
const current = sqliteMigrations.length;
const dumps = globSync("*.sqlite.sql", { cwd: folder });

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

function schemaOf(database: DatabaseSync): readonly SchemaRow[] {
  const rows = database.prepare("select type, name, sql from sqlite_schema order by rowid").all();
  return rows as unknown as SchemaRow[];
}

/** The statements that make the ledger again. */
function dump(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true });
  const own = schemaOf(database).filter(({ sql, name }) => sql !== null && !name.startsWith("sqlite_"));
  const rows = own.flatMap(({ type, name }) => {
    if (type !== "table") return [];
    const columns = database.prepare("select name from pragma_table_info(?)").all(name);
    const values = columns.map((column) => `quote("${String(column.name)}")`).join(" || ', ' || ");
    const inserts = database.prepare(
      `select 'insert into ${name} values (' || ${values} || ');' as statement from ${name}`,
    );
    return inserts.all().map(({ statement }) => String(statement));
  });
  const { user_version: version } = database.prepare("pragma user_version").get() as { user_version: number };
  const { application_id: application } = database.prepare("pragma application_id").get() as { application_id: number };
  database.close();
  const pragmas = [`pragma application_id = ${application};`, `pragma user_version = ${version};`];
  return `${[...pragmas, ...own.map(({ sql }) => `${sql ?? ""};`), ...rows].join("\n")}\n`;
}

test("versions are numbered from 1 without a gap", () => {
  expect(sqliteMigrations.map(({ version }) => version)).toEqual(sqliteMigrations.map((_, index) => index + 1));
});

test("each version that was released has a dump", () => {
  const wanted = sqliteMigrations.map(({ version }) => `ledger-${version}.sqlite.sql`);
  expect(dumps.toSorted()).toEqual(wanted.toSorted());
});

test("the current version is as it was released", async () => {
  const ledger = await makeSqliteLedger();
  const store = await ledger.open();
  await writeSampleLedger(store);
  await store.close();
  await expect(dump(ledger.path)).toMatchFileSnapshot(join(folder, `ledger-${current}.sqlite.sql`));
  await ledger.remove();
});

test.each(dumps)("%s is carried forward: the schema is that of a new ledger, and all rows are there", async (name) => {
  const fresh = await makeSqliteLedger();
  const store = await fresh.open();
  await writeSampleLedger(store);
  const old = await makeSqliteLedger();
  const database = new DatabaseSync(old.path);
  database.exec(readFileSync(join(folder, name), "utf8"));
  const carried = await old.open();
  expect(carried.schemaVersion).toBe(current);
  expect(await readSampleLedger(carried)).toEqual(await readSampleLedger(store));
  const freshDatabase = new DatabaseSync(fresh.path);
  const byName = (rows: readonly SchemaRow[]): readonly SchemaRow[] =>
    rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  expect(byName(schemaOf(database))).toEqual(byName(schemaOf(freshDatabase)));
  expect(await carried.check()).toEqual([]);
  for (const each of [database, freshDatabase]) each.close();
  for (const each of [carried, store]) await each.close();
  for (const each of [fresh, old]) await each.remove();
});
