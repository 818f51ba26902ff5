import { fillIn, lockSpace, setVersion } from "../postgres/schema-version.ts";
import { wholeSql } from "./migration.ts";
import { postgresMigrations } from "./postgres-migrations.ts";

/** `{schema}` in the text is the ledger's. */
interface Place {
  readonly schema: string;
  query(text: string): Promise<readonly Record<string, unknown>[]>;
}

/** Columns, indexes and functions, without what is a schema's own. */
export async function schemaOf(ledger: Place): Promise<unknown> {
  const { schema } = ledger;
  const columns = await ledger.query(
    `select table_name, column_name, data_type, is_nullable, column_default, collation_name from information_schema.columns
     where table_schema = '{schema}' order by table_name, column_name`,
  );
  const indexes = await ledger.query(
    `select pg_get_indexdef(indexrelid) as definition, indisvalid from pg_index join pg_class c on c.oid = indexrelid
     where relnamespace = '{schema}'::regnamespace order by relname`,
  );
  const functions = await ledger.query(
    `select proname, pg_get_functiondef(p.oid) as text from pg_proc p
     where pronamespace = '{schema}'::regnamespace order by proname`,
  );
  const text = JSON.stringify({ columns, indexes, functions });
  // Where functions have the number of its locks: alone it may be any other number too.
  const space = new RegExp(String.raw`(?<=\(|>> 16 = )${lockSpace(schema)}(?=::bigint|,|\b)`, "g");
  return JSON.parse(text.replaceAll(schema, "{schema}").replaceAll(space, "{space}"));
}

/** Makes the ledger as a program of an older version did. */
export async function makeOld(ledger: Place, version: number): Promise<void> {
  await ledger.query("create schema {schema}");
  for (const step of postgresMigrations.slice(0, version)) await ledger.query(fillIn(wholeSql(step), ledger.schema));
  await ledger.query(setVersion(ledger.schema, version));
}
