/**
 * Building an index while its table is read and written: `create index concurrently`. It waits for transactions that began
 * before it, and nobody waits for it. Where it is ended in between it leaves an index that is not valid.
 */

import { isMillraceError } from "../../contract/errors.ts";
import type { Clock } from "../../kit/clock.ts";
import type { Index } from "../migrations/migration.ts";
import type { PostgresConnection } from "./connection.ts";
import { fillIn } from "./schema-version.ts";
import { withoutLimits } from "./time-limits.ts";

/** How often it is begun anew when it was ended in favour of another transaction. */
const maxTries = 5;
/** How long an index that is being built already is waited for, and how often it is looked, in ms. */
const othersPatienceMs = 60 * 60_000;
const lookAgainMs = 250;

/** Builds it unless it is there. @throws LEDGER_FULL, LEDGER_UNWRITABLE, LEDGER_BUSY, DATABASE_UNREACHABLE */
export async function buildIndex(connection: PostgresConnection, index: Index, clock: Clock): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await waitForBuilds(connection, index, clock);
      await buildOnce(connection, index);
      return;
    } catch (error) {
      if (!isMillraceError(error, "LEDGER_BUSY") || tries === maxTries) throw error;
    }
  }
}

/**
 * What a process that was killed has begun goes on in the database. It is looked for, and not waited for by a lock: whoever waits
 * in the database may be what the index waits for.
 */
async function waitForBuilds(connection: PostgresConnection, { table }: Index, clock: Clock): Promise<void> {
  const underWay = `select 1 from pg_stat_progress_create_index
    where datname = current_database() and relid = '${connection.schema}.${table}'::regclass`;
  const startedAt = clock.monotonic();
  while ((await connection.query(underWay)).length > 0) {
    if (clock.monotonic() - startedAt > othersPatienceMs) return;
    await clock.sleep(lookAgainMs);
  }
}

async function buildOnce(connection: PostgresConnection, { name, definition }: Index): Promise<void> {
  const { schema } = connection;
  const [found] = await connection.query(
    `select i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
     where c.relnamespace = (select oid from pg_namespace where nspname = $1) and c.relname = $2`,
    [schema, name],
  );
  if (found?.valid === true) return;
  await connection.runApart([
    withoutLimits("connection"),
    ...(found === undefined ? [] : [`drop index concurrently ${schema}.${name}`]),
    `create index concurrently ${fillIn(definition, schema)}`,
  ]);
}
