/** A throw-away ledger for one run of a program: a home of its own, and in it a SQLite file, or a schema of PostgreSQL. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { type OpenedEngine, openEngine } from "../../packages/millrace/src/app/open-engine.ts";
import { readSettings } from "../../packages/millrace/src/app/settings.ts";
import { noRows, readRows, type Rows } from "./rows.ts";

export interface LedgerUnderTest {
  readonly home: string;
  /** What a process needs in its environment to use it. */
  readonly env: Readonly<Record<string, string>>;
  /** What is in it, by bare SQL. */
  readRows(): Promise<Rows>;
  /** What the database says of its own soundness; empty when it is sound. */
  findDamage(): Promise<readonly string[]>;
  /** The same through the product's own code, which also reads results. */
  open(): Promise<OpenedEngine>;
  /** Gives up what the folder's deletion does not. */
  drop(): Promise<void>;
}

export type Database = "sqlite" | "postgres";

export async function createLedger(database: Database, folder: string): Promise<LedgerUnderTest> {
  mkdirSync(folder, { recursive: true });
  return database === "sqlite" ? createSqliteLedger(folder) : createPostgresLedger(folder);
}

function createSqliteLedger(home: string): LedgerUnderTest {
  const path = join(home, "ledger.db");
  async function withDatabase<T>(use: (database: DatabaseSync) => T | Promise<T>): Promise<T> {
    using database = new DatabaseSync(path, { timeout: 10_000 });
    return await use(database);
  }
  return {
    home,
    env: { MILLRACE_HOME: home },
    readRows: () =>
      withDatabase(async (database) => {
        if (database.prepare("select 1 from sqlite_master where name = 'flow_run'").get() === undefined) return noRows;
        return readRows({
          idText: (column) => `nullif(lower(hex(${column})), '')`,
          prefix: "",
          all: async (sql) => database.prepare(sql).all(),
        });
      }),
    findDamage: () =>
      withDatabase((database) =>
        database
          .prepare("pragma integrity_check")
          .all()
          .map((row) => String(row.integrity_check))
          .filter((finding) => finding !== "ok"),
      ),
    open: () => openEngine(readSettings({ home }), { hasHeartbeat: false }),
    drop: async () => undefined,
  };
}

let ledgers = 0;

async function createPostgresLedger(home: string): Promise<LedgerUnderTest> {
  const url = new URL(process.env.MILLRACE_TEST_POSTGRES_URL ?? "");
  const schema = `chaos_${process.pid}_${ledgers++}`;
  url.searchParams.set("schema", schema);
  const client = new pg.Client(process.env.MILLRACE_TEST_POSTGRES_URL);
  await client.connect();
  const all = async (sql: string): Promise<readonly Record<string, unknown>[]> =>
    (await client.query<Record<string, unknown>>(sql)).rows;
  return {
    home,
    env: { MILLRACE_HOME: home, MILLRACE_DATABASE: url.href },
    async readRows() {
      const tables = await all(`select 1 from pg_tables where schemaname = '${schema}' and tablename = 'flow_run'`);
      if (tables.length === 0) return noRows;
      return readRows({ idText: (column) => `replace(${column}::text, '-', '')`, prefix: `${schema}.`, all });
    },
    findDamage: async () => [],
    open: () => openEngine(readSettings({ home, database: url.href }), { hasHeartbeat: false }),
    async drop() {
      await all(`drop schema if exists ${schema} cascade`);
      await client.end();
    },
  };
}
