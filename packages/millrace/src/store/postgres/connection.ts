/** A pool of connections, and statements run over it. */

import type pgModule from "pg";
import type { Pool, PoolClient, QueryConfig, QueryResult } from "pg";
import { MillraceError } from "../../contract/errors.ts";
import type { Clock } from "../../kit/clock.ts";
import { importOptional, ModuleMissing } from "../../kit/late.ts";
import { systemRandom } from "../../kit/random.ts";
import type { Dialect, SqlValue } from "../sql/dialect.ts";
import type { Row, SqlDatabase } from "../sql/database.ts";
import { compile, type Fragment, raw, sql } from "../sql/fragment.ts";
import { steadyPace } from "../sql/pace.ts";
import { createPostgresDialect } from "./dialect.ts";
import { isDuplicate, isRace, toStoreError } from "./errors.ts";
import { defaultSchema, type PostgresLocation } from "./location.ts";

const connectTimeoutMs = 10_000;
/** A new connection has to plan the statements anew, so one that may be needed again is kept a while. */
const idleTimeoutMs = 60_000;
/** How long an answer to one statement is waited for: a network that swallows packets tells nobody. */
const defaultAnswerTimeoutMs = 60_000;
/** The type of `bigint`, which the driver would give as a text. Ours stay below 2^53. */
const int8Oid = 20;
/** How often a transaction that was undone in favour of another is tried again, and how long it waits at most before, in ms. */
const maxRaces = 10;
const raceWaitMs = 20;

export interface PostgresConnection extends SqlDatabase {
  readonly schema: string;
  readonly location: string;
  /** Runs one statement. */
  query(text: string, values?: readonly SqlValue[], options?: TransactOptions): Promise<readonly Row[]>;
  /** Runs one statement that each connection prepares once. */
  queryPrepared(
    statement: { readonly name: string; readonly text: string },
    values: readonly SqlValue[],
  ): Promise<readonly Row[]>;
  /** Runs `body` in a transaction, again if it lost a race. */
  transact<T>(body: (transaction: Transaction) => Promise<T>, options?: TransactOptions): Promise<T>;
  readPool(): { readonly busy: number; readonly idle: number; readonly max: number; readonly waiting: number };
}

export interface TransactOptions {
  /** How long the answer to each statement is waited for; null for as long as it takes. Default: as for other statements. */
  readonly answerTimeoutMs?: number | null;
}

export interface Transaction {
  readonly query: (
    text: string,
    values?: readonly SqlValue[],
  ) => Promise<{ readonly rows: readonly Row[]; readonly changed: number }>;
  readonly all: (query: Fragment) => Promise<readonly Row[]>;
}

/** What connections are called in the database's own list of them: by it is seen who has a ledger open. */
export function applicationName(schema: string): string {
  return schema === defaultSchema ? "millrace" : `millrace ${schema}`;
}

/** The connections to a database: of one ledger, or of several in schemas of their own. PACKAGE_MISSING */
export async function createPool({ connectionString, schema }: PostgresLocation, poolSize: number): Promise<Pool> {
  const { default: pg } = await importPg();
  const pool: Pool = new pg.Pool({
    connectionString,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    // A program that has nothing else to do ends.
    allowExitOnIdle: true,
    keepAlive: true,
    application_name: applicationName(schema),
    types: {
      getTypeParser: (oid, format) => (oid === int8Oid ? Number : pg.types.getTypeParser(oid, format as "text")),
    },
  });
  // An idle connection that ends is replaced by the next query, which is told of it if that does not work.
  pool.on("error", ignore);
  return pool;
}

const ignore = (): void => undefined;

