/**
 * Whether processes of the version before can go on after each step: what they count on is there before it and after it. A step
 * that takes something away says so by `serves`, with the reason beside it. See README.md.
 */

import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { uuidFromHash } from "../../kit/ids.ts";
import { makePostgresLedger, type TestPostgresLedger, whyNot } from "../postgres/postgres-ledger.testsuite.ts";
import { fillIn } from "../postgres/schema-version.ts";
import { type Migration, servedBy, toIndexes } from "./migration.ts";
import { postgresMigrations } from "./postgres-migrations.ts";
import { sqliteMigrations } from "./sqlite-migrations.ts";

type Row = Readonly<Record<string, unknown>>;
/** What those of a version count on, each thing in a line. */
type Base = ReadonlySet<string>;

/** Steps that others cannot go on after, though nothing in the schema tells. */
const toldByNothing: readonly string[] = [
  // What the function `record` answers.
  "PostgreSQL 3",
];

const ofSqlite = {
  columns: `
    select t.name as "table", c.name, c.type, c."notnull" and c.dflt_value is null and c.pk = 0 as needed
    from sqlite_schema t join pragma_table_info(t.name) c where t.type = 'table' order by 1, 2`,
  unique: `
    select t.name as "table", group_concat(i.name) as names from sqlite_schema t join pragma_index_list(t.name) i
    where t.type = 'table' and i."unique" group by t.name`,
};

const ofPostgres = {
  columns: `
    select table_name as table, column_name as name, data_type || coalesce(' ' || collation_name, '') as type,
      is_nullable = 'NO' and column_default is null and is_identity = 'NO' as needed
    from information_schema.columns where table_schema = '{schema}' order by 1, 2`,
  unique: `
    select indrelid::regclass::text as table, string_agg(indexrelid::regclass::text, ',' order by indexrelid) as names
    from pg_index where indisunique and indrelid in (select oid from pg_class where relnamespace = '{schema}'::regnamespace)
    group by indrelid`,
  functions: `
    select proname || '(' || pg_get_function_identity_arguments(oid) || ') ' || pg_get_function_result(oid) as name
    from pg_proc where pronamespace = '{schema}'::regnamespace`,
};

/** Columns and their types; which of them a row must be given; which keys of a table no two rows may have; functions. */
function toBase(found: {
  readonly columns: readonly Row[];
  readonly unique: readonly Row[];
  readonly functions?: readonly Row[];
}): Base {
  const { columns, unique, functions = [] } = found;
  const byTable = Map.groupBy(columns, ({ table }) => String(table));
  const needed = Array.from(byTable, ([table, all]) => {
    const names = all.filter((column) => Boolean(column.needed)).map(({ name }) => String(name));
    return `a row of ${table} is given ${names.join(", ")}`;
  });
  return new Set([
    ...columns.map(({ table, name, type }) => `${String(table)}.${String(name)} is ${String(type)}`),
    ...needed,
    ...unique.map(({ table, names }) => `a row of ${String(table)} has no other key than ${String(names)}`),
    ...functions.map(({ name }) => `function ${String(name)}`),
  ]);
}

/** What is wrong with what a step says of those that it serves. */
function findWrong(
  step: Migration,
  { database, migrations, lost }: { database: string; migrations: readonly Migration[]; lost: readonly string[] },
): readonly string[] {
  if (step.version === 1) return [];
  const name = `${database} ${step.version}`;
  const servesOthers = servedBy(migrations, step.version) < step.version;
  if (servesOthers) return lost.map((line) => `${name} takes away: ${line}`);
  return lost.length > 0 || toldByNothing.includes(name) ? [] : [`${name} takes nothing away, and serves nobody else`];
}

const lostOf = (before: Base, after: Base): readonly string[] => [...before].filter((line) => !after.has(line));

test("a step in SQLite serves the version before it, or says that it does not", () => {
  const database = new DatabaseSync(":memory:");
  database.function("uuid_of", (text) => uuidFromHash(String(text)));
  const read = (query: string): readonly Row[] => database.prepare(query).all();
  const readBase = (): Base => toBase({ columns: read(ofSqlite.columns), unique: read(ofSqlite.unique) });
  const wrong = sqliteMigrations.flatMap((step) => {
    const before = readBase();
    database.exec((step.indexes ?? "") + step.sql);
    return findWrong(step, { database: "SQLite", migrations: sqliteMigrations, lost: lostOf(before, readBase()) });
  });
  database.close();
  expect(wrong).toEqual([]);
});

describe.skipIf(whyNot !== "")(`with PostgreSQL${whyNot}`, () => {
  async function readBase(ledger: TestPostgresLedger): Promise<Base> {
    const [columns, unique] = [await ledger.query(ofPostgres.columns), await ledger.query(ofPostgres.unique)];
    return toBase({ columns, unique, functions: await ledger.query(ofPostgres.functions) });
  }

  test("a step serves the version before it, or says that it does not", async () => {
    const ledger = await makePostgresLedger();
    await ledger.query("create schema {schema}");
    const wrong: string[] = [];
    for (const step of postgresMigrations) {
      const before = await readBase(ledger);
      await ledger.query(fillIn((step.indexes ?? "") + step.sql, ledger.schema));
      const lost = lostOf(before, await readBase(ledger));
      wrong.push(...findWrong(step, { database: "PostgreSQL", migrations: postgresMigrations, lost }));
    }
    await ledger.remove();
    expect(wrong).toEqual([]);
  });
});

test.each(
  [...sqliteMigrations, ...postgresMigrations].flatMap(({ indexes, ...step }) =>
    indexes === undefined ? [] : [{ ...step, indexes }],
  ),
)("each statement of $indexes is an index that can be built apart", (step) => {
  const built = toIndexes(step).map(({ definition }) => `create index ${definition};\n`);
  expect(built.join("")).toBe(step.indexes.trimStart());
});
