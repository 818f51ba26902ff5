/** A throw-away PostgreSQL, a database of its own for each program, and what the server says it did. */

import pg from "pg";
import { startPostgres } from "../../tools/postgres.ts";

export interface BenchPostgres extends AsyncDisposable {
  /** Makes an empty database; its URL. */
  createDatabase(): Promise<string>;
  /** How often the write-ahead log has been synced to disk, so far, as far as clients that have left tell. */
  countSyncs(): Promise<number>;
  readonly version: string;
}

export async function openBenchPostgres(): Promise<BenchPostgres | { readonly skipped: string }> {
  const server = await startPostgres();
  if ("reason" in server) return { skipped: server.reason };
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const ask = async (text: string): Promise<string> => {
    const { rows } = await client.query<Record<string, unknown>>(text);
    return String(Object.values(rows[0] ?? {})[0]);
  };
  const major = Number((await ask("show server_version")).split(".")[0]);
  // Version 18 moved the count.
  const syncs =
    major >= 18 ? "select sum(fsyncs) from pg_stat_io where object = 'wal'" : "select wal_sync from pg_stat_wal";
  const created: string[] = [];
  return {
    version: `PostgreSQL ${await ask("show server_version")}`,
    async createDatabase() {
      const name = `millrace_bench_${process.pid}_${created.length}`;
      created.push(name);
      await client.query(`create database ${name}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    countSyncs: async () => Number(await ask(syncs)),
    async [Symbol.asyncDispose]() {
      // A server that was given to us stays as it was.
      for (const name of created) await client.query(`drop database if exists ${name} with (force)`);
      await client.end();
      await server.stop();
    },
  };
}
