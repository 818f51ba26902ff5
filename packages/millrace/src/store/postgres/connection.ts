/** Statements run over a pool of connections. */

import type { Pool, PoolClient, QueryConfig, QueryResult } from "pg";
import type { Clock } from "../../kit/clock.ts";
import { systemRandom } from "../../kit/random.ts";
import type { Dialect, SqlValue } from "../sql/dialect.ts";
import type { Row, SqlDatabase } from "../sql/database.ts";
import { compile, type Fragment, raw, sql } from "../sql/fragment.ts";
import { steadyPace } from "../sql/pace.ts";
import { createPostgresDialect } from "./dialect.ts";
import { isDuplicate, isRace, toStoreError } from "./errors.ts";
import type { PostgresLocation } from "./location.ts";

/** How long an answer to one statement is waited for: a network that swallows packets tells nobody. */
const defaultAnswerTimeoutMs = 60_000;
/**
 * How long a transaction may be left alone between two of its statements, in ms. Then the database undoes it: who was cut off or
 * stopped within one would hold what it has locked, and with it where everybody reads the stream to, until the network notices, which
 * takes hours. Less than others wait for an answer.
 */
const defaultIdleInTransactionMs = 30_000;
/** How long the end of a transaction that has failed is waited for at most, in ms: then its connection is given up. */
const rollBackWithinMs = 5000;
/** How long a transaction that was undone in favour of another waits at most before each further try, in ms. */
const defaultRaceWaitsMs: readonly number[] = Array.from({ length: 9 }, () => 20);

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
  /** Runs statements that are in no transaction, one after another, over a connection that ends with them. */
  runApart(texts: readonly string[]): Promise<void>;
  readPool(): { readonly busy: number; readonly idle: number; readonly max: number; readonly waiting: number };
}

export interface TransactOptions {
  /**
   * How long the answer to each statement is waited for; null for as long as it takes, and between two of them too. Default: as for
   * other statements.
   */
  readonly answerTimeoutMs?: number | null;
  /** How long it waits at most before each further try when it has lost a race, in ms. Default: nine times 20. */
  readonly raceWaitsMs?: readonly number[];
}

export interface Transaction {
  readonly query: (
    text: string,
    values?: readonly SqlValue[],
  ) => Promise<{ readonly rows: readonly Row[]; readonly changed: number }>;
  readonly all: (query: Fragment) => Promise<readonly Row[]>;
}

/** Statements of a ledger, over a pool that others may use too. */
export function createConnection(options: {
  readonly location: PostgresLocation;
  readonly clock: Clock;
  readonly pool: Pool;
  /** Default 60 s. */
  readonly answerTimeoutMs?: number;
  /** How long a transaction may be left alone. Default 30 s. */
  readonly idleInTransactionMs?: number;
}): PostgresConnection {
  const { location, clock, pool, answerTimeoutMs = defaultAnswerTimeoutMs } = options;
  const { idleInTransactionMs = defaultIdleInTransactionMs } = options;
  const dialect: Dialect = createPostgresDialect(location.schema);

  /** A pooler may share connections with ledgers in other schemas. */
  const nameOf = (name: string): string => `${location.schema}/${name}`;

  async function attempt<T>(body: () => Promise<T>, waitsMs = defaultRaceWaitsMs): Promise<T> {
    for (let race = 0; ; race++) {
      try {
        return await body();
      } catch (error) {
        const waitMs = waitsMs[race];
        if (!isRace(error) || waitMs === undefined) throw toStoreError(error, location.label);
        await clock.sleep(waitMs * systemRandom());
      }
    }
  }

  /** A query that fails in the pool ends its connection, so one that is given up does not answer the next. */
  const run = (
    query: QueryConfig,
    { answerTimeoutMs: limitMs = answerTimeoutMs }: TransactOptions = {},
  ): Promise<QueryResult<Record<string, unknown>>> => {
    const timed = toTimed(query, limitMs);
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
    // What is neither answered nor refused is given up, the beginning and the end too: else nobody would ever hear of it.
    const say = (text: string, withinMs: number | null): Promise<unknown> => client.query(toTimed({ text }, withinMs));
    try {
      await say(limitMs === null ? "begin" : `begin; ${leftAloneAtMost(idleInTransactionMs)}`, limitMs);
      const outcome = await body(toTransaction(client, { limitMs, dialect }));
      await say("commit", limitMs);
      return outcome;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      const endsWithinMs = Math.min(limitMs ?? rollBackWithinMs, rollBackWithinMs);
      const isClean = failure === undefined || (await isDone(say("rollback", endsWithinMs)));
      client.off("error", ignore);
      client.release(!isClean);
    }
  }

  async function runApart(texts: readonly string[]): Promise<void> {
    const client = await pool.connect();
    client.on("error", ignore);
    try {
      for (const text of texts) await client.query(text);
    } finally {
      client.release(true);
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
    transact: (body, transactOptions) =>
      attempt(() => transactOnce(body, transactOptions), transactOptions?.raceWaitsMs),
    runApart: (texts) => attempt(() => runApart(texts), []),
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

function toTimed(query: QueryConfig, limitMs: number | null): TimedQuery {
  return { ...query, query_timeout: limitMs ?? 0 };
}

/** Said with the beginning, so that it takes no time of its own; of this transaction alone, for a pooler hands connections on. */
function leftAloneAtMost(ms: number): string {
  return `set local idle_in_transaction_session_timeout = ${ms}`;
}

function toTransaction(
  client: PoolClient,
  { limitMs, dialect }: { readonly limitMs: number | null; readonly dialect: Dialect },
): Transaction {
  const query: Transaction["query"] = async (text, values = []) => {
    const timed = toTimed({ text, values: [...values] }, limitMs);
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

function ignore(): void {}

/** Whether the connection can be used again: else it is gone or silent, and its transaction ends with it. */
function isDone(said: Promise<unknown>): Promise<boolean> {
  return said.then(
    () => true,
    () => false,
  );
}
