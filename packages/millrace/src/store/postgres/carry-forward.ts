/**
 * Carrying a ledger forward while others read and write it, step by step; killed at any point, whoever opens it next goes on.
 * What a step may be so that those of the version before can go on is told in migrations/README.md.
 *
 *   hold the ledger's lock ──▶ build the step's indexes, apart ──▶ the step and its version, in one transaction ──▶ the next
 *
 * One process does it. Its lock is that of a transaction which does nothing else, so that it ends with the process, also behind
 * a pooler. Others look for it and do not wait in the database: a statement that waits is what an index that is built apart
 * waits for.
 */

import { MillraceError } from "../../contract/errors.ts";
import type { Clock } from "../../kit/clock.ts";
import { formatDuration } from "../../kit/duration.ts";
import { toIndexes } from "../migrations/migration.ts";
import { postgresMigrations } from "../migrations/postgres-migrations.ts";
import { buildIndex } from "./build-index.ts";
import { createConnection, type PostgresConnection, type Transaction } from "./connection.ts";
import type { PostgresLocation } from "./location.ts";
import { createPool } from "./pool.ts";
import { fillIn, knownVersion, lockSpace, readVersion, setVersion } from "./schema-version.ts";
import { withoutLimits } from "./time-limits.ts";

/** How long another process that carries it forward is waited for, and how often it is looked, in ms. */
const othersPatienceMs = 30 * 60_000;
const lookAgainMs = 250;
/**
 * How long a step waits for a table that somebody reads, in ms: whoever wants to read the table meanwhile waits behind it. Then
 * it gives way, and tries again later.
 */
const lockTimeoutMs = 500;
/** Between two tries, in ms at most: some five minutes in all. */
const triesAfterMs: readonly number[] = [500, 1000, 2000, 4000, 8000, ...Array.from({ length: 60 }, () => 10_000)];

/** @throws LEDGER_NEWER, LEDGER_UNWRITABLE, LEDGER_FULL, LEDGER_BUSY, DATABASE_UNREACHABLE */
export async function carryForward(place: {
  readonly location: PostgresLocation;
  readonly clock: Clock;
}): Promise<void> {
  const { location, clock } = place;
  // One connection for the lock, one for the work.
  const pool = await createPool(location, 2);
  try {
    const connection = createConnection({ ...place, pool });
    const startedAt = clock.monotonic();
    while (!(await takeSteps(connection, clock))) {
      if (clock.monotonic() - startedAt > othersPatienceMs) {
        throw new MillraceError("LEDGER_BUSY", { location: location.label, waited: formatDuration(othersPatienceMs) });
      }
      await clock.sleep(lookAgainMs);
      if ((await currentVersion(connection)) >= knownVersion) return;
    }
  } finally {
    await pool.end();
  }
}

/** Returns whether it was this process that did it. */
function takeSteps(connection: PostgresConnection, clock: Clock): Promise<boolean> {
  return connection.transact(
    async ({ query }) => {
      await query(withoutLimits("transaction"));
      // It has no parameters: a statement that has some keeps its snapshot until the next, and the indexes would wait for it.
      const { rows } = await query(`select pg_try_advisory_xact_lock(${lockSpace(connection.schema)}, 1) as taken`);
      if (rows[0]?.taken !== true) return false;
      for (let version = await currentVersion(connection); version < knownVersion; ) {
        version = await takeStep(connection, { from: version, clock });
      }
      return true;
    },
    { answerTimeoutMs: null, raceWaitsMs: [] },
  );
}

/** Returns the version after it. */
async function takeStep(
  connection: PostgresConnection,
  { from, clock }: { readonly from: number; readonly clock: Clock },
): Promise<number> {
  const step = postgresMigrations[from];
  if (step === undefined) return from;
  for (const index of toIndexes(step)) await buildIndex(connection, index, clock);
  const body = async ({ query }: Transaction): Promise<number> => {
    await query(withoutLimits("transaction"));
    // Those of an older version know this lock.
    await query("select pg_advisory_xact_lock($1::integer, 0)", [lockSpace(connection.schema)]);
    const found = await readVersion(connection, async (text, values) => (await query(text, values)).rows);
    if (found !== from) return found;
    await query(`set local lock_timeout = ${lockTimeoutMs}`);
    await query(fillIn(step.sql, connection.schema));
    await query(setVersion(connection.schema, step.version));
    return step.version;
  };
  // A table takes as long as it takes to be changed.
  return connection.transact(body, { answerTimeoutMs: null, raceWaitsMs: triesAfterMs });
}

function currentVersion(connection: PostgresConnection): Promise<number> {
  return readVersion(connection, async (text, values) => connection.query(text, values));
}
