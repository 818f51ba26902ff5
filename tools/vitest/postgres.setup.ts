// Gives a test run its PostgreSQL: MILLRACE_TEST_POSTGRES_URL when there is one, else a reason in
// MILLRACE_TEST_POSTGRES_SKIPPED, which is a failure in CI. Tests end processes and take no power away: a commit waits for the
// disk where MILLRACE_TEST_FSYNC says so, as the nightly does.
import { isCi } from "../is-ci.ts";
import { startPostgres } from "../postgres.ts";

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const isOff = process.env.MILLRACE_TEST_POSTGRES === "off";
  const postgres = isOff
    ? { reason: "MILLRACE_TEST_POSTGRES=off" }
    : await startPostgres({ fsync: process.env.MILLRACE_TEST_FSYNC === "on" });
  if ("reason" in postgres) {
    if (isCi()) throw new Error(`PostgreSQL is needed in CI: ${postgres.reason}`);
    process.env.MILLRACE_TEST_POSTGRES_SKIPPED = postgres.reason;
    delete process.env.MILLRACE_TEST_POSTGRES_URL;
    process.stderr.write(`PostgreSQL tests are skipped: ${postgres.reason}\n`);
    return undefined;
  }
  process.env.MILLRACE_TEST_POSTGRES_URL = postgres.url;
  return postgres.stop;
}
