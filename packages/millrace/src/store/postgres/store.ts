/** The store over a pool: the statements shared with SQLite, and those that are PostgreSQL's own. */

import type { SlotRequest } from "../../contract/records.ts";
import type { Store } from "../../contract/store.ts";
import { createSharedStore } from "../sql/shared-store.ts";
import { createRowReader } from "../sql/read-rows.ts";
import { searchLogs } from "../sql/search-logs.ts";
import { readTimeline } from "../sql/timeline.ts";
import { cleanKey } from "../sql/text.ts";
import { findEvents, findLogs } from "../sql/traces.ts";
import { check, describe } from "./check.ts";
import { compact, measureSpace } from "./compact.ts";
import type { PostgresConnection } from "./connection.ts";
import { withOwnLocks } from "./beside.ts";
import { groupCommits } from "./group-commit.ts";
import type { PostgresLocation } from "./location.ts";
import { knownVersion } from "./schema-version.ts";
import { createObservedWriter } from "./observed.ts";
import { createFlowRunReader } from "./read-flow-runs.ts";
import { createRecorder } from "./record.ts";
import { refreshStatistics } from "./refresh-statistics.ts";

/** The largest number of the type `integer`. */
const maxSlots = 2 ** 31 - 1;

export function createPostgresStore(
  connection: PostgresConnection,
  location: PostgresLocation,
  beside: Pick<Store, "openBeside" | "dropBeside" | "close">,
): Store {
  const { schema } = connection;
  const horizon = { name: "horizon", text: `select ${schema}.stream_horizon() as horizon` };
  const version = { name: "schema-version", text: `select version, serves from ${schema}.ledger_version` };
  const taking = { name: "take-slot", text: `select ${schema}.take_slot($1, $2, $3, $4, $5) as taken` };

  /** Below this number nothing can appear any more. Asked in a statement of its own, before the one that reads. */
  async function readHorizon(): Promise<number> {
    const [row] = await connection.queryPrepared(horizon, []);
    return row?.horizon as number;
  }

  async function acquireSlot({ limitName, limit, holder, processId }: SlotRequest, at: number): Promise<boolean> {
    const values = [cleanKey(limitName), Math.min(limit, maxSlots), cleanKey(holder), cleanKey(processId), at];
    const [row] = await connection.queryPrepared(taking, values);
    return row?.taken === true;
  }

  const shared = createSharedStore(connection);
  return {
    ...shared,
    workspaces: withOwnLocks(shared.workspaces, location),
    ...beside,
    record: groupCommits({
      record: createRecorder(connection),
      recordUnflushed: createRecorder(connection, { flushes: false }),
    }),
    readFlowRuns: createFlowRunReader(connection),
    writeObserved: createObservedWriter(connection),
    findLogs: async (filter, page) => findLogs(connection, filter, page, await readHorizon()),
    searchLogs: async (search) => searchLogs(connection, search, await readHorizon()),
    readTimeline: (question) => readTimeline(connection, question, async () => (await readHorizon()) - 1),
    findEvents: async (filter, page) => {
      const below = await readHorizon();
      // Who follows events asks most often when there are none.
      if (filter.afterSeq !== undefined && filter.afterSeq + 1 >= below) return { items: [], next: null };
      return findEvents(connection, filter, page, below);
    },
    acquireSlot,
    readRows: (body) =>
      connection.transact(
        async ({ query, all }) => {
          await query("set transaction isolation level repeatable read, read only");
          return body(await createRowReader({ all, listColumns: (table) => connection.listColumns(table) }));
        },
        { answerTimeoutMs: null },
      ),
    schemaVersion: knownVersion,
    readSchemaVersion: async () => {
      const [row] = await connection.queryPrepared(version, []);
      return { version: Number(row?.version), serves: Number(row?.serves) };
    },
    tryWriting: async () => void (await connection.query(`update ${schema}.ledger_version set version = version`)),
    describe: () => describe(connection),
    readLoad: () => ({ logBytes: null, connections: connection.readPool() }),
    measureSpace: () => measureSpace(connection),
    compact: () => compact(connection),
    refreshStatistics: () => refreshStatistics(connection),
    check: (options) => check(connection, options),
  };
}
