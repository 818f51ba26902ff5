import pg from "pg";
import { systemClock } from "../../kit/clock.ts";
import { tables, type TestLedger } from "../suite/ledger.testsuite.ts";
import { openPostgresStore } from "./open.ts";
import { nameOwnSchema } from "./own-schema.testsuite.ts";

/** Why there is no PostgreSQL to test with, for the end of a title; empty when there is one. */
const reason = process.env.MILLRACE_TEST_POSTGRES_SKIPPED;
export const whyNot = reason === undefined ? "" : ` (skipped: ${reason})`;

/** The database that the test run has. */
export const postgresUrl = process.env.MILLRACE_TEST_POSTGRES_URL ?? "";

export interface TestPostgresLedger extends TestLedger {
  readonly url: string;
  readonly schema: string;
  /** Asks the database itself. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

/** A ledger in a schema of its own. */
export async function makePostgresLedger(): Promise<TestPostgresLedger> {
  const { schema, url } = nameOwnSchema(postgresUrl, "test");
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  return {
    url,
    schema,
    open: () => openPostgresStore({ url, clock: systemClock, poolSize: 4 }),
    query: async (text, values = []) =>
      (await client.query<Record<string, unknown>>(text.replaceAll("{schema}", schema), [...values])).rows,
    clear: async () => {
      for (const table of tables) await client.query(`delete from ${schema}.${table}`);
    },
    remove: async () => {
      await client.query(`drop schema if exists ${schema} cascade`);
      await client.end();
    },
  };
}
