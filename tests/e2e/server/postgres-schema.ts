import { randomUUID } from "node:crypto";
import pg from "pg";

/** Why there is no PostgreSQL to test with; undefined when there is one. */
export const postgresSkipped = process.env.MILLRACE_TEST_POSTGRES_SKIPPED;

/** An empty schema of the database that the test run has. */
export async function startPostgresSchema(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const base = process.env.MILLRACE_TEST_POSTGRES_URL ?? "";
  const schema = `e2e_${randomUUID().replaceAll("-", "").slice(0, 16)}`;
  const url = new URL(base);
  url.searchParams.set("schema", schema);
  return {
    url: url.href,
    async drop() {
      const client = new pg.Client({ connectionString: base });
      await client.connect();
      await client.query(`drop schema if exists ${schema} cascade`);
      await client.end();
    },
  };
}
