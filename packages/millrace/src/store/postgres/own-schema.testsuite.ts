import pg from "pg";
import { shortId } from "../../kit/ids.ts";

export interface OwnSchema {
  readonly schema: string;
  readonly url: string;
  drop(): Promise<void>;
}

/** A schema of its own in a database of tests: whoever opens a ledger by its URL makes it. @param prefix which tests it is of */
export function nameOwnSchema(database: string, prefix: string): OwnSchema {
  const schema = `${prefix}_${shortId()}`;
  const url = new URL(database);
  url.searchParams.set("schema", schema);
  return {
    schema,
    url: url.href,
    async drop() {
      const client = new pg.Client({ connectionString: database });
      await client.connect();
      await client.query(`drop schema if exists ${schema} cascade`);
      await client.end();
    },
  };
}
