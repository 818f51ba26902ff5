import { nameOwnSchema } from "../../../packages/millrace/src/store/postgres/own-schema.testsuite.ts";

/** Why there is no PostgreSQL to test with; undefined when there is one. */
export const postgresSkipped = process.env.MILLRACE_TEST_POSTGRES_SKIPPED;

/** An empty schema of the database that the test run has. */
export async function startPostgresSchema(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  return nameOwnSchema(process.env.MILLRACE_TEST_POSTGRES_URL ?? "", "e2e");
}
