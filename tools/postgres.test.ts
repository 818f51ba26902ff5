import pg from "pg";
import { describe, expect, test } from "vitest";

const url = process.env.MILLRACE_TEST_POSTGRES_URL;

describe.skipIf(url === undefined)("the PostgreSQL of a test run", () => {
  test("answers, and keeps what is committed through a power loss", async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query("select current_setting('fsync') as fsync, current_user as name");
    await client.end();
    expect(rows).toEqual([{ fsync: "on", name: "millrace" }]);
  });
});
