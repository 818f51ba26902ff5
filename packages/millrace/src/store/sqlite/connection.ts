/**
 * One connection to a SQLite file. SQLite runs a statement within the call; what it must never do is sleep on a lock there,
 * so its own busy handler is off, and a lock held by another process is waited for here, between tries.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { isMillraceError, MillraceError } from "../../contract/errors.ts";
import type { Clock } from "../../kit/clock.ts";
import { formatDuration } from "../../kit/duration.ts";
import { systemRandom } from "../../kit/random.ts";
import type { Row, SqlDatabase, Steps } from "../sql/database.ts";
import { compile, type Fragment, raw, sql } from "../sql/fragment.ts";
import { startPace } from "../sql/pace.ts";
import { sqliteDialect } from "./dialect.ts";
import { isBusy, isDuplicate, toStoreError } from "./errors.ts";

/** Between two tries for a lock, in ms: drawn anew for each, up to a bound that grows from the first to the last. */
const firstWaitMs = 1;
const lastWaitMs = 25;

/** Statements that are kept prepared. Their texts are few: values are parameters, lists are one. */
const maxStatements = 256;

export interface SqliteConnection extends SqlDatabase {
  readonly database: DatabaseSync;
  /** The file. */
  readonly location: string;
  readonly clock: Clock;
  /** Runs `body` in a transaction that may write, again if it finds a lock. `body` is synchronous. */
  write<T>(body: () => T): Promise<T>;
  /** The rows of a query, within the `body` of `write`. */
  select(query: Fragment): readonly Row[];
  /** Runs `body`, again if it finds a lock. */
  attempt<T>(body: () => T): Promise<T>;
}

export function createConnection(options: {
  readonly database: DatabaseSync;
  readonly location: string;
  readonly clock: Clock;
  readonly busyTimeoutMs: number;
}): SqliteConnection {
  const { database, location, clock, busyTimeoutMs } = options;
  const begin = database.prepare("begin immediate");
  const commit = database.prepare("commit");
  const rollback = database.prepare("rollback");
  const statements = new Map<string, StatementSync>();
  /** Once a page was found damaged nothing is written any more: it would be built on what is not there. */
  let damage: MillraceError | null = null;

  function told(error: unknown): unknown {
    const known = toStoreError(error, location);
    if (isMillraceError(known, "LEDGER_CORRUPT")) damage ??= known;
    return known;
  }

  function prepare(text: string): StatementSync {
    const known = statements.get(text);
    if (known !== undefined) return known;
    if (statements.size >= maxStatements) statements.clear();
    const made = database.prepare(text);
    statements.set(text, made);
    return made;
  }

  /** A transaction that fails while it commits is open still. */
  function transact<T>(body: () => T): T {
    if (damage !== null) throw damage;
    begin.run();
    try {
      const outcome = body();
      commit.run();
      return outcome;
    } catch (error) {
      if (database.isTransaction) rollback.run();
      throw error;
    }
  }

  async function attempt<T>(body: () => T): Promise<T> {
    try {
      return body();
    } catch (error) {
      if (!isBusy(error)) throw told(error);
    }
    return waitAndTry(body);
  }

  async function waitAndTry<T>(body: () => T): Promise<T> {
    const startedAt = clock.monotonic();
    for (let boundMs = firstWaitMs; ; boundMs = Math.min(boundMs * 1.5, lastWaitMs)) {
      await clock.sleep(boundMs * systemRandom());
      try {
        return body();
      } catch (error) {
        if (!isBusy(error)) throw told(error);
        if (clock.monotonic() - startedAt < busyTimeoutMs) continue;
        const waited = formatDuration(busyTimeoutMs);
        throw new MillraceError("LEDGER_BUSY", { location, waited }, { cause: error });
      }
    }
  }

  function select(query: Fragment): readonly Row[] {
    const { text, values } = compile(query, sqliteDialect);
    return prepare(text).all(...(values as (string | number | null)[])) as Row[];
  }

  function follow<T>(steps: Steps<T>): T {
    let step = steps.next();
    while (step.done !== true) step = steps.next(select(step.value));
    return step.value;
  }

  const execute = (fragment: Fragment): number => {
    if (damage !== null) throw damage;
    const { text, values } = compile(fragment, sqliteDialect);
    return Number(prepare(text).run(...(values as (string | number | null)[])).changes);
  };

  return {
    database,
    location,
    clock,
    listColumns: (table) => sql`select name from pragma_table_info(${table})`,
    startPace: () => startPace(clock),
    // One writer at a time.
    beforeEvents: [],
    forUpdate: raw(""),
    isDuplicate,
    attempt,
    select,
    write: (body) => attempt(() => transact(body)),
    all: (query) => attempt(() => select(query)),
    runSteps: (steps) => attempt(() => transact(() => follow(steps()))),
    run: (...statementsToRun) => {
      const [only, another] = statementsToRun;
      if (only !== undefined && another === undefined) return attempt(() => [execute(only)]);
      return attempt(() => transact(() => statementsToRun.map(execute)));
    },
  };
}
