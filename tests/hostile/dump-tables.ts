/** All that is in the schemas of a ledger in PostgreSQL, its workspaces' among them: a line of JSON a row. */

import pg from "pg";

export async function dumpTables(url: string): Promise<readonly { readonly table: string; readonly rows: string }[]> {
  const schema = new URL(url).searchParams.get("schema") ?? "";
  const client = new pg.Client(url.replace(/[?&]schema=[^&]*/, ""));
  await client.connect();
  try {
    const found = await client.query<{ readonly name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where starts_with(table_schema, $1) order by 1`,
      [schema],
    );
    const dumped = [];
    for (const { name } of found.rows) {
      const { rows } = await client.query<{ readonly line: string }>(
        `select row_to_json(t)::text as line from ${name} t`,
      );
      dumped.push({ table: name, rows: rows.map(({ line }) => line).join("\n") });
    }
    return dumped;
  } finally {
    await client.end();
  }
}
