/**
 * Deletes what only grows and is of no use any more: firings of automations that were acted on, events, workers that were not
 * heard of for long, sessions that have ended, entries of the audit log, orders to tear something down that no worker has come for, and runs, where somebody has said after what
 * time. Leases, slots and processes that have died go with the loops that end them, and what is remembered of an automation
 * goes with it.
 */

import type { Api } from "../contract/api.ts";
import { isMillraceError } from "../contract/errors.ts";
import type { ObjectKind } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import type { Page } from "../contract/records.ts";
import type { DeletedEvents, Store } from "../contract/store.ts";
import { anyTeardownOrder } from "../contract/teardown-orders.ts";
import type { Clock } from "../kit/clock.ts";
import { readEvaluatedSeq } from "./automations/leadership.ts";

/** Objects and runs of a kind that are found at once, and how often in one tick. */
const pageSize = 100;
const maxPages = 10;
/** Events that are looked at in one transaction, which other writers wait for, and how often in one tick, from either place. */
const eventPageSize = 500;
const maxEventPages = 40;

export interface Retention {
  /** How long a firing is kept after its last action, in ms. */
  readonly firingRetentionMs: number;
  /** How long an event is kept, in ms. */
  readonly eventRetentionMs: number;
  /** How long a run is kept after its end, in ms; null: until somebody deletes it. */
  readonly runRetentionMs: number | null;
  /** How long a worker is kept after its last heartbeat, and an order for one after it was last handed out, in ms. */
  readonly workerRetentionMs: number;
  /** How long an entry of the audit log is kept, in ms. */
  readonly auditRetentionMs: number;
}

export interface RetentionLoop {
  /**
   * How many objects, events and runs it has deleted. Several servers may do it at once: each is deleted once. What cannot be
   * deleted keeps nothing else from it: it rejects with the first such failure after all of them.
   */
  tick(): Promise<number>;
}

/** Things of a kind, the oldest first, and how one of them is deleted; that is false when it was not there or is to stay. */
interface Sweep {
  readonly name: string;
  readonly list: (page: {
    readonly limit: number;
    readonly cursor: string | null;
  }) => Promise<Page<{ readonly id: string }>>;
  readonly remove: (id: string) => Promise<boolean>;
}

export function createRetentionLoop(options: {
  readonly api: Pick<Api, "listObjects" | "deleteObject" | "readObject" | "listFlowRuns">;
  readonly store: Pick<Store, "deleteEvents" | "deleteFlowRun" | "access">;
  readonly clock: Clock;
  readonly retention: Retention;
}): RetentionLoop {
  const { api, store, clock, retention } = options;
  /** Where the next tick goes on with a sweep, by its name; from the beginning where there is none. */
  const cursors = new Map<string, string>();
  /** The patrol has looked at the events up to this one. */
  let patrolledSeq = 0;

  /** Those that stay, however many, are passed by: the next tick goes on behind them. */
  async function sweep({ name, list, remove }: Sweep, failures: unknown[]): Promise<number> {
    let cursor = cursors.get(name) ?? null;
    cursors.delete(name);
    let deleted = 0;
    for (let page = 0; page < maxPages; page++) {
      const { items, next } = await list({ limit: pageSize, cursor });
      for (const { id } of items) {
        try {
          if (await remove(id)) deleted++;
        } catch (error) {
          // A ledger that does not answer now is no matter of the row.
          if (isMillraceError(error) && error.retryable) throw error;
          failures.push(error);
        }
      }
      if (next === null) return deleted;
      cursor = next;
    }
    if (cursor !== null) cursors.set(name, cursor);
    return deleted;
  }

  function objectsOf(kind: ObjectKind, { where, by }: { readonly where: Condition; readonly by: string }): Sweep {
    const sort = { field: by, direction: "asc" } as const;
    return {
      name: kind,
      list: (page) => api.listObjects(kind, { where, sort }, page),
      remove: (id) => api.deleteObject(kind, id),
    };
  }

  /** With their subflows, when those have ended in time too. One that ended before a time was made before it: that has an index. */
  function runsEnded(before: number): Sweep {
    const where: Condition = { field: "endedAt", below: before };
    const ended = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"] as const;
    return {
      name: "flow-run",
      list: (page) =>
        api.listFlowRuns({ rootsOnly: true, createdBefore: before, stateTypes: ended, where }, "created-asc", page),
      // It may have been taken up again since it was listed.
      remove: (id) => store.deleteFlowRun(id, { endedBefore: before }),
    };
  }

  /**
   * The oldest ones, as long as there are old ones among them. Events that were told of with a time of their own may be old
   * behind young ones: a patrol looks through all of them, some pages a tick.
   */
  async function deleteEvents(before: number): Promise<number> {
    // The last one stays, and with it the numbering.
    const belowSeq = await readEvaluatedSeq(api);
    if (belowSeq === null) return 0;
    const deleteFrom = (afterSeq: number): Promise<DeletedEvents> =>
      store.deleteEvents({ before, afterSeq, belowSeq, limit: eventPageSize });
    let deleted = 0;
    let headSeq = 0;
    for (let page = 0; page < maxEventPages; page++) {
      const found = await deleteFrom(headSeq);
      deleted += found.deleted;
      if (found.deleted === 0) break;
      headSeq = found.lastSeq ?? 0;
    }
    patrolledSeq = Math.max(patrolledSeq, headSeq);
    for (let page = 0; page < maxEventPages; page++) {
      const found = await deleteFrom(patrolledSeq);
      deleted += found.deleted;
      patrolledSeq = found.lastSeq ?? 0;
      if (found.lastSeq === null) break;
    }
    return deleted;
  }

  async function deleteAccess(now: number): Promise<number> {
    const auditBefore = now - retention.auditRetentionMs;
    let deleted = 0;
    for (let page = 0; page < maxPages; page++) {
      const { sessions, auditEntries } = await store.access.deleteOldAccess({ now, auditBefore, max: eventPageSize });
      deleted += sessions + auditEntries;
      if (Math.max(sessions, auditEntries) < eventPageSize) break;
    }
    return deleted;
  }

  return {
    async tick() {
      const now = clock.now();
      const actedOn: Condition = {
        all: [
          { field: "status", in: ["done", "failed"] },
          { field: "updatedAt", below: now - retention.firingRetentionMs },
        ],
      };
      const gone = now - retention.workerRetentionMs;
      const unheard: Condition = { field: "heartbeatAt", below: gone };
      const notCarriedOut: Condition = { all: [anyTeardownOrder, { field: "updatedAt", below: gone }] };
      const { runRetentionMs } = retention;
      const sweeps = [
        objectsOf("automation-firing", { where: actedOn, by: "updatedAt" }),
        objectsOf("worker", { where: unheard, by: "heartbeatAt" }),
        objectsOf("configuration", { where: notCarriedOut, by: "updatedAt" }),
        ...(runRetentionMs === null ? [] : [runsEnded(now - runRetentionMs)]),
      ];
      const failures: unknown[] = [];
      const parts = [
        ...sweeps.map((each) => () => sweep(each, failures)),
        () => deleteEvents(now - retention.eventRetentionMs),
        () => deleteAccess(now),
      ];
      let deleted = 0;
      for (const part of parts) {
        try {
          deleted += await part();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
      return deleted;
    },
  };
}