/** Statements of a ledger, over a pool that others may use too. */
export function createConnection(options: {
  readonly location: PostgresLocation;
  readonly clock: Clock;
  readonly pool: Pool;
  /** Default 60 s. */
  readonly answerTimeoutMs?: number;
}): PostgresConnection {
  const { location, clock, pool, answerTimeoutMs = defaultAnswerTimeoutMs } = options;
  const dialect: Dialect = createPostgresDialect(location.schema);

  /** A pooler may share connections with ledgers in other schemas. */
  const nameOf = (name: string): string => `${location.schema}/${name}`;

  async function attempt<T>(body: () => Promise<T>): Promise<T> {
    for (let race = 1; ; race++) {
      try {
        return await body();
      } catch (error) {
        if (!isRace(error) || race === maxRaces) throw toStoreError(error, location.label);
      }
      await clock.sleep(raceWaitMs * systemRandom());
    }
  }

  /** A query that fails in the pool ends its connection, so one that is given up does not answer the next. */
  const run = (
    query: QueryConfig,
    { answerTimeoutMs: limitMs = answerTimeoutMs }: TransactOptions = {},
  ): Promise<QueryResult<Record<string, unknown>>> => {
    const timed: TimedQuery = { ...query, query_timeout: limitMs ?? 0 };
    return attempt(() => pool.query<Record<string, unknown>>(timed));
  };

  async function transactOnce<T>(
    body: (transaction: Transaction) => Promise<T>,
    { answerTimeoutMs: limitMs = answerTimeoutMs }: TransactOptions = {},
  ): Promise<T> {
    const client = await pool.connect();
    // While it is lent the pool does not listen: a connection that ends would end the process. Its queries are told.
    client.on("error", ignore);
    let failure: unknown;
    try {
      await client.query("begin");
      const outcome = await body(toTransaction(client, { limitMs, dialect }));
      await client.query("commit");
      return outcome;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      const isClean = failure === undefined || (await rollBack(client));
      client.off("error", ignore);
      client.release(!isClean);
    }
  }

  return {
    listColumns: (table) =>
      sql`select column_name as name from information_schema.columns
          where table_schema = ${location.schema} and table_name = ${table}`,
    startPace: () => steadyPace,
    beforeEvents: [streamLock(location.schema)],
    forUpdate: raw("for update"),
    isDuplicate,
    schema: location.schema,
    location: location.label,
    query: async (text, values = [], options = {}) => (await run({ text, values: [...values] }, options)).rows,
    queryPrepared: async ({ name, text }, values) =>
      (await run({ name: nameOf(name), text, values: [...values] })).rows,
    transact: (body, transactOptions) => attempt(() => transactOnce(body, transactOptions)),
    all: async (fragment, prepareAs) => {
      const { text, values } = compile(fragment, dialect);
      const name = prepareAs === undefined ? {} : { name: nameOf(prepareAs) };
      return (await run({ ...name, text, values: [...values] })).rows;
    },
    runSteps: (steps) =>
      attempt(() =>
        transactOnce(async (transaction) => {
          const begun = steps();
          let step = begun.next();
          while (step.done !== true) step = begun.next(await transaction.all(step.value));
          return step.value;
        }),
      ),
    run: async (...fragments) => {
      const statements = fragments.map((fragment) => compile(fragment, dialect));
      const [only, another] = statements;
      if (only !== undefined && another === undefined) {
        return [(await run({ text: only.text, values: [...only.values] })).rowCount ?? 0];
      }
      return attempt(() =>
        transactOnce(async (transaction) => {
          const changed: number[] = [];
          for (const { text, values } of statements) changed.push((await transaction.query(text, values)).changed);
          return changed;
        }),
      );
    },
    readPool: () => {
      const { totalCount, idleCount: idle, waitingCount: waiting } = pool;
      return { busy: totalCount - idle, idle, max: pool.options.max, waiting };
    },
  };
}

/** See the head of migrations/0001-functions.postgres.ts. */
function streamLock(schema: string): Fragment {
  return raw(
    `select pg_advisory_xact_lock_shared(${schema}.stream_lock(last_value + is_called::int)) from ${schema}.stream_seq`,
  );
}

/** The driver takes a time limit for one query, which its types do not have. Zero is none. */
interface TimedQuery extends QueryConfig {
  readonly query_timeout: number;
}

async function importPg(): Promise<{ readonly default: typeof pgModule }> {
  try {
    return await importOptional<{ readonly default: typeof pgModule }>("pg", "A ledger in PostgreSQL");
  } catch (error) {
    if (!(error instanceof ModuleMissing)) throw error;
    throw new MillraceError("PACKAGE_MISSING", { feature: "A ledger in PostgreSQL", package: "pg" }, { cause: error });
  }
}

function toTransaction(
  client: PoolClient,
  { limitMs, dialect }: { readonly limitMs: number | null; readonly dialect: Dialect },
): Transaction {
  const query: Transaction["query"] = async (text, values = []) => {
    const timed: TimedQuery = { text, values: [...values], query_timeout: limitMs ?? 0 };
    const { rows, rowCount } = await client.query<Record<string, unknown>>(timed);
    return { rows, changed: rowCount ?? 0 };
  };
  return {
    query,
    all: async (fragment) => {
      const { text, values } = compile(fragment, dialect);
      return (await query(text, values)).rows;
    },
  };
}

/** Whether the connection can be used again. */
async function rollBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query("rollback");
    return true;
  } catch {
    // The connection is gone, and its transaction with it.
    return false;
  }
}
