/** A throw-away ledger for one run of a program: a home of its own, and in it a SQLite file, or a schema of PostgreSQL. */

import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { type OpenedEngine, openEngine } from "../../packages/millrace/src/app/open-engine.ts";
import { readSettings } from "../../packages/millrace/src/app/settings.ts";
import { noRows, readRows, type Rows } from "./rows.ts";

export interface LedgerUnderTest {
  readonly home: string;
  /** What a process needs in its environment to use it. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when what processes had asked of the database before they died has been done, or been given up. */
  settle(): Promise<void>;
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

/** @param postgresUrl of the PostgreSQL that it is in. Default: that of all tests */
export async function createLedger(
  database: Database,
  folder: string,
  postgresUrl = process.env.MILLRACE_TEST_POSTGRES_URL ?? "",
): Promise<LedgerUnderTest> {
  mkdirSync(folder, { recursive: true });
  return database === "sqlite" ? createSqliteLedger(folder) : createPostgresLedger(folder, postgresUrl);
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
    settle: async () => undefined,
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

/** Held while users are made and removed. */
const rolesLock = 7_260_312;

/** How long a server goes on with the statement of a client that is gone, at most, in ms. */
const settleLimitMs = 30_000;

/** A schema of its own, and a user, by which the server knows the connections of its processes. */
async function createPostgresLedger(home: string, postgresUrl: string): Promise<LedgerUnderTest> {
  const url = new URL(postgresUrl);
  const schema = `chaos_${process.pid}_${ledgers++}`;
  const connect = createConnector(postgresUrl);
  const all = async (sql: string): Promise<readonly Record<string, unknown>[]> =>
    (await (await connect()).query<Record<string, unknown>>(sql)).rows;
  const password = randomBytes(16).toString("hex");
  // Two that change what the database grants at once trip over each other.
  const alone = async (statements: readonly string[]): Promise<void> => {
    await all(`select pg_advisory_lock(${rolesLock})`);
    for (const statement of statements) await all(statement);
    await all(`select pg_advisory_unlock(${rolesLock})`);
  };
  await alone([
    `create role ${schema} login password '${password}'`,
    `grant create, connect on database "${url.pathname.slice(1)}" to ${schema}`,
    `grant ${schema} to current_user`,
  ]);
  url.searchParams.set("schema", schema);
  url.username = schema;
  url.password = password;
  return {
    home,
    env: { MILLRACE_HOME: home, MILLRACE_DATABASE: url.href },
    async settle() {
      const until = performance.now() + settleLimitMs;
      while ((await all(`select 1 from pg_stat_activity where usename = '${schema}'`)).length > 0) {
        if (performance.now() > until) throw new Error("the database goes on with what a dead process has asked");
        await delay(5);
      }
    },
    async readRows() {
      const tables = await all(`select 1 from pg_tables where schemaname = '${schema}' and tablename = 'flow_run'`);
      if (tables.length === 0) return noRows;
      return readRows({ idText: (column) => `replace(${column}::text, '-', '')`, prefix: `${schema}.`, all });
    },
    findDamage: async () => checkIndexes(await connect(), schema),
    open: () => openEngine(readSettings({ home, database: url.href }), { hasHeartbeat: false }),
    async drop() {
      await all(`drop schema if exists ${schema} cascade`);
      await alone([`drop owned by ${schema} cascade`, `drop role ${schema}`]);
      await (await connect()).end();
    },
  };
}

/** A connection, and another one where the database has ended it. */
function createConnector(url: string): () => Promise<pg.Client> {
  let current: Promise<pg.Client> | null = null;
  return () => {
    if (current !== null) return current;
    const client = new pg.Client(url);
    const made = client.connect().then(() => client);
    const forget = (): void => {
      if (current === made) current = null;
    };
    client.on("error", forget);
    made.catch(forget);
    current = made;
    return made;
  };
}

/** Held while the extension is made: two that make it at once would trip over each other. */
const extensionLock = 7_260_311;

/** Each index against its table, by PostgreSQL's amcheck, where the server has it and lets us. */
async function checkIndexes(client: pg.Client, schema: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ may: boolean }>(`
    select rolsuper and exists (select from pg_available_extensions where name = 'amcheck') as may
    from pg_roles where rolname = current_user`);
  if (rows[0]?.may !== true) return [];
  await client.query(`select pg_advisory_lock(${extensionLock})`);
  await client.query("create extension if not exists amcheck schema public");
  await client.query(`select pg_advisory_unlock(${extensionLock})`);
  try {
    await client.query(`
      select public.bt_index_check(index => c.oid::regclass, heapallindexed => true)
      from pg_class c join pg_am a on a.oid = c.relam
      where c.relkind = 'i' and a.amname = 'btree' and c.relnamespace = '${schema}'::regnamespace`);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
