/** What copies of a ledger in PostgreSQL need of the database, beside the programs that make them. */

import { MillraceError } from "../../contract/errors.ts";
import type { Clock } from "../../kit/clock.ts";
import { createConnection, type PostgresConnection } from "./connection.ts";
import { besideLocation, type PostgresLocation, toPostgresLocation } from "./location.ts";
import { applicationName, createPool } from "./pool.ts";
import { readVersion } from "./schema-version.ts";

export interface Snapshot {
  /** For `pg_dump --snapshot`. */
  readonly id: string;
  readonly schema: string;
  readonly label: string;
  readonly schemaVersion: number;
  /** Rows, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Whose ledgers are beside it. */
  readonly workspaceIds: readonly string[];
}

export interface PostgresPlace {
  readonly url: string;
  readonly clock: Clock;
  /** The id of a workspace whose ledger it is about; null for the ledger itself. */
  readonly workspace: string | null;
}

/** Its schema, and where it is for people. */
export function locate({ url, workspace }: Omit<PostgresPlace, "clock">): PostgresLocation {
  const location = toPostgresLocation(url);
  return workspace === null ? location : besideLocation(location, workspace);
}

async function connect<T>(place: PostgresPlace, body: (connection: PostgresConnection) => Promise<T>): Promise<T> {
  const { clock } = place;
  const location = locate(place);
  const pool = await createPool(location, 1);
  try {
    return await body(createConnection({ location, clock, pool }));
  } finally {
    await pool.end();
  }
}

/**
 * The ledger as it is at one moment, which `body` may have others look at too.
 *
 * @throws DATABASE_UNREACHABLE, LEDGER_NEWER, BACKUP_FAILED where there is no ledger
 */
export function withSnapshot<T>(place: PostgresPlace, body: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  return connect(place, (connection) =>
    connection.transact(
      async ({ query }) => {
        await query("set transaction isolation level repeatable read, read only");
        const { schema, location: label } = connection;
        const schemaVersion = await readVersion(connection, async (text, values) => (await query(text, values)).rows);
        if (schemaVersion === 0) {
          const advice = "Name the database that has it with --database, and its schema with `?schema=`.";
          throw new MillraceError("BACKUP_FAILED", {
            task: "backup",
            location: label,
            reason: "there is no ledger",
            advice,
          });
        }
        const [exported] = (await query("select pg_export_snapshot() as id")).rows;
        const tables = await query("select tablename from pg_tables where schemaname = $1 order by tablename", [
          schema,
        ]);
        const rows: Record<string, number> = {};
        for (const { tablename } of tables.rows) {
          const [counted] = (await query(`select count(*) as count from ${schema}."${String(tablename)}"`)).rows;
          rows[String(tablename)] = Number(counted?.count);
        }
        const found = "workspace" in rows ? (await query(`select id from ${schema}.workspace order by id`)).rows : [];
        const workspaceIds = found.map(({ id }) => String(id));
        return body({ id: String(exported?.id), schema, label, schemaVersion, rows, workspaceIds });
      },
      { answerTimeoutMs: null },
    ),
  );
}

/**
 * Gives the ledger's schema another name, so that there is room for one that is put back.
 *
 * @returns whether there was one
 * @throws LEDGER_IN_USE when another process is connected to it
 */
export function setSchemaAside(place: PostgresPlace, keepAs: string): Promise<boolean> {
  return connect(place, async (connection) => {
    const { schema, location } = connection;
    const others = await findOthers(connection, place.clock);
    if (others.length > 0) throw new MillraceError("LEDGER_IN_USE", { location, who: `, of ${others.join(", ")}` });
    if (!(await hasSchema(connection))) return false;
    await connection.query(`alter schema ${schema} rename to ${keepAs}`);
    return true;
  });
}

/** A connection that has just ended is seen for a while, in ms; on a busy machine longer. */
const lookAgainMs = 100;
const looks = 20;

/** The hosts of other processes that are connected to the ledger, and stay so. */
async function findOthers(connection: PostgresConnection, clock: Clock): Promise<readonly string[]> {
  for (let look = 1; ; look++) {
    const rows = await connection.query(
      `select distinct coalesce(host(client_addr), 'this machine') as host from pg_stat_activity
       where datname = current_database() and application_name = $1 and pid <> pg_backend_pid()`,
      [applicationName(connection.schema)],
    );
    if (rows.length === 0 || look === looks) return rows.map(({ host }) => String(host));
    await clock.sleep(lookAgainMs);
  }
}

/** Whether there is something of this name. */
export function hasLedgerSchema(place: PostgresPlace): Promise<boolean> {
  return connect(place, hasSchema);
}

/** Takes back what `setSchemaAside` did. */
export function takeSchemaBack(place: PostgresPlace, keptAs: string): Promise<void> {
  return connect(place, async (connection) => {
    await connection.query(`drop schema if exists ${connection.schema} cascade`);
    await connection.query(`alter schema ${keptAs} rename to ${connection.schema}`);
  });
}

async function hasSchema(connection: PostgresConnection): Promise<boolean> {
  return (await connection.query("select 1 from pg_namespace where nspname = $1", [connection.schema])).length > 0;
}
