import pg from "pg";
import { describe, expect, test } from "vitest";

const url = process.env.MILLRACE_TEST_POSTGRES_URL;

describe.skipIf(url === undefined)("the PostgreSQL of a test run", () => {
  test("answers, and syncs to disk when it is told to", async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(
      "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as waits, current_user as name",
    );
    await client.end();
    const fsync = process.env.MILLRACE_TEST_FSYNC === "on" ? "on" : "off";
    expect(rows).toEqual([{ fsync, waits: "on", name: "millrace" }]);
  });
});
